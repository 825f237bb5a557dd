"""Findings as GitLab's code quality report."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from backstay_contract.findings import Finding, LintSummary, Severity
from backstay_formats.escape import brief, terminal, whole
from backstay_formats.fingerprint import fingerprints
from backstay_formats.root import NOWHERE, Root, nearest

_SEVERITIES: Mapping[Severity, str] = {"error": "major", "warning": "minor", "advice": "info"}


def render(findings: Sequence[Finding], summary: LintSummary, *, root: Root | None = None) -> str:  # noqa: ARG001
    """A list of issues, with paths from the root (the repository's). GitLab demands a place: what has none is told
    at the organization file.

    `summary` has no place in this format; it is there because all formats are called alike.
    """
    moved = (root or nearest()).moved(findings)
    rows = [_issue(f, name) for f, name in zip(moved, fingerprints(moved), strict=True)]
    return json.dumps(rows, indent=2, sort_keys=True) + "\n"


def _issue(finding: Finding, fingerprint: str) -> dict[str, object]:
    span = finding.span or NOWHERE
    who = f" ({finding.accounts:,} accounts)" if finding.accounts > 1 else ""
    return {
        "check_name": terminal(finding.name),
        "description": brief(terminal(finding.message)) + who,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": whole(span.path), "lines": {"begin": span.line, "end": span.end_line}},
    }
