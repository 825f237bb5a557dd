"""An audit as CSV, one row a finding. No cell can be taken for a formula by a spreadsheet."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, fields

from backstay_contract.findings import AuditFinding, AuditReport
from backstay_formats.escape import terminal

_FORMULA = ("=", "+", "-", "@")


def render(report: AuditReport) -> str:
    """The findings below a row of headings, with the line ends of RFC 4180."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(field.name for field in fields(AuditFinding))
    writer.writerows([cell(value) for value in astuple(finding)] for finding in report.findings)
    return out.getvalue()


def cell(value: str | None) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = terminal(value or "")
    return f"'{text}" if text.startswith(_FORMULA) else text
