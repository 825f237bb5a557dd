"""`backstay import --live`: has the agent's `dump` read live accounts, by entry point, so no side imports another."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from backstay.cli.commands import find
from backstay.cli.unusable import UnusableError

DUMP = "dump"
SWITCH = "--live"
PARTLY = 3
FILE, ORGANIZATION = "live.json", "org.json"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of the live accounts: the dump, the organization as a file, and whether something is missing."""

    dump: Path
    organization: Path | None
    partly: bool


class LiveCommand(click.Command):
    """A command that also understands, once `--live` is among its arguments, the options of the agent's `dump`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Look for the switch first, since it decides which options there are."""
        before_end = args[: args.index("--")] if "--" in args else args
        ctx.meta[DUMP] = _foreign(self) if SWITCH in before_end else ()
        return super().parse_args(ctx, args)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own parameters and, with the switch, those of the dump that are not of the same name."""
        return [*super().get_params(ctx), *ctx.meta.get(DUMP, ())]


def _foreign(command: click.Command) -> tuple[click.Parameter, ...]:
    """The options of the dump that the command has none of the same spelling for."""
    own = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
    return tuple(
        param
        for param in _command().params
        if isinstance(param, click.Option) and param.expose_value and not own & {*param.opts, *param.secondary_opts}
    )


def _command() -> click.Command:
    entry = find(DUMP)
    loaded = entry.load() if entry is not None else None
    if not isinstance(loaded, click.Command):
        raise UnusableError("--live needs the agent, whose command `dump` is not installed")
    return loaded


@contextmanager
def reading(org: Path | None, options: Mapping[str, Any], keep: Path | None) -> Iterator[Reading]:
    """Read the live accounts; the files are there as long as the context, and the dump in `keep` for good.

    The dump says itself on standard error why it could not be had, and leaves with its exit code.
    """
    with tempfile.TemporaryDirectory(prefix="backstay-live-") as folder:
        file = Path(folder) / FILE
        code = _run(file, org, options)
        if code not in (0, PARTLY):
            raise click.exceptions.Exit(code)
        if keep is not None:
            _keep(file, keep)
        known = _without_failures(file)
        yield Reading(file, org or known, code == PARTLY)


def _run(file: Path, org: Path | None, options: Mapping[str, Any]) -> int:
    command = _command()
    outer = click.get_current_context()
    try:
        click.Context(command, info_name=DUMP, parent=outer).invoke(command, **{**options, "output": file, "org": org})
    except click.exceptions.Exit as left:
        return left.exit_code
    except click.UsageError as wrong:
        raise click.UsageError(wrong.message, outer) from None
    return 0


def _without_failures(dump: Path) -> Path | None:
    """Take out of the dump what the command has told already; gives the organization as a file beside it.

    That file says how accounts are called and where they are; None where the dump does not know the organization.
    """
    document = json.loads(dump.read_bytes())
    if document.pop("failed", None):
        dump.write_text(json.dumps(document, indent=2, sort_keys=True), "utf-8")
    if "organization" not in document:
        return None
    file = dump.with_name(ORGANIZATION)
    file.write_text(json.dumps(document["organization"]), "utf-8")
    return file


def _keep(file: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    except OSError as wrong:
        raise UnusableError(f"cannot write {target}: {wrong.strerror or wrong}") from None


def misplaced(files: Sequence[Path], dialect: str) -> str | None:
    """Why files or a dialect cannot stand beside `--live`; None where there are none."""
    if files:
        return f"--live reads accounts, not files: leave {files[0]} out"
    return None if dialect in ("auto", "live") else f"--live reads accounts: --from {dialect} does not fit"
