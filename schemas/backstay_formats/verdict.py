"""The one sentence that sums a lint run up."""

from __future__ import annotations

from collections.abc import Iterable

from backstay_contract.findings import Finding, LintSummary


def verdict(summary: LintSummary) -> str:
    """What was found and in what: "Found 3 errors and 1 warning in 14 files (2 policies, 7 plans, …)".

    What is not told, or told more quietly, because somebody asked for it is counted behind.
    """
    found = [
        _count(number, word) for number, word in ((summary.errors, "error"), (summary.warnings, "warning")) if number
    ]
    if summary.advice:
        found.append(_count(summary.advice, "piece", "of advice"))
    what = f"Found {_listed(found)}" if found else "No problems"
    silenced = f" {summary.suppressed} suppressed." if summary.suppressed else ""
    return f"{what} in {_count(summary.files, 'file')}{_scope(summary)}.{silenced}{_configured(summary)}"


def _configured(summary: LintSummary) -> str:
    """What the configuration did to findings: it hides nothing without a word."""
    done = ((summary.lowered, "lowered"), (summary.switched_off, "switched off"))
    said = [f"{number:,} {word}" for number, word in done if number]
    return f" {_listed(said)} by configuration." if said else ""


def counted(findings: Iterable[Finding]) -> tuple[int, int, int]:
    """How many errors, warnings and pieces of advice."""
    severities = [finding.severity for finding in findings]
    return severities.count("error"), severities.count("warning"), severities.count("advice")


def _scope(summary: LintSummary) -> str:
    """What the files came to, in parentheses; not what an error kept from being read at all."""
    parts = []
    if summary.policies or not summary.errors:
        parts += [_count(summary.policies, "policy", plural="policies"), _count(summary.plans, "plan")]
    if summary.accounts or not summary.errors:
        parts.append(f"{_count(summary.accounts, 'account')} in {_count(summary.shapes, 'shape')}")
    return f" ({', '.join(parts)})" if parts else ""


def _count(number: int, word: str, rest: str = "", *, plural: str | None = None) -> str:
    text = word if number == 1 else plural or f"{word}s"
    return f"{number:,} {text} {rest}".rstrip()


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
