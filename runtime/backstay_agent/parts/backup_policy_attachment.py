"""Attachments of backup policies: a policy on a node of the organization. Whose the policy is, theirs they are."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import NoReturn

from backstay_agent.observed import Part
from backstay_agent.parts.backup_policy import BUSY, TYPE, in_no_place, in_no_shape, step
from backstay_agent.parts.noun import Body, Noun, Reference, Removal, Task, Wish
from backstay_agent.parts.steps import Steps

_ATTACHED = frozenset({"DuplicatePolicyAttachmentException"})
_DETACHED = frozenset({"PolicyNotAttachedException", "PolicyNotFoundException", "TargetNotFoundException"})


def name_of(policy: str, node: str) -> str:
    """What an attachment is told by."""
    return f"{policy} on {node}"


def wish(policy: str, node: str) -> Wish:
    """A policy on a node, named by `root`, a unit's path or an account."""
    return Wish("backup-policy-attachment", name_of(policy, node), {"Policy": policy, "Node": node})


def part(policy: str, number: str, node: str, target: str, tags: Mapping[str, str], wanted: Container[str]) -> Part:
    """An attachment that there is."""
    body = {"Policy": policy, "Node": node, "Target": target}
    name = name_of(policy, node)
    key = f"{number} {target}"
    return Part("backup-policy-attachment", name, key, body, tags, held_by=policy, wanted=name in wanted)


def _create(task: Task) -> Steps[None]:
    """`Target` is the node's id. The policy may have been made a moment ago: it is looked up by its name."""
    answer = yield step("ListPolicies", every="Policies", Filter=TYPE)
    number = next((one["Id"] for one in answer["Policies"] if one["Name"] == task.body["Policy"]), task.body["Policy"])
    yield step("AttachPolicy", fine=_ATTACHED, busy=BUSY, PolicyId=number, TargetId=task.body["Target"])


def _update(task: Task) -> NoReturn:
    raise AssertionError(f"attachments have nothing that could differ: {task.name}")


def _delete(task: Task) -> Steps[None]:
    number, _, target = task.key.partition(" ")
    yield step("DetachPolicy", fine=_DETACHED, busy=BUSY, PolicyId=number, TargetId=target)


def _removal(_part: Part) -> Removal:
    return Removal("destructive")


def _rests_on(body: Body) -> Iterator[Reference]:
    yield "backup-policy", body["Policy"]


NOUN = Noun(
    "backup-policy-attachment",
    "",
    in_no_shape,
    in_no_place,
    _create,
    _update,
    _delete,
    removal=_removal,
    phase="selections",
    rests_on=_rests_on,
    within="backup-policy",
)
