"""Logically air-gapped vaults: locked in compliance mode from their first moment, their limits and their key for ever.

There is no grace time as a vault lock has it (API, `CreateLogicallyAirGappedBackupVault`; developer guide, "Logically
air-gapped vault", read 2026-11), and what is backed up into one stays: so making one is approved by itself. Access
policy and notifications are the vault's own here, as in CloudFormation; they can be changed at any time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from backstay_agent import normal
from backstay_agent.observed import Part, is_ours
from backstay_agent.parts.documents import policy_loses
from backstay_agent.parts.key_reference import as_named, key_arn
from backstay_agent.parts.listed import GONE, tag, tags_of
from backstay_agent.parts.noun import Body, Change, Look, Noun, Reference, Removal, Task, Wish
from backstay_agent.parts.steps import Step, Steps
from backstay_aws import arns
from backstay_contract.canonical import compact

TYPE, STANDARD = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT", "BACKUP_VAULT"
VAULTS = Step("ListBackupVaults", every="BackupVaultList")
"""The call that lists the vaults of every type."""
_NAME, _KEY, _POLICY, _EVENTS = "BackupVaultName", "EncryptionKeyArn", "AccessPolicy", "Notifications"
_FIXED = {"MinRetentionDays": "smallest retention", "MaxRetentionDays": "largest retention", _KEY: "key"}


def _wishes(shape: Body) -> Iterator[Wish]:
    policies = {one[_NAME]: normal.policy(one["Policy"]) for one in shape.get("vault_access_policies", ())}
    events = {one[_NAME]: normal.notifications(one) for one in shape.get("vault_notifications", ())}
    for one in shape.get("air_gapped_vaults", ()):
        own = {name: one.get(name) for name in (_NAME, *_FIXED)}
        around = {_POLICY: policies.get(one[_NAME]), _EVENTS: events.get(one[_NAME])}
        body = {name: value for name, value in {**own, **around}.items() if value is not None}
        yield Wish("air-gapped-vault", one[_NAME], body, one.get("BackupVaultTags", {}))


def _read(look: Look) -> Steps[list[Part]]:
    found: list[Part] = []
    answer = yield VAULTS
    for item in answer["BackupVaultList"]:
        if item.get("VaultType") != TYPE:
            continue
        name, arn = str(item[_NAME]), str(item["BackupVaultArn"])
        tags = yield from tags_of(arn)
        if name not in look.wishes and not is_ours(tags, look.organization):
            continue
        wish = look.wishes.get(name)
        body = (yield from _body(item, wish)) if wish else {}
        holds = item.get("NumberOfRecoveryPoints", 0) > 0
        kept = "it holds recovery points; it can go when they are gone" if holds else None
        found.append(Part("air-gapped-vault", name, arn, body, tags, kept))
    return found


def _body(item: Body, wish: Wish) -> Steps[dict[str, Any]]:
    name = item[_NAME]
    body: dict[str, Any] = {member: item[member] for member in (_NAME, "MinRetentionDays", "MaxRetentionDays")}
    if item.get("EncryptionKeyType") != "AWS_OWNED_KMS_KEY" and item.get(_KEY):
        body[_KEY] = yield from as_named(str(item[_KEY]), wish.body.get(_KEY))
    policy = yield Step("GetBackupVaultAccessPolicy", {_NAME: name}, fine=GONE)
    if policy.get("Policy"):
        body[_POLICY] = normal.policy(policy["Policy"])
    events = yield Step("GetBackupVaultNotifications", {_NAME: name}, fine=GONE)
    if events.get("SNSTopicArn"):
        body[_EVENTS] = normal.notifications(events)
    return body


def _create(task: Task) -> Steps[None]:
    given = {name: value for name, value in task.body.items() if name not in (_POLICY, _EVENTS)}
    if _KEY in given:
        given[_KEY] = yield from key_arn(given[_KEY])
    made = {**given, "BackupVaultTags": task.tags, "CreatorRequestId": task.token}
    yield Step("CreateLogicallyAirGappedBackupVault", made)
    yield from _around(task)


def _update(task: Task) -> Steps[None]:
    yield from tag(task.key, task.tags)
    yield from _around(task)


def _around(task: Task) -> Steps[None]:
    """Access policy and notifications, where they differ."""
    vault = {_NAME: task.name}
    if task.body.get(_POLICY) != task.before.get(_POLICY):
        if _POLICY in task.body:
            text = compact(task.body[_POLICY]).decode()
            yield Step("PutBackupVaultAccessPolicy", {**vault, "Policy": text})
        else:
            yield Step("DeleteBackupVaultAccessPolicy", vault, fine=GONE)
    if task.body.get(_EVENTS) != task.before.get(_EVENTS):
        if _EVENTS in task.body:
            yield Step("PutBackupVaultNotifications", {**vault, **task.body[_EVENTS]})
        else:
            yield Step("DeleteBackupVaultNotifications", vault, fine=GONE)


def _delete(task: Task) -> Steps[None]:
    yield Step("DeleteBackupVault", {_NAME: task.name}, fine=GONE)


def _change(before: Body, after: Body) -> Change:
    for member, word in _FIXED.items():
        was, is_to_be = before.get(member), after.get(member)
        if was != is_to_be:
            told = f"its {word} is {was or 'one that AWS owns'}, the policy says {is_to_be or 'one that AWS owns'}"
            return Change(conflict=f"{told}; AWS lets nobody change that: give the vault another name")
    lost = _POLICY in before and (_POLICY not in after or policy_loses(before[_POLICY], after[_POLICY]))
    return Change("destructive" if lost else "reversible")


def _told(body: Body) -> tuple[str, ...]:
    least, most = body["MinRetentionDays"], body["MaxRetentionDays"]
    return (f"locked from its first moment, {least} to {most} days; nobody can change that, or delete what it holds",)


def _removal(part: Part) -> Removal:
    return Removal("destructive", part.kept, everywhere=True)


def _keys(body: Body) -> Iterator[str]:
    if _KEY in body:
        yield body[_KEY]


def _topics(body: Body) -> Iterator[str]:
    if _EVENTS in body:
        yield body[_EVENTS]["SNSTopicArn"]


def _rests_on(body: Body) -> Iterator[Reference]:
    """The key, if it is known by an alias: one that is made by the same build has no other name yet."""
    parsed = arns.parse(body.get(_KEY, ""))
    if parsed is not None and parsed.resource.startswith("alias/"):
        yield "key", parsed.resource


NOUN = Noun(
    "air-gapped-vault",
    "air_gapped_vaults",
    _wishes,
    _read,
    _create,
    _update,
    _delete,
    phase="vaults",
    creation="irreversible",
    told=_told,
    change=_change,
    removal=_removal,
    rests_on=_rests_on,
    keys=_keys,
    topics=_topics,
    index="backup:backup-vault",
)
