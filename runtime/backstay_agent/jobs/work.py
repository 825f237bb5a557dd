"""What a job is to do, and what became of it: frozen values that the rest of this package passes around."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, assert_never

from backstay_agent.observed import OWNER_TAG

Document = Mapping[str, Any]
PLAN_TAG = "backstay:plan"
RULE_TAG = "backstay:rule"
Status = Literal["completed", "failed", "running", "unreached"]
"""`running` is what a job is when nobody waited for it; `unreached` when its account could not be asked."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One resource backed up now, as one rule of one plan would do it; `rule` is the rule's body in normal form."""

    account: str
    region: str
    resource: str
    type: str
    plan: str
    rule: Document
    role: str

    @property
    def rule_name(self) -> str:
        """The name of the rule."""
        return str(self.rule["RuleName"])


@dataclass(frozen=True, slots=True)
class Copy:
    """One recovery point copied now to one destination of a rule; `lifecycle` is empty where it is the source's.

    `type` is the resource type, `created` when the recovery point was made; both decide about the way only.
    """

    account: str
    region: str
    resource: str
    point: str
    vault: str
    plan: str
    rule_name: str
    destination: str
    lifecycle: Document
    role: str
    type: str = ""
    created: datetime | None = None


Work = Backup | Copy


@dataclass(frozen=True, slots=True)
class Started:
    """A job that AWS has taken on. `created` is AWS's time; a repeated run gets the job of the first one."""

    work: Work
    job: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a piece of work. `reason` is AWS's sentence, `point` the recovery point that came of it.

    `earlier` says that a run before this one had started the job, and this one found it done; `note` is what a person
    should know besides.
    """

    work: Work
    status: Status
    job: str | None = None
    reason: str | None = None
    point: str | None = None
    earlier: bool = False
    note: str | None = None


def request(work: Work, organization: str) -> tuple[str, dict[str, Any]]:
    """The operation that starts a piece of work, and its members without the token."""
    match work:
        case Backup():
            return "StartBackupJob", _backup(work, organization)
        case Copy():
            lifecycle = {"Lifecycle": dict(work.lifecycle)} if work.lifecycle else {}
            return "StartCopyJob", {
                "RecoveryPointArn": work.point,
                "SourceBackupVaultName": work.vault,
                "DestinationBackupVaultArn": work.destination,
                "IamRoleArn": work.role,
                **lifecycle,
            }
        case _:
            assert_never(work)


def _backup(work: Backup, organization: str) -> dict[str, Any]:
    """A scheduled job would carry the rule's names by itself; a job on demand carries them as tags."""
    rule = work.rule
    own = {OWNER_TAG: organization, PLAN_TAG: work.plan, RULE_TAG: work.rule_name}
    lifecycle = {"Lifecycle": dict(rule["Lifecycle"])} if rule.get("Lifecycle") else {}
    return {
        "BackupVaultName": rule["TargetBackupVaultName"],
        "ResourceArn": work.resource,
        "IamRoleArn": work.role,
        "StartWindowMinutes": rule["StartWindowMinutes"],
        "CompleteWindowMinutes": rule["CompletionWindowMinutes"],
        "RecoveryPointTags": {**rule.get("RecoveryPointTags", {}), **own},
        **lifecycle,
    }
