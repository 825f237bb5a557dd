"""What stands for a whole whose parts only are in a file: the plan of a lone selection, the vault of a lone lock.

Nothing of it is the file's, so that it is filled in otherwise in each reading, and has no place: what is found there
is not told.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from backstay import ir
from backstay.foreign.around import Around
from backstay.foreign.audits import restore_test
from backstay.foreign.fill import ABSENT, FILLED, SIGN
from backstay.foreign.placed import NOWHERE
from backstay.foreign.plans import Part, plan
from backstay.foreign.vaults import vault
from backstay.importer.found import Found, Kind


def plan_of(name: str, parts: Iterable[Part], around: Around) -> ir.Plan:
    """The plan of selections."""
    return plan(_found("plan", name), {"BackupPlanName": name, **_filled(around.reading, "Rules")}, parts, around)


def vault_of(name: str, parts: Iterable[Part], around: Around) -> ir.Vault:
    """The vault of a lock, an access policy or notifications."""
    body = {"BackupVaultName": name, **_filled(around.reading, "EncryptionKeyArn")}
    return vault(_found("vault", name), body, parts, around)


def restore_test_of(name: str, parts: Iterable[Part], around: Around) -> ir.RestoreTest:
    """The restore-testing plan of selections."""
    body = {
        "RestoreTestingPlanName": name,
        "RecoveryPointSelection": _filled(around.reading, "IncludeVaults", "SelectionWindowDays"),
        **_filled(around.reading, "ScheduleExpression", "StartWindowHours"),
    }
    return restore_test(_found("restore_testing_plan", name), body, parts, around)


def _found(kind: Kind, name: str) -> Found:
    return Found(kind, name, {}, NOWHERE)


def _filled(reading: int, *members: str) -> dict[str, Any]:
    values = ((member, FILLED[member][reading]) for member in members)
    return {
        member: value.replace("{}", SIGN) if isinstance(value, str) else value
        for member, value in values
        if value is not ABSENT
    }
