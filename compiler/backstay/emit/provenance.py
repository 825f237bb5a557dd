"""Provenance: for every value of a shape's document the place where it was written, and the policy that brought it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backstay import ir
from backstay_contract import build

Origin = tuple[str, int, int, int, int, str, str]
Trace = Iterator[tuple[str, ir.Where, str]]

_RULE = {
    # member of BackupRuleInput → keyword of `Rule`
    "RuleName": "name",
    "TargetBackupVaultName": "into",
    "ScheduleExpression": "at",
    "StartWindowMinutes": "start_within",
    "CompletionWindowMinutes": "complete_within",
    "RecoveryPointTags": "tags",
    "EnableContinuousBackup": "continuous",
}
_LIFECYCLE = {
    # member of Lifecycle → keyword of `Rule` and of `Copy`
    "DeleteAfterDays": "keep",
    "MoveToColdStorageAfterDays": "cold_after",
    "OptInToArchiveForSupportedResources": "archive",
}
_LOCK = {"MinRetentionDays": "min", "MaxRetentionDays": "max", "ChangeableForDays": "grace"}
_SETS = ("Resources", "NotResources", "ListOfTags", "Conditions")


@dataclass(frozen=True, slots=True)
class Shaped:
    """A shape of the model with its document and the document's digest."""

    digest: str
    model: ir.Shape
    document: Mapping[str, Any]


def provenance(shapes: Iterable[Shaped], root: Path) -> dict[str, Any]:
    """The document of `provenance.json`; paths relative to the policy folder, whatever the working directory."""
    relative = _Relative(root)
    found = {shaped.digest: dict(_leaves(shaped, relative)) for shaped in shapes}
    origins = sorted({origin for places in found.values() for origin in places.values()})
    number = {origin: n for n, origin in enumerate(origins)}
    return {
        "format": build.FORMAT,
        "origins": [dict(zip(build.Origin.model_fields, origin, strict=True)) for origin in origins],
        "shapes": {
            digest: {pointer: number[origin] for pointer, origin in places.items()} for digest, places in found.items()
        },
    }


class _Relative:
    """Paths of spans, as shown from the working directory, made relative to the policy folder."""

    def __init__(self, root: Path) -> None:
        self._root = os.path.realpath(root)
        self._known: dict[str, str] = {}

    def __call__(self, path: str) -> str:
        if path not in self._known:
            relative = os.path.relpath(os.path.realpath(path), self._root)
            self._known[path] = relative.replace(os.sep, "/")
        return self._known[path]


def _leaves(shaped: Shaped, relative: _Relative) -> Iterator[tuple[str, Origin]]:
    """Every single value, by its own place or that of the construct that holds it; and the constructs themselves."""
    known: dict[str, Origin] = {}
    for pointer, where, field in _shape(shaped.model):
        span = where.field(field)
        if span is not None:
            extent = span.line, span.column, span.end_line, span.end_column
            known[pointer] = (relative(span.path), *extent, *where.origin(field))
    for noun in (*build.NOUNS, "region_settings"):
        for pointer, single in _pointers(shaped.document[noun], f"/{noun}"):
            origin = _nearest(pointer, known) if single else known.get(pointer)
            if origin is not None:
                yield pointer, origin


def _nearest(pointer: str, known: Mapping[str, Origin]) -> Origin | None:
    while pointer:
        if pointer in known:
            return known[pointer]
        pointer = pointer.rpartition("/")[0]
    return None


def _pointers(value: Any, pointer: str) -> Iterator[tuple[str, bool]]:
    """The pointers of all values, and whether one is single: holds no others."""
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    yield pointer, not inner or not value
    for key, item in inner:
        yield from _pointers(item, f"{pointer}/{_escaped(str(key))}")


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _shape(shape: ir.Shape) -> Trace:
    for number, plan in enumerate(shape.plans):
        yield from _plan(plan, f"/plans/{number}")
    chosen = [selection for plan in shape.plans for selection in plan.selections]
    for number, selection in enumerate(chosen):
        yield from _selection(selection, f"/selections/{number}")
    for number, vault in enumerate(shape.vaults):
        yield f"/vaults/{number}", vault.where, ""
        yield f"/vaults/{number}/BackupVaultName", vault.where, "name"
        yield f"/vaults/{number}/EncryptionKeyArn", vault.where, "key"
        yield f"/vaults/{number}/BackupVaultTags", vault.where, "tags"
    yield from _vault_parts(shape)
    for name, where in shape.opt_in_where.items():
        yield f"/region_settings/{_escaped(name)}", where, "opt_in"


def _plan(plan: ir.Plan, pointer: str) -> Trace:
    yield pointer, plan.where, ""
    yield f"{pointer}/BackupPlan/BackupPlanName", plan.where, "name"
    yield f"{pointer}/BackupPlanTags", plan.where, "tags"
    for number, rule in enumerate(plan.rules):
        yield from _rule(rule, f"{pointer}/BackupPlan/Rules/{number}")


def _rule(rule: ir.Rule, pointer: str) -> Trace:
    yield pointer, rule.where, ""
    yield from ((f"{pointer}/{member}", rule.where, keyword) for member, keyword in _RULE.items())
    yield f"{pointer}/ScheduleExpressionTimezone", rule.where, "tz" if "tz" in rule.where.fields else "at"
    yield from ((f"{pointer}/Lifecycle/{member}", rule.where, keyword) for member, keyword in _LIFECYCLE.items())
    for number, copy in enumerate(rule.copies):
        place = f"{pointer}/CopyActions/{number}"
        yield place, copy.where, ""
        yield f"{place}/DestinationBackupVaultArn", copy.where, "to"
        for member, keyword in _LIFECYCLE.items():
            inherited = keyword == "keep" and "keep" not in copy.where.fields
            yield f"{place}/Lifecycle/{member}", rule.where if inherited else copy.where, keyword


def _selection(selection: ir.PlanSelection, pointer: str) -> Trace:
    yield pointer, selection.where, ""
    place = f"{pointer}/BackupSelection"
    yield f"{place}/SelectionName", selection.where, "name"
    yield f"{place}/IamRoleArn", selection.where, "role"
    yield from ((f"{place}/{member}", selection.where, "where") for member in _SETS)
    values = (name for name in selection.where.fields if name.startswith("/"))
    yield from ((f"{place}{name}", selection.where, name) for name in values)


def _vault_parts(shape: ir.Shape) -> Trace:
    locks = [vault.lock for vault in shape.vaults if vault.lock is not None]
    for number, lock in enumerate(locks):
        yield f"/vault_locks/{number}", lock.where, ""
        yield from ((f"/vault_locks/{number}/{member}", lock.where, keyword) for member, keyword in _LOCK.items())
    policies = [vault.policy_where for vault in shape.vaults if vault.policy is not None]
    for number, where in enumerate(policies):
        if where is not None:
            yield f"/vault_access_policies/{number}", where, ""
    told = [vault.notifications for vault in shape.vaults if vault.notifications is not None]
    for number, one in enumerate(told):
        yield f"/vault_notifications/{number}", one.where, ""
        yield f"/vault_notifications/{number}/SNSTopicArn", one.where, "topic"
        yield f"/vault_notifications/{number}/BackupVaultEvents", one.where, "on"
