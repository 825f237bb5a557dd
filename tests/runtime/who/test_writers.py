"""Which events of CloudTrail tell of which action, and what follows from the last of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backstay_agent.writers import ROWS, Write, is_ours, last_writer, read_write, selection_names
from backstay_contract.plan import (
    CreatePlan,
    CreateSelection,
    CreateVault,
    DeleteSelection,
    PutVaultPolicy,
    TagResource,
    UpdateGlobalSettings,
    UpdatePlan,
    UpdateRegionSettings,
)

AT = datetime(2026, 11, 22, 10, 12, tzinfo=UTC)
EVE = "arn:aws:sts::100000000010:assumed-role/admin/eve"
US = "arn:aws:sts::100000000010:assumed-role/backstay-agent/backstay"
PLACE: dict[str, Any] = {"account": "100000000010", "region": "eu-central-1", "id": "x", "reason": "r"}
ARN = "arn:aws:backup:eu-central-1:100000000010:backup-vault:primary"
VAULT = CreateVault(**PLACE, name="primary", key=None, tags={}, token="t")
POLICY = PutVaultPolicy(**PLACE, name="primary", after={})
PLAN = CreatePlan(**PLACE, name="gold", after={}, tags={}, token="t")
UPDATE = UpdatePlan(**PLACE, name="gold", plan_id="p-1", before={}, after={})
SELECTION = CreateSelection(**PLACE, name="s", plan="gold", plan_id="p-1", after={}, token="t", name_if_taken="s.1")
REMOVAL = DeleteSelection(**PLACE, name="s", plan="gold", plan_id="p-1", selection_id="s-1", before={})
TAGS = TagResource(**PLACE, name="primary", arn=ARN)
OPT_INS = UpdateRegionSettings(**PLACE, name="opt-ins", before={}, after={"S3": True})
SETTINGS = UpdateGlobalSettings(**PLACE, name="settings", before={}, after={"isCrossAccountBackupEnabled": "true"})


def write(operation: str, by: str = EVE, minutes: int = 0, *, answer: Any = None, **request: Any) -> Write:
    """A call, so many minutes after the first."""
    return Write(operation, by, AT + timedelta(minutes=minutes), "e", request=request, response=answer)


def made(identity: str, name: str, by: str = EVE, minutes: int = 0) -> Write:
    """The creation of a selection of plan p-1."""
    body = {"selectionName": name}
    answer = {"selectionId": identity}
    return write("CreateBackupSelection", by, minutes, answer=answer, backupPlanId="p-1", backupSelection=body)


def gone(identity: str, by: str = EVE, minutes: int = 0) -> Write:
    """The deletion of a selection of plan p-1."""
    return write("DeleteBackupSelection", by, minutes, backupPlanId="p-1", selectionId=identity)


@pytest.mark.parametrize(
    ("action", "call", "about"),
    [
        (VAULT, write("DeleteBackupVault", backupVaultName="primary"), True),
        (VAULT, write("DeleteBackupVault", backupVaultName="other"), False),
        (VAULT, write("PutBackupVaultAccessPolicy", backupVaultName="primary"), False),
        (POLICY, write("DeleteBackupVaultAccessPolicy", backupVaultName="primary"), True),
        (UPDATE, write("UpdateBackupPlan", backupPlanId="p-1"), True),
        (UPDATE, write("CreateBackupPlan", answer={"backupPlanId": "p-1"}), True),
        (UPDATE, write("UpdateBackupPlan", backupPlanId="p-2"), False),
        (UPDATE, write("CreateBackupPlan"), False),
        (PLAN, write("DeleteBackupPlan", backupPlanId="p-0"), True),
        (PLAN, write("DeleteBackupPlan", backupPlanId="p-9"), False),
        (SELECTION, gone("unheard-of"), True),
        (SELECTION, made("s-1", "s"), True),
        (SELECTION, made("s-1", "s.1"), True),
        (SELECTION, made("s-2", "other"), False),
        (REMOVAL, made("s-1", "whatever"), True),
        (REMOVAL, made("s-2", "s"), False),
        (TAGS, write("UntagResource", resourceArn=ARN), True),
        (TAGS, write("TagResource", resourceArn=f"{ARN}2"), False),
        (OPT_INS, write("UpdateRegionSettings", resourceTypeOptInPreference={"S3": False}), True),
        (OPT_INS, write("UpdateRegionSettings", resourceTypeOptInPreference={"EBS": False}), False),
        (OPT_INS, write("UpdateRegionSettings", resourceTypeOptInPreference="hidden"), False),
        (SETTINGS, write("UpdateGlobalSettings", globalSettings={"isCrossAccountBackupEnabled": "false"}), True),
    ],
)
def test_an_event_is_about_its_object_only(action: Any, call: Write, about: bool) -> None:
    """Another object's event never accuses anybody."""
    drift = last_writer(action, [call], {"p-0": "gold", "p-9": "silver"}, "backstay-agent", None)
    told = drift is not None and drift.cause == "aws"
    assert told is about


def test_the_last_writer_counts() -> None:
    """What somebody did before the agent put it right is no drift; what they did afterwards is."""
    before, ours, after = gone("s-0", EVE), made("s-1", "s", US, 5), gone("s-1", EVE, 9)
    names = selection_names([ours])
    repaired = last_writer(SELECTION, [ours, before], names, "backstay-agent", None)
    broken = last_writer(SELECTION, [ours, before, after], names, "backstay-agent", None)
    assert (repaired and repaired.cause, broken and broken.cause) == ("policy", "aws")
    assert broken is not None
    assert broken.at == "2026-11-22T10:21:00+00:00"


def test_the_deletion_of_another_selection_of_the_plan_is_no_drift_of_this_one() -> None:
    """Where the trail still tells which selection an id was, only its own deletion counts."""
    calls = [gone("s-2", EVE, 9), made("s-2", "other", US, 1)]
    assert last_writer(SELECTION, calls, selection_names(calls), "backstay-agent", None) is None


@pytest.mark.parametrize(
    ("by", "agent", "ours"),
    [
        (US, "", True),
        ("arn:aws:iam::100000000001:user/ci", "[Botocore/1.44.5 ua/2.1 backstay/0.1.0]", True),
        ("arn:aws:sts::100000000010:assumed-role/backstay-agent/eve", "", False),
        ("arn:aws:sts::100000000010:assumed-role/admin/backstay", "", False),
        (EVE, "aws-cli/2.31 outbackstay", False),
        ("arn:aws:sts::100000000010:assumed-role/not-backstay-agent/backstay", "Boto3/1.44", False),
    ],
)
def test_the_agent_knows_its_own_calls(by: str, agent: str, ours: bool) -> None:
    """By its program's name, or by its session of its role."""
    assert is_ours(Write("UpdateBackupPlan", by, AT, "e", agent), "backstay-agent") is ours


def event(**changes: Any) -> dict[str, Any]:
    """An event as LookupEvents gives it."""
    record = {
        "eventName": "UpdateBackupPlan",
        "eventTime": "2026-11-22T10:12:00Z",
        "eventID": "e-1",
        "readOnly": False,
        "userIdentity": {"type": "AssumedRole", "arn": EVE, "invokedBy": "cloudformation.amazonaws.com"},
        "userAgent": "cloudformation.amazonaws.com",
        "requestParameters": {"backupPlanId": "p-1"},
        "responseElements": None,
    }
    return {"EventId": "e-1", "CloudTrailEvent": json.dumps(record | changes)}


def test_an_event_is_read_with_whoever_stood_between() -> None:
    """A stack's change is the caller's, through CloudFormation."""
    drift = last_writer(UPDATE, [w for w in [read_write(event())] if w], {}, "backstay-agent", None)
    assert drift is not None
    assert (drift.by, drift.through, drift.event) == (EVE, "cloudformation.amazonaws.com", "e-1")


@pytest.mark.parametrize(
    "refused",
    [
        event(errorCode="AccessDenied"),
        event(readOnly=True),
        event(eventTime="yesterday"),
        {"CloudTrailEvent": "[]"},
        {"CloudTrailEvent": "{"},
        {},
    ],
)
def test_what_changed_nothing_or_cannot_be_read_tells_nothing(refused: dict[str, Any]) -> None:
    """Refusals, reads and broken records are passed over, never an error."""
    assert read_write(refused) is None


def test_what_was_not_read_is_never_told_as_nothing() -> None:
    """Where the history was cut short the plan says so; a new wish without any event has nothing to tell."""
    cut = last_writer(VAULT, [], {}, "backstay-agent", "CloudTrail has more")
    assert cut is not None
    assert (cut.cause, cut.reason) == ("unknown", "CloudTrail has more")
    assert last_writer(VAULT, [], {}, "backstay-agent", None) is None
    assert "create-plan" in ROWS
