"""Audit Manager frameworks back to `Framework(…)` and `Control.…(…)`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backstay.importer.found import Unknown
from backstay.importer.write.code import Atom, Code, call, flat, items, noted
from backstay.importer.write.desk import Desk, undecided
from backstay.importer.write.durations import days, hours, minutes
from backstay.importer.write.things import Thing

Keyword = tuple[str, Callable[[str, Mapping[str, str], Desk], Code]]


def _days(value: str, _: Mapping[str, str], __: Desk) -> Code:
    return days(int(value))


def _minutes(value: str, _: Mapping[str, str], __: Desk) -> Code:
    return minutes(int(value))


def _list(value: str, _: Mapping[str, str], desk: Desk) -> Code:
    return items(desk.text(one.strip()) for one in value.split(",") if one.strip())


def _with_unit(unit: str) -> Callable[[str, Mapping[str, str], Desk], Code]:
    def code(value: str, parameters: Mapping[str, str], _: Desk) -> Code:
        return hours(int(value)) if parameters.get(unit) == "hours" else days(int(value))

    return code


@dataclass(frozen=True, slots=True)
class Maker:
    """The constructor of a control, and what its parameters become; `silent`: parameters that others read."""

    name: str
    keywords: Mapping[str, Keyword]
    silent: tuple[str, ...] = ()


_AGE = Maker("", {"recoveryPointAgeValue": ("within", _with_unit("recoveryPointAgeUnit"))}, ("recoveryPointAgeUnit",))
CONTROLS: Mapping[str, Maker] = {
    "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN": Maker("in_backup_plan", {}),
    "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK": Maker(
        "plan_frequency_and_retention",
        {
            "requiredFrequencyValue": ("every", _with_unit("requiredFrequencyUnit")),
            "requiredRetentionDays": ("keep", _days),
        },
        ("requiredFrequencyUnit",),
    ),
    "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED": Maker(
        "manual_deletion_disabled", {"principalArnList": ("except_", _list)}
    ),
    "BACKUP_RECOVERY_POINT_ENCRYPTED": Maker("recovery_points_encrypted", {}),
    "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK": Maker(
        "minimum_retention", {"requiredRetentionDays": ("keep", _days)}
    ),
    "BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION": Maker(
        "copied_to_other_region", {"crossRegionList": ("regions", _list)}
    ),
    "BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT": Maker(
        "copied_to_other_account", {"crossAccountList": ("accounts", _list)}
    ),
    "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK": Maker(
        "vault_lock", {"minRetentionDays": ("min", _days), "maxRetentionDays": ("max", _days)}
    ),
    "BACKUP_LAST_RECOVERY_POINT_CREATED": Maker("last_recovery_point", _AGE.keywords, _AGE.silent),
    "RESTORE_TIME_FOR_RESOURCES_MEET_TARGET": Maker("restore_time", {"maxRestoreTime": ("within", _minutes)}),
    "RESOURCES_IN_LOGICALLY_AIR_GAPPED_VAULT": Maker("air_gapped", _AGE.keywords, _AGE.silent),
}
"""AWS's controls → the constructors of the language (catalogue `controls.toml`)."""


def framework(thing: Thing, desk: Desk) -> Code:
    """A framework with its controls; what the language has no word for is said in a comment."""
    notes = [*thing.notes]
    controls: list[Code] = []
    for body in thing.body.get("FrameworkControls") or ():
        maker = CONTROLS.get(str(body.get("ControlName")))
        if maker is None:
            notes.append(f"left out: the control {body.get('ControlName')}, which Backstay does not know")
        else:
            controls.append(_control(maker, body, desk))
    described = thing.body.get("FrameworkDescription")
    code = call(
        "Framework",
        desk.word(thing.body.get("FrameworkName", thing.name)),
        controls=items(controls),
        description=desk.text(described) if described else None,
        tags=desk.pairs(thing.body.get("FrameworkTags")),
    )
    return noted(code, notes)


def _control(maker: Maker, body: Mapping[str, Any], desk: Desk) -> Code:
    given = body.get("ControlInputParameters") or ()
    raw = {str(one.get("ParameterName")): one.get("ParameterValue") for one in given}
    plain = {name: str(value) for name, value in raw.items() if not isinstance(value, Unknown)}
    keywords: dict[str, Code | None] = {}
    notes: list[str] = []
    for name, value in raw.items():
        if name in maker.silent:
            continue
        known = maker.keywords.get(name)
        if known is None or isinstance(value, Unknown) or not _fits(known[1], str(value), plain, desk):
            notes.append(f"left out: the parameter {name} = {getattr(value, 'expression', value)}")
            continue
        keywords[known[0]] = known[1](str(value), plain, desk)
    scope = _scope(body.get("ControlScope") or {}, desk, notes)
    return noted(call(f"Control.{maker.name}", **keywords, **scope), notes)


def _fits(
    make: Callable[[str, Mapping[str, str], Desk], Code], value: str, all_: Mapping[str, str], desk: Desk
) -> bool:
    try:
        make(value, all_, desk)
    except ValueError:
        return False
    return True


def _scope(scope: Mapping[str, Any] | Unknown, desk: Desk, notes: list[str]) -> dict[str, Code | None]:
    if isinstance(scope, Unknown):
        notes.append(undecided(scope, "left out"))
        return {}
    tags = scope.get("Tags") or {}
    if isinstance(tags, Unknown):
        notes.append(undecided(tags, "left out"))
        tags = {}
    key, value = next(iter(tags.items()), (None, None))
    on: Code | None = None
    if key is not None:
        on = desk.text(key) if not value else Atom(f"tag({flat(desk.text(key))}) == {flat(desk.text(value))}")
    ids = scope.get("ComplianceResourceIds") or ()
    return {
        "types": desk.texts(scope.get("ComplianceResourceTypes") or None, notes, "types"),
        "on": on,
        "resource": desk.text(ids if isinstance(ids, Unknown) else ids[0]) if ids else None,
    }
