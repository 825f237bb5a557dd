"""Findings as workflow commands, which GitHub Actions shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backstay_contract.findings import Finding, LintSummary, Severity
from backstay_formats.escape import brief, terminal
from backstay_formats.root import Root, nearest
from backstay_formats.verdict import verdict

_COMMANDS: Mapping[Severity, str] = {"error": "error", "warning": "warning", "advice": "notice"}
_MOST = 4_000  # of a message: the runner cuts at 4,096


def render(findings: Sequence[Finding], summary: LintSummary, *, root: Root | None = None) -> str:
    """One command a finding, and the verdict as plain text. Paths are told from the root (the repository's)."""
    moved = (root or nearest()).moved(findings)
    return "".join(f"{_command(finding)}\n" for finding in moved) + f"{verdict(summary)}\n"


def _command(finding: Finding) -> str:
    options = {"title": finding.name}
    span = finding.span
    if span is not None:
        options |= {"file": span.path, "line": str(span.line), "endLine": str(span.end_line)}
        if span.line == span.end_line:  # GitHub refuses columns on a span of several lines
            options |= {"col": str(span.column), "endColumn": str(max(span.column, span.end_column - 1))}
    head = ",".join(f"{name}={_option(value)}" for name, value in options.items())
    sentences = [finding.message, *finding.notes, *([f"help: {finding.help}"] if finding.help else [])]
    body = brief("\n".join(map(terminal, sentences)), _MOST).replace("%", "%25").replace("\n", "%0A")
    return f"::{_COMMANDS[finding.severity]} {head}::{body}"


def _option(text: str) -> str:
    return terminal(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
