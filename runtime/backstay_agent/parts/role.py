"""IAM roles that Backstay manages: their trust, the policies attached to them and those written into them.

A role has no Region: it stands in one place of its account. What it may do is made just what the build says, no wider.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NoReturn

from backstay_agent import normal
from backstay_agent.observed import OWNER_TAG, Part, is_ours
from backstay_agent.parts.documents import policy_loses
from backstay_agent.parts.noun import Body, Change, Look, Noun, Removal, Task, Wish
from backstay_agent.parts.steps import LOOKS, Step, Steps, UnsureError
from backstay_aws import arns
from backstay_contract.canonical import compact

_GONE = frozenset({"NoSuchEntity", "NoSuchEntityException"})
_TRUST, _ATTACHED, _WRITTEN = "AssumeRolePolicyDocument", "ManagedPolicyArns", "Policies"
_MADE_BY_US = "managed by Backstay"
"""How the descriptions of roles end that a build has; so not every role of an account is asked for its tags."""


def _body(name: str, path: str, description: str, trust: Any, attached: Any, written: Body) -> Body:
    """In normal form; the description always stands, so that it can be compared."""
    body = {
        "RoleName": name,
        "Path": path,
        "Description": description,
        _TRUST: normal.policy(trust),
        _ATTACHED: attached,
        _WRITTEN: {policy: normal.policy(document) for policy, document in written.items()},
    }
    settled: Body = normal.settled(body)
    return settled


def _wishes(shape: Body) -> Iterator[Wish]:
    for one in shape.get("roles", ()):
        attached, written = one.get(_ATTACHED, ()), one.get(_WRITTEN, {})
        body = _body(one["RoleName"], one["Path"], one["Description"], one[_TRUST], attached, written)
        yield Wish("role", one["RoleName"], body, one.get("Tags", {}))


def _step(operation: str, *, every: str | None = None, fine: frozenset[str] = frozenset(), **members: Any) -> Step:
    return Step(operation, members, "iam", every, fine)


def _read(look: Look) -> Steps[list[Part]]:
    found: list[Part] = []
    for name in sorted(look.wishes):
        answer = yield _step("GetRole", fine=_GONE, RoleName=name)
        if answer:
            found.append((yield from _part(answer["Role"])))
    if look.first:
        found += yield from _left(look)
    return found


def _left(look: Look) -> Steps[list[Part]]:
    """Roles of ours that are not wanted in this place."""
    found: list[Part] = []
    answer = yield _step("ListRoles", every="Roles")
    for role in answer["Roles"]:
        name = str(role["RoleName"])
        if name in look.wishes or not str(role.get("Description", "")).endswith(_MADE_BY_US):
            continue
        tags = yield from _tags(name)
        if is_ours(tags, look.organization):
            found.append(Part("role", name, str(role["Arn"]), {}, tags))
    return found


def _tags(name: str) -> Steps[dict[str, str]]:
    answer = yield _step("ListRoleTags", every="Tags", fine=_GONE, RoleName=name)
    return {str(tag["Key"]): str(tag["Value"]) for tag in answer.get("Tags", ())}


def _part(role: Body) -> Steps[Part]:
    name = str(role["RoleName"])
    tags = yield from _tags(name)
    attached = yield _step("ListAttachedRolePolicies", every="AttachedPolicies", RoleName=name)
    names = yield _step("ListRolePolicies", every="PolicyNames", RoleName=name)
    written = {}
    for policy in names["PolicyNames"]:
        answer = yield _step("GetRolePolicy", RoleName=name, PolicyName=policy)
        written[policy] = answer["PolicyDocument"]
    arns_of = [one["PolicyArn"] for one in attached["AttachedPolicies"]]
    body = _body(name, role["Path"], role.get("Description", ""), role[_TRUST], arns_of, written)
    return Part("role", name, str(role["Arn"]), body, tags)


def _tag_list(task: Task) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in sorted(task.tags.items())]


def _create(task: Task) -> Steps[None]:
    try:
        yield _step(
            "CreateRole",
            RoleName=task.name,
            Path=task.body["Path"],
            Description=task.body["Description"],
            AssumeRolePolicyDocument=compact(task.body[_TRUST]).decode(),
            Tags=_tag_list(task),
        )
    except UnsureError:
        if not (yield from _is_there(task)):
            raise
    yield from _permit(task)


def _is_there(task: Task) -> Steps[bool]:
    """Whether the role stands there as it was to be made just now: ours, with that path, description and trust."""
    for pause in LOOKS:
        answer = yield replace(_step("GetRole", fine=_GONE, RoleName=task.name), wait=pause)
        if answer:
            there = yield from _part(answer["Role"])
            same = all(there.body.get(member) == task.body.get(member) for member in ("Path", "Description", _TRUST))
            return same and there.tags.get(OWNER_TAG) == task.tags[OWNER_TAG]
    return False


def _update(task: Task) -> Steps[None]:
    if task.tags:
        yield _step("TagRole", RoleName=task.name, Tags=_tag_list(task))
    if task.body["Description"] != task.before.get("Description"):
        yield _step("UpdateRole", RoleName=task.name, Description=task.body["Description"])
    if task.body[_TRUST] != task.before.get(_TRUST):
        document = compact(task.body[_TRUST]).decode()
        yield _step("UpdateAssumeRolePolicy", RoleName=task.name, PolicyDocument=document)
    yield from _permit(task)


def _permit(task: Task) -> Steps[None]:
    """What is wanted is given before anything else is taken away."""
    had, wanted = task.before.get(_ATTACHED, ()), task.body.get(_ATTACHED, ())
    wrote, written = task.before.get(_WRITTEN, {}), task.body.get(_WRITTEN, {})
    for arn in wanted:
        if arn not in had:
            yield _step("AttachRolePolicy", RoleName=task.name, PolicyArn=arn)
    for name, document in written.items():
        if wrote.get(name) != document:
            text = compact(document).decode()
            yield _step("PutRolePolicy", RoleName=task.name, PolicyName=name, PolicyDocument=text)
    for arn in had:
        if arn not in wanted:
            yield _step("DetachRolePolicy", fine=_GONE, RoleName=task.name, PolicyArn=arn)
    for name in wrote:
        if name not in written:
            yield _step("DeleteRolePolicy", fine=_GONE, RoleName=task.name, PolicyName=name)


def _delete(_task: Task) -> NoReturn:
    raise AssertionError("roles are never deleted: restores of what they backed up may need them")


def _change(before: Body, after: Body) -> Change:
    if before and before["Path"] != after["Path"]:
        told = f"has the path {before['Path']}, the policy says {after['Path']}"
        return Change(conflict=f"{told}; AWS lets nobody change a role's path: give the role another name")
    fewer = set(before.get(_ATTACHED, ())) - set(after.get(_ATTACHED, ()))
    written = after.get(_WRITTEN, {})
    other = any(written.get(name) != document for name, document in before.get(_WRITTEN, {}).items())
    lost = fewer or other or policy_loses(before[_TRUST], after[_TRUST])
    return Change("destructive" if lost else "reversible")


def _removal(_part: Part) -> Removal:
    return Removal(kept="Backstay never deletes a role, since restores may need it")


def _made(account: str, region: str, body: Body) -> str:
    return arns.role(arns.partition_of(region), account, f"{body['Path']}{body['RoleName']}")


NOUN = Noun(
    "role",
    "roles",
    _wishes,
    _read,
    _create,
    _update,
    _delete,
    phase="vaults",
    change=_change,
    removal=_removal,
    made=_made,
)
