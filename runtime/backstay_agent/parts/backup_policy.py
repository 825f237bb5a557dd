"""Backup policies of AWS Organizations, known by their names, which AWS has once for each type of policy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from backstay_agent.observed import OWNER_TAG, Part
from backstay_agent.parts.noun import Body, Change, Look, Noun, Removal, Task, Wish
from backstay_agent.parts.steps import Answer, Step, Steps, UnsureError
from backstay_contract.canonical import compact

TYPE = "BACKUP_POLICY"
BUSY = frozenset({"ConcurrentModificationException"})
"""What Organizations says while another change of the organization is under way (API reference, CreatePolicy)."""
_GONE = frozenset({"PolicyNotFoundException"})


def step(
    operation: str,
    *,
    every: str | None = None,
    fine: frozenset[str] = frozenset(),
    busy: frozenset[str] = frozenset(),
    **members: Any,
) -> Step:
    """A call to Organizations."""
    return Step(operation, members, "organizations", every, fine, busy)


def wish(name: str, description: str, document: str, tags: Mapping[str, str]) -> Wish:
    """A policy of a build, by the text of its document."""
    return Wish("backup-policy", name, _body(name, description, document), tags)


def _body(name: str, description: str, document: str) -> Body:
    """The document as a value; AWS gives back what it was sent."""
    return {"Name": name, "Description": description, "Content": json.loads(document)}


def part(summary: Answer, tags: Mapping[str, str], *, wanted: bool) -> Steps[Part]:
    """A policy that there is; its content is asked for only where it is wanted."""
    name, number = str(summary["Name"]), str(summary["Id"])
    body: Body = {}
    if wanted:
        about = (yield step("DescribePolicy", PolicyId=number))["Policy"]
        body = _body(name, about["PolicySummary"].get("Description", ""), about["Content"])
    return Part("backup-policy", name, number, body, tags)


def tags_of(number: str) -> Steps[dict[str, str]]:
    """The tags of a policy."""
    answer = yield step("ListTagsForResource", every="Tags", ResourceId=number)
    return {str(tag["Key"]): str(tag["Value"]) for tag in sorted(answer["Tags"], key=lambda tag: str(tag["Key"]))}


def _tag_list(task: Task) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in sorted(task.tags.items())]


def _create(task: Task) -> Steps[None]:
    given = {**task.body, "Content": compact(task.body["Content"]).decode()}
    try:
        yield step("CreatePolicy", busy=BUSY, **given, Type=TYPE, Tags=_tag_list(task))
    except UnsureError:
        if not (yield from _is_there(task)):
            raise


def _is_there(task: Task) -> Steps[bool]:
    """Whether the policy stands there as it was to be made just now: ours, and saying that."""
    answer = yield step("ListPolicies", every="Policies", Filter=TYPE)
    for summary in answer["Policies"]:
        if summary["Name"] == task.name:
            there = yield from part(summary, (yield from tags_of(str(summary["Id"]))), wanted=True)
            return there.body == task.body and there.tags.get(OWNER_TAG) == task.tags[OWNER_TAG]
    return False


def _update(task: Task) -> Steps[None]:
    if task.tags:
        yield step("TagResource", busy=BUSY, ResourceId=task.key, Tags=_tag_list(task))
    if task.body != task.before:
        content = compact(task.body["Content"]).decode()
        description = task.body["Description"]
        yield step("UpdatePolicy", busy=BUSY, PolicyId=task.key, Description=description, Content=content)


def _delete(task: Task) -> Steps[None]:
    yield step("DeletePolicy", fine=_GONE, busy=BUSY, PolicyId=task.key)


def _change(before: Body, after: Body) -> Change:
    """A plan of the document that goes or changes may protect less: what cannot be shown not to, counts as a loss."""
    plans = after["Content"].get("plans", {})
    kept = all(plans.get(name) == plan for name, plan in before.get("Content", {}).get("plans", {}).items())
    return Change("reversible" if kept else "destructive")


def _removal(_part: Part) -> Removal:
    return Removal("destructive")


def in_no_shape(_shape: Body) -> Iterator[Wish]:
    """Policies belong to the organization, not to a place."""
    return iter(())


def in_no_place(_look: Look) -> Steps[list[Part]]:
    """Policies are read with the organization."""
    yield from ()
    return []


NOUN = Noun(
    "backup-policy",
    "",
    in_no_shape,
    in_no_place,
    _create,
    _update,
    _delete,
    change=_change,
    removal=_removal,
)
