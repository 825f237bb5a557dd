"""BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED: a vault's policy lets nobody delete recovery points by hand.

The policy must deny deleting recovery points, changing their lifecycle, and changing the policy itself, to everybody
and for every resource, except to the roles that the control lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backstay_aws.globs import iam_glob
from backstay_aws.policy_document import statements, values
from backstay_local.backup.audit_manager.asked import Asked, Verdict
from backstay_local.backup.audit_manager.controls.control import VAULT, Control
from backstay_local.backup.audit_manager.facts import Vault

ACTIONS = ("backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "backup:PutBackupVaultAccessPolicy")
_EXCEPT = frozenset({"arnnotequals", "arnnotlike", "stringnotequals", "stringnotlike"})
_WHO = "aws:principalarn"


def judge(vault: Vault, asked: Asked) -> Verdict:
    """Whether what the policy denies to everybody but the listed roles includes the three actions."""
    if vault.policy is None:
        return "NON_COMPLIANT", "The vault has no access policy."
    exempt = frozenset(asked.listed("principalArnList"))
    denying = [one for one in statements(vault.policy) if _denies_everybody(one, exempt)]
    patterns = [pattern.casefold() for one in denying for pattern in values(one.get("Action"))]
    free = [action for action in ACTIONS if not any(iam_glob(pattern, action.casefold()) for pattern in patterns)]
    if free:
        return "NON_COMPLIANT", f"The access policy does not deny {', '.join(free)} to everybody."
    return "COMPLIANT", f"The access policy denies {', '.join(ACTIONS)}."


def _denies_everybody(statement: Mapping[str, Any], exempt: frozenset[str]) -> bool:
    if statement.get("Effect") != "Deny" or "*" not in values(statement.get("Resource")):
        return False
    if "NotPrincipal" in statement:
        return set(_named(statement["NotPrincipal"])) <= exempt and _spares(statement.get("Condition"), exempt)
    return "*" in _named(statement.get("Principal")) and _spares(statement.get("Condition"), exempt)


def _named(principal: Any) -> tuple[str, ...]:
    """The principals of a statement by ARN; a service stands for itself."""
    if isinstance(principal, Mapping):
        return tuple(name for kind in principal.values() for name in values(kind))
    return values(principal)


def _spares(condition: Any, exempt: frozenset[str]) -> bool:
    """Whether a condition lets go of nobody but exempt principals."""
    if not condition:
        return True
    if not isinstance(condition, Mapping):
        return False
    return all(
        str(operator).casefold() in _EXCEPT
        and isinstance(keys, Mapping)
        and all(str(key).casefold() == _WHO and set(values(given)) <= exempt for key, given in keys.items())
        for operator, keys in condition.items()
    )


CONTROL = Control("BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED", VAULT, VAULT, lambda facts: facts.vaults, judge)
