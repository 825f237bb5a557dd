"""Findings as Markdown, for a comment on a pull request: the verdict first, then the findings by severity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from backstay_contract.findings import SEVERITIES, Finding, LintSummary, Severity
from backstay_formats.escape import brief, markdown, markdown_code, markdown_prose
from backstay_formats.verdict import verdict

_HEADINGS: Mapping[Severity, str] = {"error": "Errors", "warning": "Warnings", "advice": "Advice"}
_MOST = 60_000  # characters of a comment: GitHub refuses more than 65,536
_SENTENCE = 1_000  # characters of a sentence; escaped, it may grow twelvefold


def render(findings: Sequence[Finding], summary: LintSummary) -> str:
    """The comment. Text from outside is never markup, a link or a mention; what a comment cannot hold is counted."""
    text = f"**{markdown(verdict(summary))}**\n"
    told = 0
    for heading, finding in _headed(findings):
        block = heading + "".join(f"{line}\n" for line in _finding(finding))
        if len(text) + len(block) > _MOST:
            return f"{text}\n{_rest(len(findings) - told)}\n"
        text, told = text + block, told + 1
    return text


def _headed(findings: Sequence[Finding]) -> Iterator[tuple[str, Finding]]:
    """Findings by severity, the first of each with the heading that stands above it."""
    for severity in SEVERITIES:
        group = [finding for finding in findings if finding.severity == severity]
        for index, finding in enumerate(group):
            yield ("" if index else f"\n### {_HEADINGS[severity]}\n\n"), finding


def _rest(number: int) -> str:
    return f"… and {number:,} more, which one comment cannot hold: `backstay lint` tells them."


def _finding(finding: Finding) -> Iterator[str]:
    place = f" at {markdown_code(str(finding.span))}" if finding.span else ""
    yield f"- **{markdown(finding.name)}**{place}: {_prose(finding.message)}"
    for label in finding.others:
        yield f"  - {markdown_code(str(label.span))}: {_prose(label.text)}"
    for note in finding.notes:
        yield f"  - note: {_prose(note)}"
    if finding.help:
        yield f"  - help: {_prose(finding.help)}"


def _prose(text: str) -> str:
    return markdown_prose(brief(text, _SENTENCE))
