"""Change sets: what would be done is told, and done when it is executed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backstay_local.app import LocalAws

ACCOUNT, REGION = "123456789012", "eu-central-1"


def _body(*keys: str, about: str = "") -> str:
    return json.dumps(
        {
            "Parameters": {"Who": {"Type": "String", "Default": "me"}},
            "Resources": {key: {"Type": "AWS::KMS::Key", "Properties": {"Description": about}} for key in keys},
        }
    )


@pytest.fixture
def client(aws: LocalAws) -> Any:
    """CloudFormation."""
    return aws.client("cloudformation", ACCOUNT, REGION)


def _want(client: Any, body: str, kind: str, name: str = "one", **more: Any) -> dict[str, Any]:
    client.create_change_set(StackName="app", ChangeSetName=name, ChangeSetType=kind, TemplateBody=body, **more)
    return dict(client.describe_change_set(StackName="app", ChangeSetName=name))


def _status(client: Any) -> str:
    return str(client.describe_stacks(StackName="app")["Stacks"][0]["StackStatus"])


def test_a_new_stack_waits_in_review(client: Any, refused: Any) -> None:
    """It has nothing yet; executed, it is made with the change set's parameters and tags."""
    who = [{"ParameterKey": "Who", "ParameterValue": "you"}]
    told = _want(client, _body("A", "B"), "CREATE", Parameters=who, Tags=[{"Key": "t", "Value": "1"}], Description="d")
    assert (told["Status"], told["ExecutionStatus"], told["Description"]) == ("CREATE_COMPLETE", "AVAILABLE", "d")
    changes = [one["ResourceChange"] for one in told["Changes"]]
    assert [(one["Action"], one["LogicalResourceId"]) for one in changes] == [("Add", "A"), ("Add", "B")]
    assert _status(client) == "REVIEW_IN_PROGRESS"
    assert client.list_stack_resources(StackName="app")["StackResourceSummaries"] == []
    client.execute_change_set(ChangeSetName=told["ChangeSetId"])
    [stack] = client.describe_stacks(StackName="app")["Stacks"]
    assert (stack["StackStatus"], stack["Tags"]) == ("CREATE_COMPLETE", [{"Key": "t", "Value": "1"}])
    assert stack["Parameters"][0]["ParameterValue"] == "you"
    assert client.list_change_sets(StackName="app")["Summaries"] == []
    with refused("ValidationError"):
        _want(client, _body("A"), "CREATE")


def test_an_update_tells_what_comes_changes_and_goes(client: Any, refused: Any) -> None:
    """Executed, it does just that; one that would change nothing has failed and cannot be executed."""
    client.create_stack(StackName="app", TemplateBody=_body("A", "B"))
    idle = _want(client, _body("A", "B"), "UPDATE", "idle")
    assert (idle["Status"], "didn't contain changes" in idle["StatusReason"]) == ("FAILED", True)
    with refused("InvalidChangeSetStatus"):
        client.execute_change_set(StackName="app", ChangeSetName="idle")
    told = _want(client, _body("B", "C", about="new"), "UPDATE")
    changes = [one["ResourceChange"] for one in told["Changes"]]
    assert {one["LogicalResourceId"]: one["Action"] for one in changes} == {"A": "Remove", "B": "Modify", "C": "Add"}
    assert len(client.list_change_sets(StackName="app")["Summaries"]) == 2
    client.execute_change_set(StackName="app", ChangeSetName="one")
    assert _status(client) == "UPDATE_COMPLETE"
    left = client.list_stack_resources(StackName="app")["StackResourceSummaries"]
    assert sorted(one["LogicalResourceId"] for one in left) == ["B", "C"]


def test_a_change_set_can_be_deleted(client: Any, refused: Any) -> None:
    """The stack in review stays until it is deleted itself; names and ids that are not there are refused."""
    _want(client, _body("A"), "CREATE")
    with refused("AlreadyExistsException"):
        _want(client, _body("A"), "CREATE")
    client.delete_change_set(StackName="app", ChangeSetName="one")
    with refused("ChangeSetNotFound"):
        client.describe_change_set(StackName="app", ChangeSetName="one")
    assert _status(client) == "REVIEW_IN_PROGRESS"
    client.delete_stack(StackName="app")
    assert client.describe_stacks()["Stacks"] == []


def test_a_stack_in_review_outlives_a_restart(tmp_path: Path) -> None:
    """With its change set."""
    with LocalAws(tmp_path) as aws:
        _want(aws.client("cloudformation", ACCOUNT, REGION), _body("A"), "CREATE")
    with LocalAws(tmp_path) as aws:
        client = aws.client("cloudformation", ACCOUNT, REGION)
        client.execute_change_set(StackName="app", ChangeSetName="one")
        assert _status(client) == "CREATE_COMPLETE"
