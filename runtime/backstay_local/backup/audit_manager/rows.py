"""What Audit Manager remembers: frameworks, what their controls found last, report plans and report jobs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from backstay_local.backup.rows import Json
from backstay_local.store import Store, Table


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework with its controls as they were sent."""

    arn: str
    account: str
    region: str
    name: str
    description: str | None
    controls: list[Json]
    digest: str
    """Fingerprint of controls, parameters and scopes: two frameworks never have the same."""
    created: datetime
    deployment: str
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one control of a framework, by its place there, found when it was evaluated last."""

    framework_arn: str
    number: int
    control: str
    at: datetime
    findings: list[Json]
    """For each resource that was judged: `id`, `type`, `status` and `reason`."""


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """Which report is delivered where."""

    arn: str
    account: str
    region: str
    name: str
    description: str | None
    channel: Json
    """ReportDeliveryChannel, with the formats spelt out."""
    setting: Json
    """ReportSetting as it was sent."""
    created: datetime
    deployment: str
    token: str | None = None
    attempted: datetime | None = None
    succeeded: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReportJob:
    """One report of a plan, about the time from `since` to `until`."""

    id: str
    sort: str
    account: str
    region: str
    plan_arn: str
    plan_name: str
    template: str
    status: str
    created: datetime
    since: datetime
    until: datetime
    completed: datetime | None = None
    message: str | None = None
    bucket: str | None = None
    keys: list[str] = field(default_factory=list)


class Tables:
    """The tables of Audit Manager."""

    def __init__(self, store: Store) -> None:
        """Use (or make) the tables of a store."""
        scope = "account, region"
        self.frameworks = Table(
            store, "frameworks", Framework, key=("arn",), indexes=(f"{scope}, name", f"{scope}, digest"), steady=True
        )
        self.evaluations = Table(store, "evaluations", Evaluation, key=("framework_arn", "number"))
        self.report_plans = Table(
            store, "report_plans", ReportPlan, key=("arn",), indexes=(f"{scope}, name",), steady=True
        )
        self.report_jobs = Table(store, "report_jobs", ReportJob, key=("id",), indexes=(f"{scope}, sort",))
