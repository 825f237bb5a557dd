"""What a policy below says otherwise than what it inherits: only the difference, as `extends=` wants it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from backstay.importer.found import Found

_BY: Mapping[str, str] = {"Rules": "RuleName", "CopyActions": "DestinationBackupVaultArn"}
"""Lists whose items merge by a member of theirs; all other lists are replaced whole."""


def changed_plan(inherited: Iterable[Found], own: Iterable[Found]) -> tuple[Found, ...] | None:
    """The plan and the selections of `own` that differ from the inherited ones, of one plan.

    None where something inherited is gone: the language, like Organizations, cannot take things away by inheritance.
    """
    before = {(one.kind, one.name): one for one in inherited}
    after = {(one.kind, one.name): one for one in own}
    if not before.keys() <= after.keys():
        return None
    changed = []
    for key, one in after.items():
        if key not in before:
            changed.append(one)
        elif key[0] == "plan":
            body = changes(before[key].body, one.body)
            if body is None:
                return None
            inner = body.setdefault("BackupPlan", {})
            inner["BackupPlanName"] = one.name
            changed.append(Found(one.kind, one.name, body, one.place, one.notes, one.where, one.places))
        elif before[key].body != one.body:
            changed.append(one)
    return tuple(changed)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any] | None:
    """The members that differ; of named lists the items that differ, with their names. None: something is gone."""
    if not before.keys() <= after.keys():
        return None
    found: dict[str, Any] = {}
    for name, value in after.items():
        if name not in before:
            found[name] = value
        elif value != before[name]:
            part = _part(name, before[name], value)
            if part is None:
                return None
            found[name] = part
    return found


def _part(name: str, before: Any, after: Any) -> Any:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return changes(before, after)
    if name in _BY:
        return _items(_BY[name], before, after)
    return after


def _items(by: str, before: list[Mapping[str, Any]], after: list[Mapping[str, Any]]) -> list[Any] | None:
    inherited = {str(item.get(by)): item for item in before}
    if not inherited.keys() <= {str(item.get(by)) for item in after}:
        return None
    found: list[Any] = []
    for item in after:
        known = inherited.get(str(item.get(by)))
        if known is None:
            found.append(item)
        elif known != item:
            part = changes(known, item)
            if part is None:
                return None
            found.append({by: item[by], **part})
    return found
