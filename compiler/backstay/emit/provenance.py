"""Provenance: for every value of a shape's document the place where it was written, and the policy that brought it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backstay import ir
from backstay.emit.document import moved, with_notifications, with_policy
from backstay.emit.traces import Trace, escaped, placed, rare, zone
from backstay.ir import members
from backstay_contract import build

Origin = tuple[str, int, int, int, int, str, str]

_SETS = ("Resources", "NotResources", "ListOfTags", "Conditions")


@dataclass(frozen=True, slots=True)
class Shaped:
    """A shape of the model with its document and the document's digest."""

    digest: str
    model: ir.Shape
    document: Mapping[str, Any]


def provenance(shapes: Iterable[Shaped], root: Path) -> dict[str, Any]:
    """The document of `provenance.json`; paths relative to the policy folder, whatever the working directory."""
    relative = Relative(root)
    found = {shaped.digest: _leaves(shaped, relative) for shaped in shapes}
    origins = sorted({origin for places in found.values() for origin in places.values()})
    number = {origin: n for n, origin in enumerate(origins)}
    return {
        "format": build.FORMAT,
        "origins": [dict(zip(build.Origin.model_fields, origin, strict=True)) for origin in origins],
        "shapes": {
            digest: {pointer: number[origin] for pointer, origin in places.items()} for digest, places in found.items()
        },
    }


class Relative:
    """Paths of spans, as shown from the working directory, made relative to the policy folder."""

    def __init__(self, root: Path) -> None:
        self._root = os.path.realpath(root)
        self._known: dict[str, str] = {}

    def __call__(self, path: str) -> str:
        """The path from the policy folder, with slashes."""
        if path not in self._known:
            relative = os.path.relpath(os.path.realpath(path), self._root)
            self._known[path] = relative.replace(os.sep, "/")
        return self._known[path]


def _leaves(shaped: Shaped, relative: Relative) -> dict[str, Origin]:
    """Every single value, by its own place or that of the construct that holds it; and the constructs themselves."""
    known: dict[str, Origin] = {}
    found: dict[str, Origin] = {}
    for pointer, where, field in _shape(shaped.model):
        span = where.field(field)
        if span is not None:
            extent = span.line, span.column, span.end_line, span.end_column
            known[pointer] = (relative(span.path), *extent, *where.origin(field))
    for noun in (*build.NOUNS, *build.RARE_NOUNS, "region_settings", "management_preferences", "moved"):
        if noun in shaped.document:
            _gather(shaped.document[noun], f"/{noun}", None, known, found)
    return found


def _gather(
    value: Any, pointer: str, above: Origin | None, known: Mapping[str, Origin], found: dict[str, Origin]
) -> None:
    """Add to `found` the origins that a value and all values in it have; `above` is that of what holds it."""
    own = known.get(pointer)
    nearest = above if own is None else own
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    origin = own if inner and value else nearest
    if origin is not None:
        found[pointer] = origin
    for key, item in inner:
        _gather(item, f"{pointer}/{escaped(key) if isinstance(key, str) else key}", nearest, known, found)


def _shape(shape: ir.Shape) -> Trace:
    for number, plan in enumerate(shape.plans):
        yield from _plan(plan, f"/plans/{number}")
    chosen = [selection for plan in shape.plans for selection in plan.selections]
    for number, selection in enumerate(chosen):
        yield from _selection(selection, f"/selections/{number}")
    for number, vault in enumerate(shape.vaults):
        yield from placed(f"/vaults/{number}", vault.where, members.VAULT)
    for number, closed in enumerate(shape.air_gapped_vaults):
        yield from placed(f"/air_gapped_vaults/{number}", closed.where, members.AIR_GAPPED)
    yield from _vault_parts(shape)
    yield from rare(shape)
    for name, where in shape.opt_in_where.items():
        yield f"/region_settings/{escaped(name)}", where, "opt_in"
    for name, where in shape.management_where.items():
        yield f"/management_preferences/{escaped(name)}", where, "full_management"
    for number, (_, where) in enumerate(moved(shape)):
        yield f"/moved/{number}", where, "moved"


def _plan(plan: ir.Plan, pointer: str) -> Trace:
    yield from placed(pointer, plan.where, members.PLAN)
    for number, rule in enumerate(plan.rules):
        yield from _rule(rule, f"{pointer}/BackupPlan/Rules/{number}")
    for number, (_, options) in enumerate(plan.advanced):
        place = f"{pointer}/BackupPlan/AdvancedBackupSettings/{number}"
        yield f"{place}/ResourceType", plan.where, members.OPTIONS[options[0][0]]
        yield from ((f"{place}/BackupOptions/{option}", plan.where, members.OPTIONS[option]) for option, _ in options)
    if plan.scan is not None:
        yield from placed(f"{pointer}/BackupPlan/ScanSettings/0", plan.scan.where, members.SCAN)


def _rule(rule: ir.Rule, pointer: str) -> Trace:
    yield from placed(pointer, rule.where, members.RULE)
    yield f"{pointer}/ScheduleExpressionTimezone", rule.where, zone(rule.where)
    yield from ((f"{pointer}/Lifecycle/{member}", rule.where, keyword) for member, keyword in members.LIFECYCLE.items())
    for number, copy in enumerate(rule.copies):
        place = f"{pointer}/CopyActions/{number}"
        yield place, copy.where, ""
        yield f"{place}/DestinationBackupVaultArn", copy.where, "to"
        for member, keyword in members.LIFECYCLE.items():
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
        yield from placed(f"/vault_locks/{number}", lock.where, members.LOCK)
    for number, vault in enumerate(with_policy(shape)):
        if vault.policy_where is not None:
            yield f"/vault_access_policies/{number}", vault.policy_where, ""
    for number, vault in enumerate(with_notifications(shape)):
        if vault.notifications is not None:
            yield from placed(f"/vault_notifications/{number}", vault.notifications.where, members.NOTIFICATIONS)
