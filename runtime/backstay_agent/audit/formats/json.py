"""An audit as the stable JSON of `backstay audit --format json`; its schema is the contract's `audit-report.json`."""

from __future__ import annotations

import json
from dataclasses import asdict

from backstay_contract.findings import AuditReport


def render(report: AuditReport) -> str:
    """The report. ASCII only, so that no control or bidirectional character reaches a terminal that shows it."""
    return json.dumps(asdict(report), indent=2, sort_keys=True) + "\n"
