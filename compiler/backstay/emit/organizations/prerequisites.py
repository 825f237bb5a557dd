"""`prerequisites.json`: what must be there, by account and Region, beside the backup policies.

Written by place, which equal accounts share, so that the file grows with what differs and not with the organization.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import orjson

from backstay import ir
from backstay.emit.document import shape as shape_of
from backstay.emit.organizations.declared import Declared
from backstay.emit.organizations.needs import leaves_the_account, needs
from backstay.emit.organizations.pieces import Moved, Sorted
from backstay_contract.build import FORMAT
from backstay_contract.canonical import DIGEST_LENGTH

ACROSS_ACCOUNTS = ("isCrossAccountBackupEnabled", "true")
"""The setting of the management account without which no copy leaves its account (Backup API, read 2026-11)."""


def prerequisites(model: ir.Model, rest: ir.Model, plans: Sorted) -> dict[str, Any]:
    """The document of `prerequisites.json`; `rest` is the model without the plans that policies carry."""
    declared = Declared(model, plans.classes)
    moved: dict[int, list[Moved]] = defaultdict(list)
    for one in plans.moved:
        moved[one.shape].append(one)
    places: dict[str, dict[str, Any]] = {}
    keys = []
    for number, shape in enumerate(model.shapes):
        place = _place(shape.region, needs(number, model, declared), moved[number], rest.shapes[number])
        keys.append(_digest(place))
        places[keys[-1]] = place
    return {
        "format": FORMAT,
        "organization": model.organization,
        "management_account": model.management_account,
        "global_settings": _global_settings(model),
        "accounts": _accounts(model, plans, keys),
        "places": places,
    }


def _place(region: str, needed: Mapping[str, Any], moved: list[Moved], rest: ir.Shape) -> dict[str, Any]:
    others = [{"plan": one.plan.name, "reasons": list(dict.fromkeys(o.reason for o in one.obstacles))} for one in moved]
    more = {"other_plans": others} if others else {}
    return {"region": region, **needed, **more, "rest": shape_of(rest).document()}


def _global_settings(model: ir.Model) -> dict[str, str]:
    needed = [ACROSS_ACCOUNTS] if any(leaves_the_account(shape) for shape in model.shapes) else []
    return {**dict(needed), **dict(model.global_settings)}


def _accounts(model: ir.Model, plans: Sorted, keys: list[str]) -> list[dict[str, Any]]:
    same: dict[tuple[tuple[str, str], ...], list[str]] = defaultdict(list)
    for group in plans.classes:
        regions = tuple(sorted((model.shapes[number].region, keys[number]) for number in group.shapes))
        same[regions] += group.accounts
    listed = ({"accounts": sorted(accounts), "regions": dict(regions)} for regions, accounts in same.items())
    return sorted(listed, key=lambda one: one["accounts"])


def _digest(place: Mapping[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(place, option=orjson.OPT_SORT_KEYS)).hexdigest()[:DIGEST_LENGTH]
