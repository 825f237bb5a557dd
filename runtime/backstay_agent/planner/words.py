"""What an action changes, in the words of the person who will approve it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

Body = Mapping[str, Any]

_DAYS = {"DeleteAfterDays": "keep", "MoveToColdStorageAfterDays": "to cold storage after"}
_MEMBERS = {
    "TargetBackupVaultName": "vault",
    "ScheduleExpression": "schedule",
    "ScheduleExpressionTimezone": "time zone",
    "StartWindowMinutes": "start window (minutes)",
    "CompletionWindowMinutes": "completion window (minutes)",
    "EnableContinuousBackup": "continuous backup",
    "RecoveryPointTags": "recovery point tags",
}


def plan_changes(before: Body, after: Body) -> tuple[str, ...]:
    """What differs between two bodies of a plan."""
    return tuple(_plan_changes(before, after))


def _plan_changes(before: Body, after: Body) -> Iterator[str]:
    old = {rule["RuleName"]: rule for rule in before["Rules"]}
    new = {rule["RuleName"]: rule for rule in after["Rules"]}
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            yield f"rule {name}: new, {_rule(new[name])}"
        elif name not in new:
            yield f"rule {name}: goes"
        else:
            yield from (f"rule {name}: {change}" for change in _rule_changes(old[name], new[name]))
    for member in sorted((before.keys() | after.keys()) - {"Rules"}):
        if before.get(member) != after.get(member):
            yield f"{member}: {spelt(before.get(member))} → {spelt(after.get(member))}"


def _rule_changes(before: Body, after: Body) -> Iterator[str]:
    yield from _lifecycle_changes(before.get("Lifecycle", {}), after.get("Lifecycle", {}))
    for member in sorted((before.keys() | after.keys()) - {"Lifecycle", "CopyActions", "RuleName"}):
        if before.get(member) != after.get(member):
            yield f"{_MEMBERS.get(member, member)} {spelt(before.get(member))} → {spelt(after.get(member))}"
    yield from _copy_changes(_copies(before), _copies(after))


def _copy_changes(old: Mapping[str, Body], new: Mapping[str, Body]) -> Iterator[str]:
    for arn in sorted(old.keys() | new.keys()):
        if arn not in old:
            yield f"new copy to {arn}"
        elif arn not in new:
            yield f"no copy to {arn} any more"
        else:
            yield from (f"copy to {arn}: {change}" for change in _lifecycle_changes(old[arn], new[arn]))


def _copies(rule: Body) -> dict[str, Body]:
    return {copy["DestinationBackupVaultArn"]: copy.get("Lifecycle", {}) for copy in rule.get("CopyActions", ())}


def _lifecycle_changes(before: Body, after: Body) -> Iterator[str]:
    for member in sorted(before.keys() | after.keys()):
        if before.get(member) != after.get(member):
            word = _DAYS.get(member, member)
            yield f"{word} {_days(before.get(member), member)} → {_days(after.get(member), member)}"


def _days(value: Any, member: str) -> str:
    if member not in _DAYS:
        return spelt(value)
    nothing = "for ever" if member == "DeleteAfterDays" else "never"
    return nothing if value is None else f"{value} {'day' if value == 1 else 'days'}"


def _rule(rule: Body) -> str:
    kept = _days(rule.get("Lifecycle", {}).get("DeleteAfterDays"), "DeleteAfterDays")
    schedule = f"{rule['ScheduleExpression']} {rule['ScheduleExpressionTimezone']}"
    return f"{schedule} into {rule['TargetBackupVaultName']}, kept {kept}"


def new_plan(body: Body) -> tuple[str, ...]:
    """What a plan that does not exist yet will do."""
    return tuple(f"rule {rule['RuleName']}: {_rule(rule)}" for rule in body["Rules"])


def selection_changes(before: Body, after: Body) -> tuple[str, ...]:
    """What differs between two bodies of a selection."""
    old, new = dict(_facets(before)), dict(_facets(after))
    changes = [
        f"{name}: {spelt(old.get(name))} → {spelt(new.get(name))}"
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]
    return tuple(changes)


def _facets(body: Body) -> Iterator[tuple[str, Any]]:
    for name in ("IamRoleArn", "Resources", "NotResources"):
        yield name, body.get(name)
    yield (
        "ListOfTags",
        [f"{tag['ConditionKey']} = {tag['ConditionValue']}" for tag in body.get("ListOfTags", ())] or None,
    )
    for operator, items in body.get("Conditions", {}).items():
        yield operator, [f"{item['ConditionKey']} {item['ConditionValue']}" for item in items]


def lock(body: Body, now: datetime) -> str:
    """A lock in one phrase; for compliance mode with the date from which nobody can undo it."""
    least, most = body.get("MinRetentionDays"), body.get("MaxRetentionDays")
    band = f"at least {least or 1} days" if most is None else f"{least or 1} to {most} days"
    grace = body.get("ChangeableForDays")
    if grace is None:
        return f"governance, {band}"
    end = now + timedelta(days=grace)
    return f"compliance, {band}, cannot be undone after {end:%Y-%m-%d %H:%M} UTC"


def settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """What differs between two maps of settings."""
    return tuple(
        f"{name}: {spelt(before.get(name))} → {spelt(value)}"
        for name, value in sorted(after.items())
        if before.get(name) != value
    )


def statements(before: Body | None, after: Body | None) -> tuple[str, ...]:
    """What differs between two policy documents, statement by statement."""
    old = before["Statement"] if before else []
    new = after["Statement"] if after else []
    gone = [f"without: {_statement(statement)}" for statement in old if statement not in new]
    return tuple(gone + [f"with: {_statement(statement)}" for statement in new if statement not in old])


def _statement(body: Body) -> str:
    actions = ", ".join(body.get("Action", body.get("NotAction", ())))
    who = body.get("Principal", body.get("NotPrincipal", "?"))
    return f"{body.get('Effect', '?')} {actions} for {who if isinstance(who, str) else spelt(who)}"


def spelt(value: Any) -> str:
    """A value as a person reads it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "on" if value else "off"
        case list() | tuple():
            return ", ".join(spelt(item) for item in value)
        case Mapping():
            return ", ".join(f"{key}={spelt(item)}" for key, item in value.items()) or "nothing"
        case _:
            return str(value)
