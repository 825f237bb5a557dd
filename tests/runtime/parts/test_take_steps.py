"""Coroutines of calls are driven with every page, and with patience where AWS is busy."""

from __future__ import annotations

from typing import Any

import pytest

from backstay_agent.aws import AwsProblem
from backstay_agent.parts.key_reference import key_arn
from backstay_agent.parts.steps import Step, drive, one
from backstay_agent.parts.units import ids
from backstay_agent.take_steps import look_about, take_steps

PLACE = ("100000000010", "eu-central-1")


class Answers:
    """In place of AWS: answers in turn, and remembers what was asked."""

    def __init__(self, *answers: dict[str, Any] | str) -> None:
        self.left = list(answers)
        self.asked: list[dict[str, Any]] = []

    def call(self, account: str, region: str, service: str, operation: str, **members: Any) -> dict[str, Any]:
        """The next answer; a text is the code of an error."""
        self.asked.append(members)
        answer = self.left.pop(0)
        if isinstance(answer, str):
            raise AwsProblem(account, region, operation, answer, "no")
        return answer


@pytest.mark.parametrize(
    ("pages", "asked"),
    [
        ([{"X": [1], "NextToken": "a"}, {"X": [2]}], {"NextToken": "a"}),
        ([{"X": [1], "NextMarker": "a", "Truncated": True}, {"X": [2], "Truncated": False}], {"Marker": "a"}),
        ([{"X": [1], "Marker": "a", "IsTruncated": True}, {"X": [2], "IsTruncated": False}], {"Marker": "a"}),
    ],
)
def test_every_page_is_read(pages: list[dict[str, Any]], asked: dict[str, str]) -> None:
    """AWS Backup, KMS and IAM each have words of their own for where a list goes on."""
    aws: Any = Answers(*pages)
    assert take_steps(aws, *PLACE, one(Step("ListX", every="X"))) == {"X": [1, 2]}
    assert aws.asked[1] == asked


def test_tags_of_several_pages_are_one_map() -> None:
    """What AWS lists as a map is joined as a map."""
    aws: Any = Answers({"Tags": {"a": "1"}, "NextToken": "x"}, {"Tags": {"b": "2"}})
    assert take_steps(aws, *PLACE, one(Step("ListTags", every="Tags"))) == {"Tags": {"a": "1", "b": "2"}}


def test_what_is_busy_is_waited_for() -> None:
    """AWS deploys a framework in its own time; what it still refuses after two minutes is an error."""
    step, pauses = Step("UpdateFramework", busy=frozenset({"ConflictException"})), []
    aws: Any = Answers("ConflictException", "ConflictException", {"done": True})
    assert take_steps(aws, *PLACE, one(step), pauses.append) == {"done": True}
    assert pauses == [1.0, 2.0]
    never: Any = Answers(*["ConflictException"] * 9)
    with pytest.raises(AwsProblem):
        take_steps(never, *PLACE, one(step), pauses.append)
    assert sum(pauses) > 120


def test_what_is_fine_is_no_error() -> None:
    """An answer that says that there is nothing is an empty answer; any other refusal is told."""
    step = Step("GetRole", fine=frozenset({"NoSuchEntity"}))
    gone: Any = Answers("NoSuchEntity")
    assert take_steps(gone, *PLACE, one(step)) == {}
    denied: Any = Answers("AccessDenied")
    with pytest.raises(AwsProblem):
        take_steps(denied, *PLACE, one(step))


def test_nothing_is_asked_twice_in_a_place() -> None:
    """Restore testing plans are listed for themselves and for their selections, in one call."""
    aws: Any = Answers({"X": [1]})
    known: dict[str, Any] = {}
    answers = [look_about(aws, *PLACE, one(Step("ListX", every="X")), known) for _ in range(2)]
    assert (answers, len(aws.asked)) == ([{"X": [1]}] * 2, 1)


def test_only_an_alias_is_looked_up() -> None:
    """AWS Backup takes the ARN of a key, not of an alias."""

    def asked(step: Step) -> dict[str, Any]:
        return {"KeyMetadata": {"Arn": f"key of {step.members['KeyId']}"}}

    assert drive(key_arn("arn:aws:kms:x:1:key/2"), asked) == "arn:aws:kms:x:1:key/2"
    assert drive(key_arn("arn:aws:kms:x:1:alias/a"), asked) == "key of arn:aws:kms:x:1:alias/a"


def test_no_more_of_the_tree_is_read_than_lies_on_the_way() -> None:
    """Each unit on the way to a wanted one is opened once; a path that leads nowhere is told as that."""
    tree = {"r-1": {"Work": "ou-1", "Play": "ou-2"}, "ou-1": {"Prod": "ou-3"}}
    opened: list[str] = []

    def asked(step: Step) -> dict[str, Any]:
        if step.operation == "ListRoots":
            return {"Roots": [{"Id": "r-1"}]}
        opened.append(step.members["ParentId"])
        below = tree[step.members["ParentId"]]
        return {"OrganizationalUnits": [{"Name": name, "Id": number} for name, number in below.items()]}

    found = drive(ids(["Work/Prod", "Work/Test", "Gone/Prod"]), asked)
    assert found == {"root": "r-1", "Work/Prod": "ou-3", "Work/Test": None, "Gone/Prod": None}
    assert opened == ["r-1", "ou-1"]
