"""Whether a vault's lock is what the build says: its mode and its bounds."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls.control import Control, Verdict, failed, met, titled
from backstay_agent.controls.facts import LockPromise, Place, Vault
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql, day_and_time


def check(promise: LockPromise, place: Place, _: Parameters, now: datetime) -> Verdict:
    """Mode, minimum and maximum are equal."""
    vault = place.vaults_by_name.get(promise.vault)
    by = f" ({promise.origin})" if promise.origin else ""
    if vault is None:
        return failed(f"{promise.vault} does not exist, the policy{by} says {_promised(promise)}")
    if not vault.locked:
        return failed(f"{vault.name} is not locked, the policy{by} says {_promised(promise)}")
    mode = "governance" if promise.grace_days is None else "compliance"
    if _mode(vault) != mode:
        return failed(f"{vault.name} is in {_mode(vault)} mode, the policy{by} says {mode}")
    if (vault.min_days, vault.max_days) != (promise.min_days, promise.max_days):
        wanted = bounds(promise.min_days, promise.max_days)
        return failed(
            f"{vault.name} is locked to {bounds(vault.min_days, vault.max_days)}, the policy{by} says {wanted}"
        )
    return met(f"{_mode(vault)}, {bounds(vault.min_days, vault.max_days)}{_until(vault, now)}")


def _mode(vault: Vault) -> str:
    return "governance" if vault.fixed_from is None else "compliance"


def _promised(promise: LockPromise) -> str:
    mode = "governance" if promise.grace_days is None else "compliance"
    return f"{mode}, {bounds(promise.min_days, promise.max_days)}"


def bounds(least: int | None, most: int | None) -> str:
    """The days that a lock lets recovery points be kept."""
    if most is None:
        return f"at least {1 if least is None else least} days"
    return f"{1 if least is None else least} to {most} days"


def _until(vault: Vault, now: datetime) -> str:
    if vault.fixed_from is None or vault.fixed_from <= now:
        return ""
    return f", can be changed until {vault.fixed_from:%Y-%m-%d %H:%M} UTC"


def sql(_: Parameters) -> Sql:
    """The same."""
    promised_mode = "CASE WHEN s.grace_days IS NULL THEN 'governance' ELSE 'compliance' END"
    mode = "CASE WHEN v.fixed_from IS NULL THEN 'governance' ELSE 'compliance' END"
    there, wanted = _bounds("v.min_days", "v.max_days"), _bounds("s.min_days", "s.max_days")
    by = "coalesce(' (' || s.origin || ')', '')"
    equal = "v.min_days IS NOT DISTINCT FROM s.min_days AND v.max_days IS NOT DISTINCT FROM s.max_days"
    open_until = f"""CASE WHEN v.fixed_from > :now
        THEN ', can be changed until ' || {day_and_time("v.fixed_from")} ELSE '' END"""
    return Sql(
        status=f"CASE WHEN v.locked AND {mode} = {promised_mode} AND {equal} THEN 'COMPLIANT' ELSE 'NON_COMPLIANT' END",
        reason=f"""CASE
            WHEN v.name IS NULL THEN s.vault || ' does not exist, the policy' || {by} || ' says '
                || {promised_mode} || ', ' || {wanted}
            WHEN NOT v.locked THEN v.name || ' is not locked, the policy' || {by} || ' says '
                || {promised_mode} || ', ' || {wanted}
            WHEN {mode} <> {promised_mode} THEN v.name || ' is in ' || {mode} || ' mode, the policy' || {by}
                || ' says ' || {promised_mode}
            WHEN NOT ({equal}) THEN v.name || ' is locked to ' || {there} || ', the policy' || {by} || ' says '
                || {wanted}
            ELSE {mode} || ', ' || {there} || {open_until} END""",
        joins="LEFT JOIN vaults v ON (v.account, v.region, v.name) = (s.account, s.region, s.vault)",
    )


def _bounds(least: str, most: str) -> str:
    """`bounds` of two expressions."""
    return f"""CASE WHEN {most} IS NULL THEN 'at least ' || coalesce({least}, 1) || ' days'
        ELSE coalesce({least}, 1) || ' to ' || {most} || ' days' END"""


CONTROL = Control(
    name="vault-lock-as-promised",
    short="lock as promised",
    title=titled("vault lock as promised"),
    kind="promised lock",
    needs=frozenset({"vaults"}),
    remedy="Apply the build again; where a compliance lock holds already, the policy has to follow the vault.",
    check=check,
    sql=sql,
    command="backstay apply BUILD --account {account}",
)
