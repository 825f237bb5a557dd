"""Vaults back to `Vault(…)` with their locks, access policies and notifications, and air-gapped ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from backstay.importer.found import Unknown
from backstay.importer.write.code import Atom, Code, call, items, noted, pairs, text
from backstay.importer.write.desk import Desk
from backstay.importer.write.durations import days
from backstay.importer.write.names import identifier
from backstay.importer.write.things import OWN_ACCOUNT, OWN_REGION, Thing
from backstay_aws import arns

NOT_ACKNOWLEDGED = (
    "a compliance lock can never be undone; `acknowledged=` names the decision, and without it lint says so"
)


def vault(thing: Thing, desk: Desk, *, region: str | None = None) -> Code:
    """A vault, pinned to a Region if the source says so."""
    parts = {part.kind: part.body for part in thing.parts}
    notes = list(dict.fromkeys([*thing.notes, *(note for part in thing.parts for note in part.notes)]))
    code = call(
        "Vault",
        desk.text(thing.body.get("BackupVaultName", thing.name)),
        key=desk.value(thing.body.get("EncryptionKeyArn"), lambda arn: desk.text(_key(str(arn), desk)), notes, "key"),
        lock=lock(parts["lock"], desk) if "lock" in parts else None,
        access=access(parts["access"], desk) if "access" in parts else None,
        notify=_notify(parts["notifications"], desk) if "notifications" in parts else None,
        tags=desk.pairs(thing.body.get("BackupVaultTags")),
        region=text(region) if region is not None else None,
    )
    return noted(code, notes)


def air_gapped(thing: Thing, desk: Desk) -> Code:
    """A logically air-gapped vault."""
    parts = {part.kind: part.body for part in thing.parts}
    body, notes = thing.body, [*thing.notes]
    code = call(
        "AirGappedVault",
        desk.text(body.get("BackupVaultName", thing.name)),
        min=desk.value(body.get("MinRetentionDays"), days, notes, "min"),
        max=desk.value(body.get("MaxRetentionDays"), days, notes, "max"),
        key=desk.value(body.get("EncryptionKeyArn"), lambda arn: desk.text(_key(str(arn), desk)), notes, "key"),
        access=access(parts["access"], desk) if "access" in parts else None,
        notify=_notify(parts["notifications"], desk) if "notifications" in parts else None,
        tags=desk.pairs(body.get("BackupVaultTags")),
    )
    return noted(code, notes)


def lock(body: Mapping[str, Any], desk: Desk) -> Code:
    """A lock: with `ChangeableForDays` it is a compliance lock. One with undecided numbers never comes here."""
    notes: list[str] = []
    bounds = {
        keyword: desk.value(body.get(member), days, notes, keyword)
        for keyword, member in (("min", "MinRetentionDays"), ("max", "MaxRetentionDays"))
    }
    grace = body.get("ChangeableForDays")
    if grace is None:
        return noted(call("Lock.governance", **bounds), notes)
    closed = call("Lock.compliance", **bounds, grace=desk.value(grace, days, notes, "grace"))
    return noted(closed, (*notes, NOT_ACKNOWLEDGED))


def access(body: Mapping[str, Any], desk: Desk) -> Code:
    """An access policy, as the document that it is."""
    return call("Access.document", _document(body.get("Policy"), desk))


def _document(value: Any, desk: Desk) -> Code:
    if isinstance(value, Mapping):
        return pairs({str(key): _document(item, desk) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return items(_document(item, desk) for item in value)
    return desk.text(value) if isinstance(value, str | Unknown) else Atom(repr(value))


def _notify(body: Mapping[str, Any], desk: Desk) -> Code:
    topic, events = body.get("SNSTopicArn"), body.get("BackupVaultEvents") or ()
    named = _topic(topic, desk) if isinstance(topic, str) else _unnamed(topic)
    return call("Notify", desk.text(named), on=items(desk.text(one) for one in events))


def _unnamed(topic: Any) -> Any:
    """A topic that is not known, by a name: of an ARN that only stands for one, no account would be the right one."""
    if not isinstance(topic, Unknown):
        return topic
    return replace(topic, name=identifier(topic.name, fallback="topic").removesuffix("_arn"))


def _topic(arn: str, desk: Desk) -> str:
    parsed = arns.parse(arn)
    own = parsed is not None and (parsed.account, parsed.region) == (OWN_ACCOUNT, OWN_REGION)
    return parsed.resource if parsed is not None and own and parsed.partition == desk.partition else arn


def _key(arn: str, desk: Desk) -> str:
    """`alias/x` for an alias of the account and Region; every other key by its ARN."""
    parsed = arns.parse(arn)
    if parsed is None or not parsed.resource.startswith("alias/") or parsed.partition != desk.partition:
        return arn
    own = parsed.account in (OWN_ACCOUNT, "") and parsed.region in (OWN_REGION, "")
    return parsed.resource if own else arn
