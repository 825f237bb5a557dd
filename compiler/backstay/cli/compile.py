"""`backstay compile`: write the build."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay.cli.context import note, wishes
from backstay.cli.day import day, today
from backstay.cli.unusable import UnusableError

if TYPE_CHECKING:
    from backstay.pipeline import Checked, Target

TARGETS: tuple[Target, ...] = ("accounts",)
UNREADABLE = 2


@click.command("compile", short_help="Write the build.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--org", type=click.Path(path_type=Path), help="Organization file; default: the one beside the policies.")
@click.option(
    "-o", "--output", "folder", metavar="DIR", required=True, type=click.Path(path_type=Path), help="The build."
)
@click.option(
    "--target", "targets", multiple=True, type=click.Choice(TARGETS), help="What to write; default: accounts."
)
@click.option("--packed", is_flag=True, help="Leave out the folder of each account, which only people read.")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 1 if DIR is not what would be written.")
@click.option("--now", type=day, metavar="DATE", help="The day to judge waivers and schedules on; default: today.")
def compile(  # noqa: A001  (the command's own name)
    paths: tuple[Path, ...],
    org: Path | None,
    folder: Path,
    targets: tuple[Target, ...],
    packed: bool,
    only_check: bool,
    now: datetime.date | None,
) -> None:
    """Compile policies (PATH: files or folders, default policies/) into the build that plan and apply read.

    Errors are shown and leave the old build as it is; warnings never stop it.
    """
    from backstay import pipeline
    from backstay.cli.complaints import complain

    started = time.monotonic()
    paths = paths or (Path("policies"),)
    checked = pipeline.check(paths, org, now=now or today())
    code = pipeline.exit_code(checked.findings)
    if checked.org is None and code != UNREADABLE:
        raise click.UsageError("there is no org.yaml or org.json beside the policies; name one with --org")
    told = ("error",) if wishes().quiet else ("error", "warning")
    complain([one for one in checked.findings if one.severity in told], checked.loaded.sources)
    if code:
        note(_refusal(folder, sum(finding.severity == "error" for finding in checked.findings)))
        click.get_current_context().exit(code)
    files = pipeline.build(checked, packed=packed, targets=targets or TARGETS)
    if only_check:
        _compare(folder, files)
    else:
        _write(folder, files, checked, started)


def _refusal(folder: Path, errors: int) -> str:
    from backstay.source.disk import missing

    fate = "was not written" if missing(folder) else "stays as it was"
    return f"Found {_count(errors, 'error')}: {folder} {fate}."


def _compare(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    from backstay.emit.write import differs
    from backstay_formats.escape import terminal

    try:
        different = differs(folder, files)
    except OSError as wrong:
        raise UnusableError(f"cannot read {folder}: {wrong.strerror or wrong}") from None
    for name in different:
        click.echo(terminal(name))
    if different:
        verb = "differs" if len(different) == 1 else "differ"
        note(f"{folder} is not what would be written: {_count(len(different), 'file')} {verb}.")
        click.get_current_context().exit(1)
    note(f"{folder} is what would be written.")


def _write(folder: Path, files: Iterable[tuple[str, bytes]], checked: Checked, started: float) -> None:
    from backstay.emit.write import NotABuild, replace

    try:
        count = replace(folder, files)
    except NotABuild as wrong:
        raise UnusableError(f"{wrong}; choose an empty folder or a build") from None
    except OSError as wrong:
        raise UnusableError(f"cannot write {folder}: {wrong.strerror or wrong}") from None
    note(_summary(folder, checked, count, time.monotonic() - started))


def _summary(folder: Path, checked: Checked, count: int, seconds: float) -> str:
    model = checked.model
    policies = _count(len(model.policies) if model else 0, "policy", "policies")
    accounts = {account for shape in (model.shapes if model else ()) for account in shape.accounts}
    shapes = _count(len(model.shapes) if model else 0, "shape")
    reached = f"{_count(len(accounts), 'account')} in {shapes}"
    return f"Wrote {folder}: {policies} for {reached}, {_count(count, 'file')}, {seconds:.1f} s."


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
