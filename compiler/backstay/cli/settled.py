"""What is told of findings in the end: as the configuration says, and without those that a baseline knows."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay.cli.context import note
from backstay.cli.judged import UNREADABLE, Result
from backstay.cli.unusable import UnusableError

if TYPE_CHECKING:
    from backstay.lint.baseline import Entry
    from backstay.lint.config.choices import Choices
    from backstay_contract.findings import Finding


@dataclass(frozen=True)
class Ran:
    """What was looked at: paths, and rules by their codes; `asked` are the codes that somebody named."""

    paths: Sequence[Path]
    codes: Collection[str]
    asked: Collection[str] = ()


def configured(result: Result, choices: Choices | None, ran: Ran) -> Result:
    """The findings as the configuration wants them told; what it lowers or takes away is counted."""
    if choices is None:
        return result
    from backstay.lint.config.choices import choose

    chosen = choose(choices, result.findings, asked=ran.asked)
    numbers = replace(result.numbers, lowered=chosen.lowered, switched_off=chosen.switched_off)
    return _told(replace(result, numbers=numbers), chosen.findings, suppressed=0)


def baselined(result: Result, file: Path, ran: Ran) -> Result:
    """The findings that a baseline does not know; says how many of its entries fit nothing any more."""
    from backstay.lint import baseline

    known = _read(file)
    entries = _entries(result, file)
    sifted = baseline.sift(result.findings, entries, known)
    idle = [one for one in sifted.idle if _looked_at(one, file, ran)]
    if idle and result.complete:
        name = _shown(file)
        which = f"1 entry of {name} fits" if len(idle) == 1 else f"{len(idle):,} entries of {name} fit"
        note(f"{which} no finding any more; `--write-baseline {name}` removes what is over")
    return _told(result, sifted.findings, suppressed=sifted.known)


def write_baseline(result: Result, file: Path, ran: Ran) -> Result:
    """Make all findings known; entries for files and rules that were not looked at stay."""
    from backstay.lint import baseline

    if not result.complete:
        click.echo(f"error: {_shown(file)} was not written: the rules could not run over everything", err=True)
        return result
    before = _read(file) if os.path.lexists(file) else ()
    entries = _entries(result, file)
    now = {one for one in entries if one is not None}
    kept = {one for one in before if not _looked_at(one, file, ran)}
    try:
        file.write_bytes(baseline.text(now | kept))
    except OSError as wrong:
        raise UnusableError(f"cannot write {file}: {wrong.strerror or wrong}") from None
    new, gone = len(now.difference(before)), len(set(before) - now - kept)
    count = "1 finding" if len(now | kept) == 1 else f"{len(now | kept):,} findings"
    note(f"Wrote {_shown(file)}: {count}, {new:,} of them new; {gone:,} taken out.")
    sifted = baseline.sift(result.findings, entries, now)
    return _told(result, sifted.findings, suppressed=sifted.known)


def _told(result: Result, findings: tuple[Finding, ...], *, suppressed: int) -> Result:
    """The result with other findings: its numbers and exit code follow them."""
    from backstay_formats.verdict import counted

    errors, warnings, advice = counted(findings)
    numbers = replace(
        result.numbers,
        errors=errors,
        warnings=warnings,
        advice=advice,
        suppressed=result.numbers.suppressed + suppressed,
    )
    code = result.code if result.code == UNREADABLE else int(errors > 0)
    return replace(result, findings=findings, numbers=numbers, code=code)


def _shown(file: Path) -> str:
    from backstay.source import shown
    from backstay_formats.escape import terminal

    return terminal(shown(file))


def _read(file: Path) -> tuple[Entry, ...]:
    from backstay.lint import baseline

    try:
        return baseline.read(file)
    except baseline.BaselineError as wrong:
        raise UnusableError(str(wrong)) from None


def _entries(result: Result, file: Path) -> list[Entry | None]:
    """Each finding's entry; None for those that keep rules from running, which no baseline may hide."""
    from backstay.importer.problem import FAMILY, unreadable
    from backstay.lint.baseline import named
    from backstay.lint.registry import rules

    known = rules()
    entries = named(result.findings, result.line, file.parent)
    return [
        entry if one.code in known or (one.code.startswith(FAMILY) and not unreadable(one)) else None
        for one, entry in zip(result.findings, entries, strict=True)
    ]


def _looked_at(entry: Entry, file: Path, ran: Ran) -> bool:
    """Whether an entry would have been found: its file is among the paths, and its rule ran or is there no more."""
    from backstay.lint.baseline import among
    from backstay.lint.registry import rules

    return among(entry, file.parent, ran.paths) and (entry.code in ran.codes or entry.code not in rules())
