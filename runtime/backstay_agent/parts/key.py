"""KMS keys that Backstay manages, each known by its alias. They are made and kept in shape, and never deleted.

`CreateKey` takes no idempotency token. A key whose apply was killed before it gave the key its alias, or that was made
without an answer, is therefore known by two tags, whose it is and which alias it is to have, and is taken instead of
making another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NoReturn

from backstay_agent import normal
from backstay_agent.observed import OWNER_TAG, Part, is_ours
from backstay_agent.parts.documents import policy_loses
from backstay_agent.parts.noun import Body, Change, Look, Noun, Removal, Task, Wish
from backstay_agent.parts.steps import LOOKS, Step, Steps, UnsureError
from backstay_aws import arns
from backstay_contract.canonical import compact

ALIAS_TAG = "backstay:alias"
_OF_AWS = "alias/aws/"
_GONE = frozenset({"NotFoundException"})
_DYING = frozenset({"PendingDeletion", "PendingReplicaDeletion"})
_POLICY_NAME = "default"


def _wishes(shape: Body) -> Iterator[Wish]:
    for one in shape.get("keys", ()):
        body = {**one, "Policy": normal.policy(one["Policy"])}
        yield Wish("key", one["AliasName"], normal.settled(_without_tags(body)), one.get("Tags", {}))


def _without_tags(body: Body) -> Body:
    return {name: value for name, value in body.items() if name != "Tags"}


def _step(operation: str, *, every: str | None = None, fine: frozenset[str] = frozenset(), **members: Any) -> Step:
    return Step(operation, members, "kms", every, fine)


def _read(look: Look) -> Steps[list[Part]]:
    found: list[Part] = []
    answer = yield _step("ListAliases", every="Aliases")
    for item in answer["Aliases"]:
        name, number = str(item["AliasName"]), item.get("TargetKeyId")
        if name.startswith(_OF_AWS) or number is None:
            continue
        tags = yield from _tags(number)
        if name in look.wishes:
            found.append((yield from _part(name, number, tags)))
        elif is_ours(tags, look.organization):
            found.append(Part("key", name, str(number), {}, tags))
    return found


def _tags(key: str, fine: frozenset[str] = _GONE) -> Steps[dict[str, str]]:
    answer = yield _step("ListResourceTags", every="Tags", fine=fine, KeyId=key)
    return {str(tag["TagKey"]): str(tag["TagValue"]) for tag in answer.get("Tags", ())}


def _part(name: str, key: str, tags: Mapping[str, str]) -> Steps[Part]:
    about = (yield _step("DescribeKey", KeyId=key))["KeyMetadata"]
    policy = (yield _step("GetKeyPolicy", KeyId=key, PolicyName=_POLICY_NAME))["Policy"]
    body = {"AliasName": name, "Description": about.get("Description", ""), "Policy": normal.policy(policy)}
    return Part("key", name, str(about["KeyId"]), normal.settled(body), tags, leaving=about["KeyState"] in _DYING)


def _create(task: Task) -> Steps[None]:
    tags = {**task.tags, ALIAS_TAG: task.name}
    key = yield from _left_behind(tags)
    if key is None:
        key = yield from _made_or_found(task, tags)
    try:
        yield _step("CreateAlias", AliasName=task.name, TargetKeyId=key)
    except UnsureError:
        aliases = yield _step("ListAliases", every="Aliases")
        if (task.name, key) not in {(item["AliasName"], item.get("TargetKeyId")) for item in aliases["Aliases"]}:
            raise


def _made_or_found(task: Task, tags: Mapping[str, str]) -> Steps[str]:
    """A new key; where the answer to its making is lost, the key that was made, and never a second one."""
    try:
        made = yield _step(
            "CreateKey",
            Description=task.body["Description"],
            Policy=compact(task.body["Policy"]).decode(),
            Tags=[{"TagKey": name, "TagValue": value} for name, value in sorted(tags.items())],
        )
    except UnsureError:
        for pause in LOOKS:
            found = yield from _left_behind(tags, pause)
            if found is not None:
                return found
        raise
    return str(made["KeyMetadata"]["KeyId"])


def _left_behind(tags: Mapping[str, str], pause: float = 0) -> Steps[str | None]:
    """A key that was made for this very alias, and has none; looked for after `pause` seconds."""
    aliases = yield replace(_step("ListAliases", every="Aliases"), wait=pause)
    named = {item.get("TargetKeyId") for item in aliases["Aliases"]}
    keys = yield _step("ListKeys", every="Keys")
    for number in sorted(str(item["KeyId"]) for item in keys["Keys"]):
        if number in named:
            continue
        found = yield from _tags(number, _UNREADABLE)
        if all(found.get(name) == tags[name] for name in (OWNER_TAG, ALIAS_TAG)):
            about = yield _step("DescribeKey", KeyId=number)
            if about["KeyMetadata"]["KeyState"] not in _DYING:
                return number
    return None


# A key whose own policy keeps the agent out is none that it made.
_UNREADABLE = _GONE | {"AccessDeniedException", "KMSInvalidStateException"}


def _update(task: Task) -> Steps[None]:
    if task.tags:
        tags = [{"TagKey": name, "TagValue": value} for name, value in sorted(task.tags.items())]
        yield _step("TagResource", KeyId=task.key, Tags=tags)
    if task.body.get("Description") != task.before.get("Description"):
        yield _step("UpdateKeyDescription", KeyId=task.key, Description=task.body.get("Description", ""))
    if task.body["Policy"] != task.before.get("Policy"):
        policy = compact(task.body["Policy"]).decode()
        yield _step("PutKeyPolicy", KeyId=task.key, PolicyName=_POLICY_NAME, Policy=policy)


def _delete(_task: Task) -> NoReturn:
    raise AssertionError("keys are never deleted: what they encrypted could never be read again")


def _change(before: Body, after: Body) -> Change:
    lost = "Policy" in before and policy_loses(before["Policy"], after["Policy"])
    return Change("destructive" if lost else "reversible")


def _removal(_part: Part) -> Removal:
    return Removal(kept="Backstay never deletes a key, since backups may need it")


def _made(account: str, region: str, body: Body) -> str:
    return arns.kms_alias(arns.partition_of(region), region, account, body["AliasName"])


NOUN = Noun(
    "key",
    "keys",
    _wishes,
    _read,
    _create,
    _update,
    _delete,
    phase="vaults",
    change=_change,
    removal=_removal,
    made=_made,
    index="kms:key",
)
