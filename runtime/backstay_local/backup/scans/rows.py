"""What is remembered of malware scans."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from backstay_local.store import Store, Table

ScanState = Literal["CREATED", "RUNNING", "COMPLETED", "COMPLETED_WITH_ISSUES", "FAILED", "CANCELED"]
ScanResult = Literal["NO_THREATS_FOUND", "THREATS_FOUND", "UNKNOWN"]
DONE = ("COMPLETED", "COMPLETED_WITH_ISSUES")
"""The states of a scan that came to a result."""


@dataclass(frozen=True, slots=True)
class ScanJob:
    """One attempt to look for malware in one recovery point."""

    id: str
    sort: str
    account: str
    region: str
    state: ScanState
    created: datetime
    point_arn: str
    vault_arn: str
    vault_name: str
    resource_arn: str
    resource_type: str
    resource_name: str
    role_arn: str
    scanner_role_arn: str
    scanner: str
    scan_id: str
    """The scanner's own name of the scan."""
    mode: Literal["FULL_SCAN", "INCREMENTAL_SCAN"]
    """As asked until the scan runs, then as it is done."""
    base_arn: str | None = None
    """The recovery point that an incremental scan begins at."""
    since: datetime | None = None
    """For a continuous recovery point: after what point in time the scan looks."""
    until: datetime | None = None
    """For a continuous recovery point: up to what point in time the scan looks; the newest when not said."""
    created_by: dict[str, str] | None = None
    started: datetime | None = None
    completed: datetime | None = None
    message: str | None = None
    result: ScanResult | None = None
    infected: list[str] = field(default_factory=list)
    """Names of what holds malware."""


class Tables:
    """One attribute per table."""

    def __init__(self, store: Store) -> None:
        """Use (or make) the tables of a store."""
        self.jobs = Table(
            store,
            "scan_jobs",
            ScanJob,
            key=("id",),
            indexes=("account, region, sort", "point_arn, sort", "account, region, resource_arn, sort"),
            open_by=("account", "point_arn"),
        )
