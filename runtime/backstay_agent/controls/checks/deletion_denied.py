"""Whether a vault's access policy denies everybody the deletion of recovery points by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from backstay_agent.controls.control import Control, Verdict, failed, met, titled
from backstay_agent.controls.facts import Place, Vault
from backstay_agent.controls.parameters import Parameters
from backstay_aws.globs import iam_glob
from backstay_aws.policy_document import statements, values

# Backup developer guide, "Controls and remediation", read 2026-11.
ACTIONS = ("backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "backup:PutBackupVaultAccessPolicy")
# Conditions that except principals, and nothing else, from a Deny.
_EXCEPTING = {"arnnotequals", "arnnotlike", "stringnotequals", "stringnotlike"}


def check(vault: Vault, _: Place, parameters: Parameters, __: datetime) -> Verdict:
    """A Deny for every principal but the listed ones on each of three actions; one statement need not name them all."""
    allowed = frozenset(parameters.listed("principalArnList"))
    if vault.policy is None:
        return failed("the vault has no access policy")
    open_actions = [action for action in ACTIONS if not _denied(vault.policy, action, allowed)]
    if open_actions:
        told = f"its access policy does not deny everybody {', '.join(open_actions)}"
        unlisted = sorted(_all_excepted(vault.policy) - allowed)
        return failed(f"{told}; it excepts {', '.join(unlisted)}, not in principalArnList" if unlisted else told)
    return met(f"its access policy denies everybody{_but(allowed)} the three actions")


def _but(allowed: frozenset[str]) -> str:
    return f" but {', '.join(sorted(allowed))}" if allowed else ""


def _denied(policy: Mapping[str, Any], action: str, allowed: frozenset[str]) -> bool:
    return any(
        statement.get("Effect") == "Deny"
        and any(iam_glob(pattern.lower(), action.lower()) for pattern in values(statement.get("Action")))
        and "*" in values(statement.get("Resource"))
        and _everybody(statement, allowed)
        for statement in statements(policy)
    )


def _everybody(statement: Mapping[str, Any], allowed: frozenset[str]) -> bool:
    """Whether a statement is about every principal, save some of `allowed`."""
    excepted = _excepted(statement.get("Condition") or {})
    if excepted is None:
        return False
    if "NotPrincipal" in statement:
        named = statement["NotPrincipal"]
        barred = set(values(named.get("AWS"))) if isinstance(named, Mapping) else set()
        return bool(barred) and barred | excepted <= allowed
    principal = statement.get("Principal")
    everyone = principal == "*" or (isinstance(principal, Mapping) and "*" in values(principal.get("AWS")))
    return everyone and excepted <= allowed


def _excepted(condition: Mapping[str, Any]) -> set[str] | None:
    """The principals that a condition excepts; None where it narrows the statement in some other way."""
    excepted: set[str] = set()
    for operator, keys in condition.items():
        if operator.lower() not in _EXCEPTING or not isinstance(keys, Mapping):
            return None
        for key, wanted in keys.items():
            if key.lower() != "aws:principalarn":
                return None
            excepted.update(values(wanted))
    return excepted


def _all_excepted(policy: Mapping[str, Any]) -> set[str]:
    """Every principal that some Deny excepts, as far as it excepts principals only."""
    denials = (statement for statement in statements(policy) if statement.get("Effect") == "Deny")
    return {name for one in denials for name in _excepted(one.get("Condition") or {}) or ()}


CONTROL = Control(
    name="BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED",
    short="no deletion by hand",
    title=titled("vault policy denies deletion by hand"),
    kind="vault",
    needs=frozenset({"vaults", "policies"}),
    remedy="Add Access.deny_deletes() to the vault, with the roles that must stay able as exceptions.",
    check=check,
)
