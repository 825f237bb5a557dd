"""Every listing with pages: a token is good for the question that it was given for, and for no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.local.conformance import wrong
from tests.local.shapes import sent

from backstay_local.app import LocalAws
from backstay_local.backup.registry import OPERATIONS
from backstay_local.wire.message import Request
from backstay_local.wire.model import operations
from backstay_local.wire.pages import Question, paginated, token

Drive = Callable[[str, Request], tuple[int, dict[str, Any]]]
PAGED = [name for name, operation in sorted(operations("backup").items()) if paginated(operation)]
OTHERS = {"ListBackupVaults": "ListBackupPlans"}


@pytest.fixture(scope="module")
def real(shared: LocalAws) -> dict[str, str]:
    """Tokens that two listings gave out, by their operation."""
    backup = shared.client("backup")
    for name in ("token-1", "token-2"):
        backup.create_backup_vault(BackupVaultName=name)
        rule = {"RuleName": "r", "TargetBackupVaultName": name}
        backup.create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": [rule]})
    return {
        "ListBackupVaults": backup.list_backup_vaults(MaxResults=1)["NextToken"],
        "ListBackupPlans": backup.list_backup_plans(MaxResults=1)["NextToken"],
    }


def required(name: str) -> dict[str, Any]:
    """No more than what the listing must be given."""
    shape: Any = operations("backup")[name].input_shape
    return {member: value for member, value in wrong.members(name).items() if member in shape.required_members}


def refused(drive: Drive, name: str, given: str, **more: Any) -> bool:
    """Whether a listing takes a token for a bad one."""
    status, answer = drive(name, sent(name, {**required(name), **more, "NextToken": given}))
    if name not in OPERATIONS:
        assert (status, answer["Error"]["Code"]) == (501, "NotImplementedException")
        return True
    told = answer.get("Error", {"Code": "", "Message": ""})
    bad = told["Code"] == "InvalidParameterValueException" and "NextToken" in told["Message"]
    assert not bad or status == 400
    return bad


@pytest.mark.parametrize("name", PAGED)
def test_foreign_and_garbled_tokens_are_refused(
    name: str, drive: Drive, shared: LocalAws, real: dict[str, str]
) -> None:
    """What no listing gave out, what another one gave out, and what was given for another question or by half."""
    good = token("", Question(name, shared.management_account, "us-east-1", required(name)))
    foreign = real[OTHERS.get(name, "ListBackupVaults")]
    elsewhere = token("", Question(name, shared.management_account, "eu-west-1", required(name)))
    stranger = token("", Question(name, "999999999999", "us-east-1", required(name)))
    filtered = token("", Question(name, shared.management_account, "us-east-1", {**required(name), "By": "other"}))
    for bad in ("text", "\u00fc", "e30=", good[:-5], good.swapcase(), foreign, elsewhere, stranger, filtered):
        assert refused(drive, name, bad), bad


@pytest.mark.parametrize("name", [name for name in PAGED if name in OPERATIONS])
def test_a_token_of_the_same_question_is_good(name: str, drive: Drive, shared: LocalAws) -> None:
    """Whatever the size of the page; a filter added later makes it another question."""
    good = token("", Question(name, shared.management_account, "us-east-1", required(name)))
    sized = {"MaxResults": 7} if "MaxResults" in wrong.members(name) else {}
    assert not refused(drive, name, good, **sized)
    for member, value in wrong.members(name).items():
        if member not in required(name) and member != "MaxResults":
            assert refused(drive, name, good, **{member: value}), member
