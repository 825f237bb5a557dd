"""`backstay compile`: write the build."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay.cli.context import note, wishes
from backstay.cli.day import day, today
from backstay.cli.layers import require_sandbox, tell_layers
from backstay.cli.unusable import UnusableError

if TYPE_CHECKING:
    from backstay.pipeline import Checked, Target
    from backstay_contract.findings import Finding

TARGETS = ("accounts", "cloudformation", "organizations", "terraform")
UNREADABLE = 2


@click.command("compile", short_help="Write the build.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--org", type=click.Path(path_type=Path), help="Organization file; default: the one beside the policies.")
@click.option(
    "-o", "--output", "folder", metavar="DIR", required=True, type=click.Path(path_type=Path), help="The build."
)
@click.option(
    "--target", "names", multiple=True, type=click.Choice([*TARGETS, "all"]), help="What to write; default: accounts."
)
@click.option("--packed", is_flag=True, help="Leave out the folder of each account, which only people read.")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 1 if DIR is not what would be written.")
@click.option("--verify", is_flag=True, help="Have cfn-lint look at the templates, once for each content.")
@click.option("--now", type=day, metavar="DATE", help="The day to judge waivers and schedules on; default: today.")
@require_sandbox
def compile(  # noqa: A001  (the command's own name)
    paths: tuple[Path, ...],
    org: Path | None,
    folder: Path,
    names: tuple[str, ...],
    packed: bool,
    only_check: bool,
    verify: bool,
    now: datetime.date | None,
    require_sandbox: bool,
) -> None:
    """Compile policies (PATH: files or folders, default policies/) into the build that plan and apply read.

    Beside it stand the targets that are asked for: CloudFormation templates as stack sets, Terraform modules, and
    Organizations backup policies (then, without the target accounts, the build holds what these cannot express).

    Errors are shown and leave the old build as it is; warnings never stop it.
    """
    from backstay import pipeline
    from backstay.cli.complaints import complain
    from backstay.cli.configured import heard_of
    from backstay.lint.registry import beside

    started = time.monotonic()
    paths = paths or (Path("policies"),)
    targets = _targets(names, verify=verify)
    with beside(heard_of=heard_of(paths)):
        checked = pipeline.check(paths, org, now=now or today(), require_sandbox=require_sandbox)
    tell_layers(checked.loaded)
    code = pipeline.exit_code(checked.findings)
    if checked.org is None and code != UNREADABLE:
        raise click.UsageError("there is no org.yaml or org.json beside the policies; name one with --org")
    told = ("error",) if wishes().quiet else ("error", "warning")
    findings = [*checked.findings, *(() if code else pipeline.left_out(checked, targets))]
    complain([one for one in findings if one.severity in told], checked.loaded.sources)
    code = code or pipeline.exit_code(findings)
    if code:
        _refuse(folder, findings, code)
    files: Iterable[tuple[str, bytes]] = pipeline.build(checked, packed=packed, targets=targets)
    if verify:
        files = _verified(folder, list(files))
    if only_check:
        _compare(folder, files)
    else:
        _write(folder, files, checked, started)


def _targets(names: Sequence[str], *, verify: bool) -> tuple[Target, ...]:
    """The targets that are asked for, each once, in their own order."""
    wanted = set(TARGETS if "all" in names else names or ("accounts",))
    if verify and "cloudformation" not in wanted:
        raise click.UsageError("--verify looks at templates: add --target cloudformation")
    from backstay import pipeline

    return tuple(target for target in pipeline.TARGETS if target in wanted)


def _verified(folder: Path, files: Sequence[tuple[str, bytes]]) -> Sequence[tuple[str, bytes]]:
    """The files, once cfn-lint has nothing to say of their templates; else its findings, and exit."""
    from backstay.cli.complaints import complain_of
    from backstay.emit.cloudformation import TEMPLATES
    from backstay.verify import CannotVerify, verify

    templates = {path: body for path, body in files if path.startswith(TEMPLATES)}
    try:
        findings = verify(templates)
    except CannotVerify as wrong:
        raise UnusableError(str(wrong)) from None
    if findings:
        complain_of(findings, {path: body.decode() for path, body in templates.items()})
        _refuse(folder, findings, 1)
    note(f"cfn-lint has nothing to say of {_count(len(templates), 'template')}.")
    return files


def _refuse(folder: Path, findings: Sequence[Finding], code: int) -> None:
    errors = sum(finding.severity == "error" for finding in findings)
    note(_refusal(folder, errors or len(findings)))
    click.get_current_context().exit(code)


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
