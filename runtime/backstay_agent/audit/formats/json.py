"""An audit as the stable JSON of `backstay audit --format json`; its schema is the contract's `audit-report.json`."""

from __future__ import annotations

from backstay_agent.audit import spelling
from backstay_contract.findings import AuditReport


def render(report: AuditReport) -> str:
    """The report, in ASCII only."""
    return spelling.plain(report).decode()
