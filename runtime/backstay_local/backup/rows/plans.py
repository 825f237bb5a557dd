"""Plans, their versions, and what they select."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .common import Json


@dataclass(frozen=True, slots=True)
class Plan:
    """A backup plan in its current version."""

    id: str
    arn: str
    account: str
    region: str
    name: str
    token: str | None
    created: datetime
    version: str
    body: Json
    """BackupPlan as AWS returns it: rules with their RuleId."""
    digest: str
    """Fingerprint of the plan as it was sent: two equal plans have the same."""
    deleted: datetime | None = None
    last_run: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """One version of a backup plan, kept for ever."""

    plan_id: str
    sort: str
    version: str
    created: datetime
    body: Json
    deleted: datetime | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which resources a plan takes, and in which role."""

    id: str
    plan_id: str
    account: str
    region: str
    name: str
    role_arn: str
    body: Json
    created: datetime
    token: str | None = None
