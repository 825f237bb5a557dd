"""Findings as GitLab's code quality report."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from backstay_contract.findings import Finding, LintSummary, Severity
from backstay_formats.escape import terminal
from backstay_formats.fingerprint import fingerprints

_SEVERITIES: Mapping[Severity, str] = {"error": "major", "warning": "minor", "advice": "info"}
_NOWHERE = "org.yaml"


def render(findings: Sequence[Finding], summary: LintSummary) -> str:  # noqa: ARG001
    """A list of issues. GitLab demands a place; what has none is told at the organization file.

    `summary` has no place in this format; it is there because all formats are called alike.
    """
    rows = [_issue(f, name) for f, name in zip(findings, fingerprints(findings), strict=True)]
    return json.dumps(rows, indent=2, sort_keys=True) + "\n"


def _issue(finding: Finding, fingerprint: str) -> dict[str, object]:
    span = finding.span
    return {
        "check_name": finding.name,
        "description": terminal(finding.message),
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": span.path if span else _NOWHERE,
            "lines": {"begin": span.line if span else 1, "end": span.end_line if span else 1},
        },
    }
