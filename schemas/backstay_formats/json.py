"""Findings as the stable JSON of `backstay lint --format json`; its schema is the contract's `lint-report.json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from backstay_contract.findings import Finding, LintReport, LintSummary
from backstay_formats.escape import whole


def render(findings: Sequence[Finding], summary: LintSummary) -> str:
    """The report. ASCII only, so that no control or bidirectional character reaches a terminal that shows it."""
    report = asdict(LintReport(tuple(finding.row() for finding in findings), summary))
    report["findings"] = [
        {name: whole(value) if isinstance(value, str) else value for name, value in row.items()}
        for row in report["findings"]
    ]
    return json.dumps(report, indent=2, sort_keys=True) + "\n"
