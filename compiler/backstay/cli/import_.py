"""`backstay import`: existing configuration into policy source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay.cli.context import note, wishes
from backstay.cli.unusable import UnusableError

if TYPE_CHECKING:
    from backstay.importer.check import Outcome
    from backstay.importer.found import Reading
    from backstay_contract.findings import Finding

DIALECTS = ("auto", "organizations", "cloudformation", "terraform", "plan", "lza", "live")
UNREADABLE = 2


@click.command("import", short_help="Existing configuration into policy source.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--from", "dialect", type=click.Choice(DIALECTS), default="auto", show_default=True, help="What the files are."
)
@click.option("-o", "--output", "output", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file.")
@click.option("--org", type=click.Path(path_type=Path), help="Organization file; default: one beside the first file.")
@click.option("--force", is_flag=True, help="Overwrite the file of -o.")
def import_(files: tuple[Path, ...], dialect: str, output: Path | None, org: Path | None, force: bool) -> None:
    """Turn existing backup configuration (FILE: files or folders) into policy source that compiles to the same.

    The source goes to standard output or to the file of -o; it is then compiled once. What is wrong with the files, or
    could not be decided, is told on standard error. Exits with 1 if something in them is wrong, with 2 if something
    cannot be read; files that declare nothing of AWS Backup are neither.
    """
    from backstay.cli.complaints import complain
    from backstay.importer import dialects
    from backstay.importer.gather import gather
    from backstay.importer.problem import unreadable
    from backstay.source import Sources
    from backstay_contract.findings import in_order

    if output is not None and output.exists() and not force:
        raise UnusableError(f"{output} exists; name another file, or add --force to overwrite it")
    reading = gather(dialects.read_all(files, None if dialect == "auto" else dialect))
    findings = in_order(reading.findings)
    told = ("error",) if wishes().quiet else ("error", "warning") if reading.found else ("error", "warning", "advice")
    complain([one for one in findings if one.severity in told], Sources())
    if any(unreadable(finding) for finding in findings):
        note("Nothing was written.")
        click.get_current_context().exit(UNREADABLE)
    if not reading.found:
        note("Nothing of AWS Backup was found: nothing was written.")
        click.get_current_context().exit(int(any(finding.severity == "error" for finding in findings)))
    _give(reading, files, output, org, findings)


def _give(
    reading: Reading, files: Sequence[Path], output: Path | None, org: Path | None, findings: Sequence[Finding]
) -> None:
    """Write the source, compile it once, and tell what came of it."""
    from backstay.importer.check import check
    from backstay.importer.write.source import write

    file = _organization(files, org)
    stem = files[0].stem if len(files) == 1 and files[0].stem else "imported"
    written = write(reading, [_named(path) for path in files], policy=stem, accounts=_names(file))
    if output is None:
        click.echo(written.source, nl=False)
    else:
        _write(output, written.source)
    outcome = check(written, file)
    note(_sentence(outcome, output))
    wrong = any(finding.severity == "error" for finding in findings)
    click.get_current_context().exit(1 if wrong or (not outcome.compiles and not outcome.undecided) else 0)


def _named(path: Path) -> str:
    """A file as the docstring names it: from the working directory, or by its name alone if it is elsewhere."""
    from backstay.source import shown

    known = shown(path)
    return path.name or known if Path(known).is_absolute() else known


def _organization(files: Sequence[Path], given: Path | None) -> Path | None:
    from backstay import org

    return given if given is not None else org.beside(files[:1])


def _names(file: Path | None) -> Mapping[str, str]:
    """Accounts' names by their ids, as far as a name means just one."""
    from collections import Counter

    from backstay import org

    found = org.read(file).organization if file is not None else None
    accounts = [account for _, account in found.places()] if found is not None else []
    count = Counter(account.name for account in accounts)
    return {account.id: account.name for account in accounts if count[account.name] == 1}


def _write(output: Path, source: str) -> None:
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(source, "utf-8", newline="\n")
    except OSError as wrong:
        raise UnusableError(f"cannot write {output}: {wrong.strerror or wrong}") from None


def _sentence(outcome: Outcome, output: Path | None) -> str:
    what = f"{output}: " if output is not None else ""
    if outcome.compiles:
        return f"{what}compiles: {outcome.size}"
    if outcome.undecided:
        return f"{what}compiles once a policy gives `params=` for {', '.join(outcome.undecided)}: {outcome.size}"
    return f"{what}does not compile yet: {outcome.size}; {outcome.reason}"
