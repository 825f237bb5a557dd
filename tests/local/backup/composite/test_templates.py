"""Restores of stacks: the template becomes a change set of a new stack, the composite cannot be restored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .conftest import DISK


def _restore(ground: Any, point: dict[str, Any], metadata: dict[str, str]) -> dict[str, Any]:
    started = ground.backup.start_restore_job(
        RecoveryPointArn=point["RecoveryPointArn"], Metadata=metadata, IamRoleArn=ground.site.role()
    )
    ground.site.settle()
    return dict(ground.backup.describe_restore_job(RestoreJobId=started["RestoreJobId"]))


def test_the_composite_of_a_stack_cannot_be_restored(ground: Any, refusal: Callable[..., Any]) -> None:
    """What is nested in it can."""
    ground.take(ground.stack({"Disk": DISK}))
    wish = {"StackName": "again", "ChangeSetName": "restored"}
    code, words = refusal(lambda: _restore(ground, ground.parent(), wish))
    assert (code, "Restore its nested recovery points" in words) == ("InvalidRequestException", True)
    assert _restore(ground, ground.children()["EBS"], {"availabilityZone": "us-east-1a"})["Status"] == "COMPLETED"


def test_a_restored_template_is_a_stack_in_review(ground: Any) -> None:
    """Its change set, once executed, makes the resources anew."""
    ground.take(ground.stack({"Disk": DISK}))
    template = ground.children()["CloudFormation"]
    failed = _restore(ground, template, {"StackName": "again"})
    assert (failed["Status"], failed["StatusMessage"]) == ("FAILED", "The restore metadata need ChangeSetName.")
    done = _restore(ground, template, {"StackName": "again", "ChangeSetName": "restored"})
    assert done["Status"] == "COMPLETED", done
    client = ground.site.client("cloudformation")
    [stack] = client.describe_stacks(StackName=done["CreatedResourceArn"])["Stacks"]
    assert (stack["StackName"], stack["StackStatus"]) == ("again", "REVIEW_IN_PROGRESS")
    client.execute_change_set(StackName="again", ChangeSetName="restored")
    [stack] = client.describe_stacks(StackName="again")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert len(ground.site.client("ec2").describe_volumes()["Volumes"]) == 2
