"""Findings as Markdown, for a comment on a pull request: the verdict first, then the findings by severity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from backstay_contract.findings import SEVERITIES, Finding, LintSummary, Severity
from backstay_formats.escape import markdown, markdown_code, markdown_prose
from backstay_formats.verdict import verdict

_HEADINGS: Mapping[Severity, str] = {"error": "Errors", "warning": "Warnings", "advice": "Advice"}


def render(findings: Sequence[Finding], summary: LintSummary) -> str:
    """The comment. Text from outside is never markup, a link or a mention."""
    return "\n".join(_blocks(findings, summary)) + "\n"


def _blocks(findings: Sequence[Finding], summary: LintSummary) -> Iterator[str]:
    yield f"**{markdown(verdict(summary))}**"
    for severity in SEVERITIES:
        group = [finding for finding in findings if finding.severity == severity]
        if group:
            yield f"\n### {_HEADINGS[severity]}\n"
        for finding in group:
            yield from _finding(finding)


def _finding(finding: Finding) -> Iterator[str]:
    place = f" at {markdown_code(str(finding.span))}" if finding.span else ""
    yield f"- **{markdown(finding.name)}**{place}: {markdown_prose(finding.message)}"
    for label in finding.others:
        yield f"  - {markdown_code(str(label.span))}: {markdown_prose(label.text)}"
    for note in finding.notes:
        yield f"  - note: {markdown_prose(note)}"
    if finding.help:
        yield f"  - help: {markdown_prose(finding.help)}"
