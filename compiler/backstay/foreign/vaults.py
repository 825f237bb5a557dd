"""Vaults out of their API bodies, with their locks, access policies and notifications."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from backstay import ir
from backstay.foreign.around import Around
from backstay.foreign.placed import Placed
from backstay.foreign.plans import Part
from backstay.foreign.values import number, pairs, text, texts
from backstay.importer.found import Found, Kind
from backstay.ir import members
from backstay_contract.findings import Span

ACKNOWLEDGED = "the file itself"
"""A template has no word for who decided a lock: that it is missing there is nobody's mistake."""
_AIR_GAPPED_LEAST, _AIR_GAPPED_MOST = 7, 36_500


def vault(found: Found, body: Mapping[str, Any], parts: Iterable[Part], around: Around) -> ir.Vault:
    """A vault with everything that belongs to it."""
    own = _by_kind(parts)
    policy, where = _policy(own.get("access"), around)
    return ir.Vault(
        name=text(body.get("BackupVaultName")) or found.name,
        key_arn=around.local(text(body.get("EncryptionKeyArn"))) or None,
        tags=pairs(body.get("BackupVaultTags")),
        lock=_lock(found, *own["lock"]) if "lock" in own else None,
        policy=policy,
        policy_where=where,
        notifications=_notifications(found, *own["notifications"], around) if "notifications" in own else None,
        pinned=False,
        where=_where(found, members.VAULT, own),
    )


def air_gapped(found: Found, body: Mapping[str, Any], parts: Iterable[Part], around: Around) -> ir.AirGappedVault:
    """A logically air-gapped vault with everything that belongs to it."""
    own = _by_kind(parts)
    policy, where = _policy(own.get("access"), around)
    return ir.AirGappedVault(
        name=text(body.get("BackupVaultName")) or found.name,
        minimum=number(body.get("MinRetentionDays"), _AIR_GAPPED_LEAST),
        maximum=number(body.get("MaxRetentionDays"), _AIR_GAPPED_MOST),
        key_arn=around.local(text(body.get("EncryptionKeyArn"))) or None,
        tags=pairs(body.get("BackupVaultTags")),
        policy=policy,
        policy_where=where,
        notifications=_notifications(found, *own["notifications"], around) if "notifications" in own else None,
        pinned=False,
        where=_where(found, members.AIR_GAPPED, own),
    )


def _by_kind(parts: Iterable[Part]) -> dict[Kind, Part]:
    return {part[0].kind: part for part in parts}


def _where(found: Found, table: Mapping[str, str], own: Mapping[Kind, Part]) -> ir.Where:
    """The vault's places, and under the keywords of the language those of what belongs to it."""
    where = Placed(found).where("", table)
    words: tuple[tuple[Kind, str, tuple[str, ...]], ...] = (
        ("lock", "lock", tuple(members.LOCK)),
        ("access", "access", ("Policy",)),
        ("notifications", "notify", tuple(members.NOTIFICATIONS)),
    )
    parts = {word: _start(found, own[kind][0], inside) for kind, word, inside in words if kind in own}
    return ir.Where(where.span, {**where.fields, **parts})


def _start(vault: Found, part: Found, inside: Iterable[str]) -> Span:
    """Where a part of a vault begins: its own place, or that of its first member if it stands inside the vault."""
    if part.place != vault.place:
        return part.places.get("/Policy", part.place)
    places = [place for member in inside if (place := part.places.get(f"/{member}")) is not None]
    return min(places, default=part.place, key=lambda place: (place.line, place.column))


def _lock(vault: Found, found: Found, body: Mapping[str, Any]) -> ir.Lock:
    grace = body.get("ChangeableForDays")
    least, most = body.get("MinRetentionDays"), body.get("MaxRetentionDays")
    return ir.Lock(
        mode="governance" if grace is None else "compliance",
        minimum=None if least is None else number(least, 0),
        maximum=None if most is None else number(most, 0),
        grace=None if grace is None else number(grace, 0),
        acknowledged=ACKNOWLEDGED,
        where=replace(Placed(found).where("", members.LOCK, said=body), span=_start(vault, found, members.LOCK)),
    )


def _policy(part: Part | None, around: Around) -> tuple[Mapping[str, Any] | None, ir.Where | None]:
    if part is None:
        return None, None
    found, body = part
    said = body.get("Policy")
    if isinstance(said, str):
        try:
            said = json.loads(said)
        except (ValueError, RecursionError):
            said = None
    placed = Placed(found)
    span = placed.at("/Policy") or found.place
    return (around.here(said), ir.Where(span)) if isinstance(said, dict) else (None, None)


def _notifications(vault: Found, found: Found, body: Mapping[str, Any], around: Around) -> ir.Notifications:
    topic = around.local(text(body.get("SNSTopicArn")))
    where = Placed(found).where("", members.NOTIFICATIONS, said=body)
    span = _start(vault, found, members.NOTIFICATIONS)
    return ir.Notifications(topic, texts(body.get("BackupVaultEvents")), replace(where, span=span))
