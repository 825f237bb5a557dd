"""What a vault's access policy denies to everybody, and whom it excepts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backstay_aws.globs import iam_glob
from backstay_aws.policy_document import statements, values

# Backup developer guide, "Controls and remediation", read 2026-11.
ACTIONS = ("backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "backup:PutBackupVaultAccessPolicy")
# Conditions that except principals, and nothing else, from a Deny.
_EXCEPTING = {"arnnotequals", "arnnotlike", "stringnotequals", "stringnotlike"}


def denials(policy: Mapping[str, Any] | None, action: str) -> tuple[frozenset[str], ...]:
    """For each Deny of an action to everybody the principals that it excepts; none where nothing denies it."""
    found = (
        _excepted_from(statement)
        for statement in statements(policy or {})
        if statement.get("Effect") == "Deny"
        and any(iam_glob(pattern.lower(), action.lower()) for pattern in values(statement.get("Action")))
        and "*" in values(statement.get("Resource"))
    )
    return tuple(one for one in found if one is not None)


def all_excepted(policy: Mapping[str, Any] | None) -> frozenset[str]:
    """Every principal that some Deny excepts, as far as it excepts principals only."""
    denied = (one for one in statements(policy or {}) if one.get("Effect") == "Deny")
    return frozenset(name for one in denied for name in _excepted(one.get("Condition") or {}) or ())


def _excepted_from(statement: Mapping[str, Any]) -> frozenset[str] | None:
    """The principals that a statement excepts; None where it is not about everybody else."""
    excepted = _excepted(statement.get("Condition") or {})
    if excepted is None:
        return None
    if "NotPrincipal" in statement:
        named = statement["NotPrincipal"]
        barred = frozenset(values(named.get("AWS"))) if isinstance(named, Mapping) else frozenset()
        return barred | excepted if barred else None
    principal = statement.get("Principal")
    everyone = principal == "*" or (isinstance(principal, Mapping) and "*" in values(principal.get("AWS")))
    return excepted if everyone else None


def _excepted(condition: Mapping[str, Any]) -> frozenset[str] | None:
    """The principals that a condition excepts; None where it narrows the statement in some other way."""
    excepted: set[str] = set()
    for operator, keys in condition.items():
        if operator.lower() not in _EXCEPTING or not isinstance(keys, Mapping):
            return None
        for key, wanted in keys.items():
            if key.lower() != "aws:principalarn":
                return None
            excepted.update(values(wanted))
    return frozenset(excepted)
