"""What restore testing remembers: its plans, their selections, and the tests that are under way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from backstay_local.backup.rows import Json
from backstay_local.store import Store, Table

START_HOURS = 24
LOOKBACK_DAYS = 30
VALIDATION_HOURS = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A restore testing plan."""

    account: str
    region: str
    name: str
    arn: str
    body: Json
    """ScheduleExpression, its time zone, StartWindowHours and RecoveryPointSelection, defaults spelt out."""
    created: datetime
    token: str | None = None
    updated: datetime | None = None
    last_run: datetime | None = None

    @property
    def start_window(self) -> timedelta:
        """How long after its time a test may start."""
        return timedelta(hours=self.body["StartWindowHours"])


@dataclass(frozen=True, slots=True)
class Selection:
    """Which resources of one type a restore testing plan tests, and how."""

    plan_arn: str
    name: str
    body: Json
    """The members that the caller gave, ValidationWindowHours spelt out."""
    created: datetime
    token: str | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """One test of one resource in one run of a plan, from the time of the schedule to the end of its restore."""

    id: str
    account: str
    region: str
    plan_name: str
    selection: Json
    """The body of the selection, as it was at the time of the run."""
    resource_type: str
    resource_arn: str
    run: datetime
    late: datetime
    """When the start window ends."""
    state: Literal["PLANNED", "WAITING", "RUNNING"]
    """PLANNED stands in the agenda, WAITING waits for another test of the type to end, RUNNING has a restore job."""
    job_id: str | None = None


class Tables:
    """The tables of restore testing."""

    def __init__(self, store: Store) -> None:
        """Use (or make) the tables of a store."""
        self.plans = Table(
            store, "restore_test_plans", Plan, key=("account", "region", "name"), indexes=("arn",), steady=True
        )
        self.selections = Table(store, "restore_test_selections", Selection, key=("plan_arn", "name"), steady=True)
        self.trials = Table(
            store,
            "restore_trials",
            Trial,
            key=("id",),
            indexes=("account, region, resource_type, state, run", "job_id"),
        )
