"""What linting paths comes to: policies by the compiler's way, everything else by the importer's, told as one."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backstay.cli.layers import tell_layers

if TYPE_CHECKING:
    from backstay.lint.fix import Fix, Spot
    from backstay.pipeline import Checked
    from backstay.source import SourceFile
    from backstay_contract.findings import Finding, LintSummary

UNREADABLE = 2


@dataclass(frozen=True)
class Wanted:
    """How to lint."""

    org: Path | None
    now: datetime.date
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    inventory: Sequence[Mapping[str, Any]] | None
    require_sandbox: bool


@dataclass(frozen=True)
class Result:
    """What was found, in numbers too, the lines of the files, and the exit code.

    `complete`: the rules ran over everything; nothing was so wrong that they could not. `fixes` put some of it right
    in the policy files `sources`.
    """

    findings: tuple[Finding, ...]
    numbers: LintSummary
    line: Callable[[str, int], str | None]
    code: int
    complete: bool
    fixes: Mapping[Spot, Fix] = field(default_factory=dict)
    sources: Mapping[str, SourceFile] = field(default_factory=dict)


def judge(paths: Sequence[Path], wanted: Wanted) -> Result:
    """Lint policies and other configuration."""
    from backstay import kinds

    policies, others = kinds.split(paths)
    results = [*([_policies(policies, wanted)] if policies else ()), *([_others(others, wanted)] if others else ())]
    return results[0] if len(results) == 1 else _both(*results)


def _policies(paths: Sequence[Path], wanted: Wanted) -> Result:
    from backstay import pipeline
    from backstay.lint.summary import summary

    checked = pipeline.check(
        paths,
        wanted.org,
        now=wanted.now,
        select=wanted.select,
        ignore=wanted.ignore,
        inventory=wanted.inventory,
        require_sandbox=wanted.require_sandbox,
    )
    tell_layers(checked.loaded)
    numbers = summary(checked.findings, checked.loaded, checked.model, checked.suppressed)
    code = pipeline.exit_code(checked.findings)
    complete = checked.model is not None
    return Result(checked.findings, numbers, _lines(checked), code, complete, checked.fixes, checked.loaded.sources)


def _others(paths: Sequence[Path], wanted: Wanted) -> Result:
    """Templates, Terraform, backup policies, plan JSON."""
    from backstay import survey
    from backstay_contract.findings import LintSummary
    from backstay_formats.verdict import counted

    found = survey.survey(paths, now=wanted.now, select=wanted.select, ignore=wanted.ignore, inventory=wanted.inventory)
    errors, warnings, advice = counted(found.findings)
    numbers = LintSummary(errors, warnings, advice, found.suppressed, found.files, 0, found.plans, 0, 0)
    code = UNREADABLE if survey.broken(found.findings) else int(errors > 0)
    return Result(found.findings, numbers, found.texts.line, code, code != UNREADABLE)


def _both(one: Result, other: Result) -> Result:
    from dataclasses import astuple

    from backstay_contract.findings import LintSummary, in_order

    numbers = LintSummary(*map(sum, zip(astuple(one.numbers), astuple(other.numbers), strict=True)))
    findings = tuple(in_order([*one.findings, *other.findings]))

    def line(path: str, number: int) -> str | None:
        return one.line(path, number) or other.line(path, number)

    return Result(
        findings, numbers, line, max(one.code, other.code), one.complete and other.complete, one.fixes, one.sources
    )


def _lines(checked: Checked) -> Callable[[str, int], str | None]:
    """Lines of policies, and of the organization file once one is asked for."""
    read: dict[str, list[str]] = {}

    def line(path: str, number: int) -> str | None:
        found = checked.loaded.sources.line(path, number)
        if found is not None or checked.org is None or path != checked.org.path:
            return found
        if path not in read:
            read[path] = _text_of(Path(path)).splitlines()
        return read[path][number - 1] if 0 < number <= len(read[path]) else None

    return line


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""
