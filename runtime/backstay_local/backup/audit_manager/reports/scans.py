"""The rows of reports about malware scans.

There are no scan jobs in these tables yet. When there are, they come from here, in the columns of `SCAN_JOB_REPORT`.
"""

from __future__ import annotations

from collections.abc import Iterator

from backstay_local.backup.audit_manager.reports.render import Row
from backstay_local.backup.audit_manager.reports.subject import Subject
from backstay_local.backup.state import State


def scans(state: State, subject: Subject) -> Iterator[Row]:  # noqa: ARG001  (what it will read)
    """The rows of SCAN_JOB_REPORT: none, for nothing was ever scanned."""
    return iter(())
