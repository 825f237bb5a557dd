"""What a job is to do, and what became of it: frozen values that the rest of this package passes around."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, assert_never

from backstay_agent.observed import OWNER_TAG
from backstay_aws import restore_testing

Document = Mapping[str, Any]
PLAN_TAG = "backstay:plan"
RULE_TAG = "backstay:rule"
_SUFFIX = 12
_THEIRS, _OURS = "awsbackup", "backstay"
"""How the names of what AWS's restore tests make begin, and those of ours."""
TEST_NAMES = ("backstay-restore-test-", "backstay_restore_test_")
"""How the names begin that trials choose, whose types have names."""
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


@dataclass(frozen=True, slots=True)
class Trial:
    """One recovery point restored now to see whether that works, as a selection of a restore testing plan says it.

    `given` is what AWS keeps with the recovery point to restore it by, `zones` the Region's Availability Zones where
    the type asks for one, `overrides` the selection's own values, `facts` the recovery point as AWS describes it,
    `target` the seconds that the restore may take by the build's frameworks.
    """

    account: str
    region: str
    resource: str
    type: str
    point: str
    vault: str
    plan: str
    rule_name: str
    role: str
    given: Mapping[str, str]
    overrides: Mapping[str, str]
    zones: tuple[str, ...]
    facts: Document
    target: float | None = None


Work = Backup | Copy | Trial


@dataclass(frozen=True, slots=True)
class Started:
    """A job that AWS has taken on. `created` is AWS's time; a repeated run gets the job of the first one."""

    work: Work
    job: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a piece of work. `reason` is AWS's sentence, `point` the recovery point that came of it, of a
    trial the ARN of what was restored; `seconds` how long the job took, from its creation to its end.

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
    seconds: float | None = None


def request(work: Work, organization: str, token: str) -> tuple[str, dict[str, Any]]:
    """The operation that starts a piece of work, and its members without the token; a trial's new names are made of
    it."""
    match work:
        case Trial():
            return "StartRestoreJob", {
                "RecoveryPointArn": work.point,
                "Metadata": restoring(work, token),
                "IamRoleArn": work.role,
                "ResourceType": work.type,
            }
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


def restoring(work: Trial, token: str) -> dict[str, str]:
    """The metadata of a trial: what AWS's own restore tests infer, the selection's values, and names by this token."""
    keys = restore_testing.keys_of(work.type, work.given)
    size = int(work.facts.get("BackupSizeInBytes") or 0)
    original = restore_testing.Original(work.given, size, work.zones)
    names = {key.name for key in keys if key.rule == "name"}
    found = restore_testing.inferred(keys, original, random.Random(work.point), token[-_SUFFIX:])
    own = {name: value.replace(_THEIRS, _OURS, 1) if name in names else value for name, value in sorted(found.items())}
    return restore_testing.merged(keys, own, work.overrides)


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
