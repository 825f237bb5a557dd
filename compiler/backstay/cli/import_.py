"""`backstay import`: existing configuration into policy source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backstay.cli.context import note, wishes
from backstay.cli.day import today
from backstay.cli.live import PARTLY, LiveCommand, misplaced
from backstay.cli.live import reading as live_reading
from backstay.cli.unusable import UnusableError

if TYPE_CHECKING:
    from backstay.importer.write.source import Written
    from backstay.trial import Outcome
    from backstay_contract.findings import Finding
    from backstay_contract.organization import Organization

DIALECTS = ("auto", "organizations", "cloudformation", "terraform", "plan", "lza", "live")
UNREADABLE = 2
NOTHING_FOUND = "Nothing of AWS Backup was found"
NOTHING_DECIDED = "Nothing of AWS Backup was decided enough to be written"


@click.command("import", cls=LiveCommand, short_help="Existing configuration into policy source.")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--from", "dialect", type=click.Choice(DIALECTS), default="auto", show_default=True, help="What the files are."
)
@click.option("-o", "--output", "output", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file.")
@click.option("--org", type=click.Path(path_type=Path), help="Organization file; default: one beside the first file.")
@click.option("--force", is_flag=True, help="Overwrite the file of -o.")
@click.option("--live", is_flag=True, help="Read live accounts instead of files; takes the options of `dump` as well.")
@click.option(
    "--keep-dump", "keep", type=click.Path(dir_okay=False, path_type=Path), help="Save what --live read in a file too."
)
def import_(
    files: tuple[Path, ...],
    dialect: str,
    output: Path | None,
    org: Path | None,
    force: bool,
    live: bool,
    keep: Path | None,
    **wishes_of_live: Any,
) -> None:
    """Turn existing backup configuration (FILE: files or folders) into policy source that compiles to the same.

    The source goes to standard output or to the file of -o; it is then compiled once. What is wrong with the files, or
    could not be decided, is told on standard error. Exits with 1 if something in them is wrong, with 2 if something
    cannot be read; files that declare nothing of AWS Backup are neither.

    With --live the accounts of the organization are read (`backstay dump --help` has the options for that: --account,
    --regions, --profile, --local and so on). Exits with 3 if some could not be read; the rest is written.
    """
    if output is not None and output.exists() and not force:
        raise UnusableError(f"{output} exists; name another file, or add --force to overwrite it")
    if not live:
        if not files:
            raise click.UsageError("name the files to import, or --live to read live accounts")
        if keep is not None:
            raise click.UsageError("--keep-dump belongs to --live")
        stem = files[0].stem if len(files) == 1 and files[0].stem else "imported"
        code = _import(files, [_named(path) for path in files], dialect, output, _organization(files, org), stem)
        click.get_current_context().exit(code)
    wrong = misplaced(files, dialect)
    if wrong is not None:
        raise click.UsageError(wrong)
    with live_reading(org, wishes_of_live, keep) as read:
        code = _import((read.dump,), ["live accounts"], "live", output, read.organization, "live")
    click.get_current_context().exit(code if code == UNREADABLE else PARTLY if read.partly else code)


def _import(
    files: Sequence[Path], named: Sequence[str], dialect: str, output: Path | None, file: Path | None, stem: str
) -> int:
    """Import files, which the source shall call `named`, for the organization of a file; gives the exit code."""
    from backstay.cli.complaints import complain
    from backstay.importer import dialects
    from backstay.importer.absent import absent
    from backstay.importer.gather import gather
    from backstay.importer.problem import unreadable
    from backstay.importer.write.source import write
    from backstay.source import Sources
    from backstay.trial import check
    from backstay_contract.findings import in_order

    reading = gather(dialects.read_all(files, None if dialect == "auto" else dialect, file))
    known = _known(file)
    missing, unknown = absent(reading, known) if known is not None else (frozenset(), ())
    findings = in_order([*reading.findings, *unknown])
    complain([one for one in findings if _is_told(one, something=bool(reading.found))], Sources())
    if any(unreadable(finding) for finding in findings):
        note("Nothing was written.")
        return UNREADABLE
    wrong = any(finding.severity == "error" for finding in findings)
    if not reading.found:
        note(f"{NOTHING_DECIDED if reading.remarks else NOTHING_FOUND}: nothing was written.")
        return int(wrong)
    written = write(reading, list(named), policy=stem, accounts=_names(known), absent=missing)
    outcome = check(written, file, now=today())
    _give(outcome, output, written)
    return int(wrong or not outcome.compiles)


def _give(outcome: Outcome, output: Path | None, written: Written) -> None:
    """Write the source, and tell what came of compiling it."""
    if output is None:
        click.echo(outcome.source, nl=False)
    else:
        _write(output, outcome.source)
    if outcome.kept:
        note(_kept(outcome.kept))
    note(_sentence(outcome, output, written))


def _is_told(finding: Finding, *, something: bool) -> bool:
    """Whether a finding is told. That one file holds nothing of AWS Backup matters only where none does."""
    if wishes().quiet:
        return finding.severity == "error"
    return not something or finding.name != "nothing-to-import"


def _named(path: Path) -> str:
    """A file as the docstring names it: from the working directory, or by its name alone if it is elsewhere."""
    from backstay.source import shown

    known = shown(path)
    return path.name or known if Path(known).is_absolute() else known


def _organization(files: Sequence[Path], given: Path | None) -> Path | None:
    from backstay import org

    return given if given is not None else org.beside(files[:1])


def _known(file: Path | None) -> Organization | None:
    """The organization of a file, if it has one that can be read."""
    from backstay import org

    return org.read(file).organization if file is not None else None


def _names(found: Organization | None) -> Mapping[str, str]:
    """Accounts' names by their ids, as far as a name means just one."""
    from collections import Counter

    accounts = [account for _, account in found.places()] if found is not None else []
    count = Counter(account.name for account in accounts)
    return {account.id: account.name for account in accounts if count[account.name] == 1}


def _write(output: Path, source: str) -> None:
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(source, "utf-8", newline="\n")
    except OSError as wrong:
        raise UnusableError(f"cannot write {output}: {wrong.strerror or wrong}") from None


def _kept(count: int) -> str:
    one = count == 1
    what = "1 mistake of the source is" if one else f"{count} mistakes of the source are"
    return f"{what} kept and marked with `# backstay: allow`"


def _sentence(outcome: Outcome, output: Path | None, written: Written) -> str:
    what = f"{output}: " if output is not None else ""
    values, texts = len(written.stood_in), len(written.to_name)
    open_ = ""
    if values:
        open_ += f"; AWS's own defaults stand in for {values} value{_s(values)} that could not be decided"
    if texts:
        open_ += f"; {texts} text{_s(texts)} at the top of the file {'is' if texts == 1 else 'are'} to be put right"
    if outcome.compiles:
        return f"{what}compiles: {outcome.size}{open_}"
    return f"{what}does not compile yet: {outcome.size}; {outcome.reason}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
