"""Restore testing plans back to `RestoreTest(…)` and `RestoreSelect(…)`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from backstay.importer.found import Unknown
from backstay.importer.write.code import Atom, Code, Joined, call, flat, items, noted
from backstay.importer.write.desk import Desk, known, undecided
from backstay.importer.write.durations import days, hours
from backstay.importer.write.plans import DEFAULT_ROLE, DEFAULT_SCHEDULE, role_name
from backstay.importer.write.references import References
from backstay.importer.write.schedules import schedule
from backstay.importer.write.things import Thing
from backstay_aws.selection import TAG_PREFIX

LATEST = "LATEST_WITHIN_WINDOW"


def restore_test(thing: Thing, desk: Desk, references: References) -> Code:
    """A restore testing plan with its selections."""
    body = thing.body.get("RestoreTestingPlan", thing.body)
    points = body.get("RecoveryPointSelection") or {}
    zone = known(body, "ScheduleExpressionTimezone")
    kinds = points.get("RecoveryPointTypes")
    notes = [*thing.notes]
    selections = [part.body.get("RestoreTestingSelection", part.body) for part in thing.parts]
    code = call(
        "RestoreTest",
        desk.word(body.get("RestoreTestingPlanName", thing.name)),
        at=_at(body.get("ScheduleExpression"), zone),
        vaults=_vaults(points.get("IncludeVaults"), references),
        exclude_vaults=_vaults(points.get("ExcludeVaults"), references),
        select=items(_select(one, desk) for one in selections) if selections else None,
        start_within=_hours(body.get("StartWindowHours"), notes),
        latest=Atom("True") if known(points, "Algorithm") == LATEST else None,
        look_back=_days(points.get("SelectionWindowDays"), notes),
        points=desk.texts(kinds, notes, "points") if kinds not in (None, ["SNAPSHOT"]) else None,
        tags=desk.pairs(thing.body.get("Tags")),
    )
    return noted(code, notes)


def _at(expression: Any, zone: str | None) -> Code:
    """When the test starts. No parameter can stand there: what is open becomes a schedule to be put right."""
    if isinstance(expression, str):
        return schedule(expression, zone)
    unknown = expression if isinstance(expression, Unknown) else Unknown("no schedule", "the source has none", "at")
    return noted(schedule(DEFAULT_SCHEDULE, zone), (undecided(unknown, "put the right schedule here"),))


def _vaults(arns: Any, references: References) -> Code | None:
    """Vaults by their ARNs; `*` is every vault, which is what the language takes without any."""
    named = [str(arn) for arn in arns or () if arn != "*"] if isinstance(arns, list | tuple) else []
    return items(references.destination(arn) for arn in named) if named else None


def _select(body: Mapping[str, Any], desk: Desk) -> Code:
    role = role_name(body, desk)
    arns = body.get("ProtectedResourceArns")
    window = body.get("ValidationWindowHours")
    notes: list[str] = []
    code = call(
        "RestoreSelect",
        desk.word(body.get("RestoreTestingSelectionName", "selection")),
        type=desk.text(body.get("ProtectedResourceType", "")),
        where=_where(body.get("ProtectedResourceConditions") or {}, desk),
        resources=items(desk.arn(one) for one in _several(arns)) if arns and arns != ["*"] else None,
        role=None if role == DEFAULT_ROLE else desk.value(role, desk.text, notes, "role"),
        overrides=desk.pairs(body.get("RestoreMetadataOverrides")),
        validate_within=_hours(window, notes),
    )
    return noted(code, notes)


def _days(value: Any, notes: list[str]) -> Code | None:
    if isinstance(value, Unknown):
        notes.append(undecided(value, "left out"))
    return days(value) if isinstance(value, int) else None


def _several(value: Any) -> list[Any]:
    """A list's items; of a list that could not be decided one that stands for them."""
    return [value] if isinstance(value, Unknown) else list(value)


def _hours(value: Any, notes: list[str]) -> Code | None:
    """Hours where no parameter can stand: what could not be decided is left out, and said."""
    if isinstance(value, Unknown):
        notes.append(undecided(value, "left out"))
    return hours(value) if isinstance(value, int) and value else None


def _where(conditions: Mapping[str, Any], desk: Desk) -> Code | None:
    if isinstance(conditions, Unknown):
        return None
    tests = [
        Joined(sign, (Atom(f"tag({_key(one, desk)})"), desk.text(one.get("Value", ""))))
        for member, sign in (("StringEquals", "=="), ("StringNotEquals", "!="))
        for one in _pairs(conditions.get(member))
    ]
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else Joined("&", tuple(replace(test, grouped=True) for test in tests))


def _pairs(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value or () if isinstance(one, Mapping)] if not isinstance(value, Unknown) else []


def _key(pair: Mapping[str, Any], desk: Desk) -> str:
    key = pair.get("Key", "")
    return flat(desk.text(key.removeprefix(TAG_PREFIX) if isinstance(key, str) else key))
