"""Whether a vault's access policy denies everybody the deletion of recovery points by hand."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls.control import Control, Verdict, failed, met, titled
from backstay_agent.controls.denials import ACTIONS, all_excepted, denials
from backstay_agent.controls.facts import Place, Vault
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql, listed, text


def check(vault: Vault, _: Place, parameters: Parameters, __: datetime) -> Verdict:
    """A Deny for every principal but the listed ones on each of three actions; one statement need not name them all."""
    allowed = frozenset(parameters.listed("principalArnList"))
    if vault.policy is None:
        return failed("the vault has no access policy")
    free = [action for action in ACTIONS if not any(one <= allowed for one in denials(vault.policy, action))]
    if free:
        told = f"its access policy does not deny everybody {', '.join(free)}"
        unlisted = sorted(all_excepted(vault.policy) - allowed)
        return failed(f"{told}; it excepts {', '.join(unlisted)}, not in principalArnList" if unlisted else told)
    return met(f"its access policy denies everybody{_but(allowed)} the three actions")


def _but(allowed: frozenset[str]) -> str:
    return f" but {', '.join(sorted(allowed))}" if allowed else ""


def sql(parameters: Parameters) -> Sql:
    """The same, from what the table of vaults holds of the policy: whom each Deny excepts, for each action."""
    allowed = frozenset(parameters.listed("principalArnList"))
    those = listed(sorted(allowed))
    free = ", ".join(
        f"CASE WHEN len(list_filter(s.{column}, lambda one: list_has_all({those}, one))) = 0 THEN {text(action)} END"
        for column, action in zip(("deny_delete", "deny_lifecycle", "deny_policy"), ACTIONS, strict=True)
    )
    unlisted = f"list_filter(s.excepted, lambda one: NOT list_contains({those}, one))"
    return Sql(
        status=f"CASE WHEN s.policy IS NULL OR concat_ws(', ', {free}) <> '' THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END",
        reason=f"""CASE WHEN s.policy IS NULL THEN 'the vault has no access policy'
            WHEN concat_ws(', ', {free}) = ''
                THEN {text(f"its access policy denies everybody{_but(allowed)} the three actions")}
            ELSE 'its access policy does not deny everybody ' || concat_ws(', ', {free})
                || CASE WHEN len({unlisted}) = 0 THEN '' ELSE '; it excepts ' || array_to_string({unlisted}, ', ')
                || ', not in principalArnList' END END""",
    )


CONTROL = Control(
    name="BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED",
    short="no deletion by hand",
    title=titled("vault policy denies deletion by hand"),
    kind="vault",
    needs=frozenset({"vaults", "policies"}),
    remedy="Add Access.deny_deletes() to the vault, with the roles that must stay able as exceptions.",
    check=check,
    sql=sql,
)
