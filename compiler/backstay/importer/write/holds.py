"""Legal holds and tiering configurations back to `LegalHold(…)` and `Tiering(…)`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backstay.importer.found import Unknown
from backstay.importer.write.code import Code, call, items, noted, text
from backstay.importer.write.desk import Desk
from backstay.importer.write.durations import days
from backstay.importer.write.references import References
from backstay.importer.write.things import Thing

DATE = len("2026-01-01")


def legal_hold(thing: Thing, desk: Desk, references: References) -> Code:
    """A legal hold; AWS's moments become days."""
    chosen = thing.body.get("RecoveryPointSelection") or {}
    dates = chosen.get("DateRange") or {}
    vaults = chosen.get("VaultNames")
    notes = [*thing.notes]
    code = call(
        "LegalHold",
        desk.text(thing.body.get("Title", thing.name)),
        desk.text(thing.body.get("Description", "")),
        vaults=_vaults(vaults, references, notes) if vaults else None,
        resources=desk.texts(chosen.get("ResourceIdentifiers") or None, notes, "resources"),
        since=desk.value(dates.get("FromDate"), _day, notes, "since"),
        until=desk.value(dates.get("ToDate"), _day, notes, "until"),
        tags=desk.pairs(thing.body.get("Tags")),
    )
    return noted(code, notes)


def _vaults(names: Any, references: References, notes: list[str]) -> Code | None:
    if isinstance(names, Unknown):
        return references.desk.texts(names, notes, "vaults")
    return items(references.desk.text(one) if isinstance(one, Unknown) else references.vault(str(one)) for one in names)


def _day(moment: Any) -> Code:
    return text(str(moment)[:DATE])


def tiering(thing: Thing, desk: Desk, references: References) -> Code:
    """A tiering configuration; resources of several types share the days, and those that differ are said."""
    body = thing.body.get("TieringConfiguration", thing.body)
    rows = [row for row in body.get("ResourceSelection") or () if isinstance(row, Mapping)]
    after = rows[0].get("TieringDownSettingsInDays") if rows else None
    same = [row for row in rows if row.get("TieringDownSettingsInDays") == after]
    resources = [arn for row in same for arn in row.get("Resources") or () if arn != "*"]
    left = [f"left out: {row.get('ResourceType')} after other days than the first" for row in rows if row not in same]
    vault = body.get("BackupVaultName", "*")
    code = call(
        "Tiering",
        desk.word(body.get("TieringConfigurationName", thing.name)),
        vault=None if vault == "*" else desk.value(vault, lambda one: references.vault(str(one)), left, "vault"),
        after=desk.value(after, days, left, "after"),
        types=desk.texts([row.get("ResourceType", "") for row in same], left, "types"),
        resources=desk.texts(resources, left, "resources") if resources else None,
        tags=desk.pairs(thing.body.get("TieringConfigurationTags")),
    )
    return noted(code, (*thing.notes, *left))
