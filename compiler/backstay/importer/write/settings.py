"""Settings of Regions and of the whole organization back to `Settings(…)`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from backstay.importer.found import Kind, Unknown
from backstay.importer.write.code import Atom, Code, call, noted, pairs
from backstay.importer.write.things import Thing

GLOBAL: Mapping[str, str] = {
    # AWS's key (UpdateGlobalSettings, read 2026-11) → keyword of Settings
    "isCrossAccountBackupEnabled": "cross_account_copies",
    "isDelegatedAdministratorEnabled": "delegated_administrator",
    "isMpaEnabled": "multi_party_approval",
}
REGIONAL: Mapping[Kind, str] = {"region_settings": "opt_in", "management_preferences": "full_management"}


def settings(things: Iterable[Thing]) -> Code:
    """All settings of one policy; what the language has no word for is said in a comment."""
    keywords: dict[str, Code] = {}
    notes: list[str] = []
    for thing in things:
        notes += thing.notes
        if thing.kind in REGIONAL:
            known = {key: value for key, value in sorted(thing.body.items()) if not isinstance(value, Unknown)}
            keywords[REGIONAL[thing.kind]] = pairs({key: Atom(_flag(value)) for key, value in known.items()})
        for key, value in sorted(thing.body.items()):
            regional = thing.kind in REGIONAL
            if isinstance(value, Unknown) or (key not in GLOBAL and not regional):
                notes.append(f"left out: the setting {key} = {getattr(value, 'expression', value)}")
            elif not regional:
                keywords[GLOBAL[key]] = Atom(_flag(value))
    return noted(call("Settings", **keywords), notes)


def _flag(value: Any) -> str:
    return repr(value is True or str(value).lower() == "true")
