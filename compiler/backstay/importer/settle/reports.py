"""A report plan without the accounts, units and Regions that are not known: it reports on fewer, never on more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from backstay.importer.found import Found, Unknown
from backstay.importer.write.desk import undecided

_WORDS: Final[Mapping[str, str]] = {"Accounts": "an account", "OrganizationUnits": "a unit", "Regions": "a Region"}
EVERY: Final = "ROOT"
"""AWS's word for the whole organization (`CreateReportPlan`, read 2026-11)."""


def report(one: Found) -> Found:
    """The report plan; its notes tell what is left out."""
    setting = one.body.get("ReportSetting")
    if not isinstance(setting, Mapping):
        return one
    notes: list[str] = []
    body = dict(setting)
    for member, word in _WORDS.items():
        items = setting.get(member)
        if isinstance(items, list | tuple):
            body[member] = [name for item in items if (name := _named(item, word, notes)) is not None]
    return replace(one, body={**one.body, "ReportSetting": body}, notes=(*one.notes, *notes))


def _named(item: Any, word: str, notes: list[str]) -> Any:
    if isinstance(item, Unknown):
        if item.default is None:
            notes.append(f"left out: {word}; {undecided(item)}")
        return item if item.default is not None else None
    if "$" in str(item):
        notes.append(f"left out: {word}, `{item}`: without any, a report is on its own account and Region")
        return None
    return EVERY if str(item).upper() == EVERY else item
