"""What was found, put together: plans with their selections, vaults with their locks, each once with all its places."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from backstay.importer.found import Found, Kind, Scope, Unknown

OWN_ACCOUNT = "$account"
OWN_REGION = "$region"
PARTS: Mapping[Kind, tuple[Kind, str]] = {
    # part → (whole, the member of the part's body that names the whole)
    "selection": ("plan", "BackupPlanName"),
    "lock": ("vault", "BackupVaultName"),
    "access": ("vault", "BackupVaultName"),
    "notifications": ("vault", "BackupVaultName"),
    "restore_testing_selection": ("restore_testing_plan", "RestoreTestingPlanName"),
}
_OWN: Mapping[str, str] = {"iam": "role/", "kms": "alias/", "sns": "", "backup": "backup-vault:"}
"""Services whose ARNs of the own account the language has words for → how the resource begins."""
_NAMES: Mapping[Kind, str] = {"plan": "BackupPlanName", "vault": "BackupVaultName"}


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of the policy language. `parts`: a plan's selections, a vault's lock, access and notifications.

    Where it was found in one account, that account's id stands as `$account` in ARNs, so that equal things of several
    accounts are equal.
    """

    kind: Kind
    name: str
    body: Mapping[str, Any]
    parts: tuple[Found, ...]
    notes: tuple[str, ...]
    scopes: tuple[Scope, ...]

    def key(self) -> tuple[str, str, str]:
        """Equal for things that are written alike."""
        parts = [(part.kind, part.body) for part in self.parts]
        return self.kind, self.name, json.dumps([self.body, parts], sort_keys=True, default=repr)


def things(found: Iterable[Found]) -> tuple[Thing, ...]:
    """Everything that was found, each thing once, in the order in which it was found first."""
    wholes: dict[tuple[Kind, str, Scope], Thing] = {}
    for one in (_own(one) for one in found):
        kind, name = whole_of(one)
        place = kind, name, one.where
        if place not in wholes and kind == "vault" and ("air_gapped_vault", name, one.where) in wholes:
            place = "air_gapped_vault", name, one.where
        known = wholes.get(place)
        if one.kind not in PARTS:
            parts = known.parts if known is not None else ()
            wholes[place] = Thing(kind, name, one.body, parts, one.notes, (one.where,))
        else:
            whole = known or Thing(kind, name, {_NAMES.get(kind, "Name"): name}, (), (), (one.where,))
            wholes[place] = replace(whole, parts=(*whole.parts, one))
    return _once(wholes.values())


def _once(every: Iterable[Thing]) -> tuple[Thing, ...]:
    unique: dict[tuple[str, str, str], Thing] = {}
    for thing in every:
        known = unique.get(thing.key())
        if known is None:
            unique[thing.key()] = thing
        else:
            notes = tuple(dict.fromkeys((*known.notes, *thing.notes)))
            scopes = tuple(dict.fromkeys((*known.scopes, *thing.scopes)))
            unique[thing.key()] = replace(known, notes=notes, scopes=scopes)
    return tuple(unique.values())


def whole_of(one: Found) -> tuple[Kind, str]:
    """The thing that something found is, or is a part of: its kind and its name."""
    if one.kind not in PARTS:
        return one.kind, one.name
    kind, member = PARTS[one.kind]
    name = one.body.get(member)
    return kind, str(name.name if isinstance(name, Unknown) else name or one.name)


def _own(one: Found) -> Found:
    account, region = one.where.account, one.where.region
    if account is None:
        return one
    return replace(one, body=_without(one.body, account, region))


def _without(value: Any, account: str, region: str | None) -> Any:
    """The value with the account's own id as `$account` in ARNs, and the Region of its keys and topics as `$region`."""
    if isinstance(value, Mapping):
        return {key: item if key == "Policy" else _without(item, account, region) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without(item, account, region) for item in value]
    if not isinstance(value, str) or not value.startswith("arn:"):
        return value
    fields = value.split(":", 5)
    if len(fields) < 6 or fields[4] != account or not fields[5].startswith(_OWN.get(fields[2], "\0")):
        return value
    fields[4] = OWN_ACCOUNT
    if region is not None and fields[3] == region and fields[2] in ("kms", "sns"):
        fields[3] = OWN_REGION
    return ":".join(fields)


def strings(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)
