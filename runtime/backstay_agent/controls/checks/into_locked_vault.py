"""Whether a resource is backed up into a locked vault."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls.control import Control, Verdict, failed, met, unsure
from backstay_agent.controls.facts import Place, Plan, Resource, Vault
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql, number, text


def check(resource: Resource, place: Place, parameters: Parameters, _: datetime) -> Verdict:
    """A rule of one of its plans puts recovery points into a vault whose lock lies within the wanted bounds."""
    sure, maybe = (
        _locked(place, place.taking(resource), parameters),
        _locked(place, place.perhaps_taking(resource), parameters),
    )
    if sure:
        return met(sure)
    if maybe:
        return unsure(f"{maybe}, but whether that plan takes this resource depends on what AWS leaves open")
    if not resource.plans:
        return failed("no backup plan takes it")
    targets = sorted({rule.vault for plan in place.taking(resource) for rule in plan.rules})
    return failed("; ".join(_why_not(name, place.vaults_by_name.get(name), parameters) for name in targets))


def _locked(place: Place, plans: tuple[Plan, ...], parameters: Parameters) -> str | None:
    for plan in plans:
        for rule in plan.rules:
            into = (place.vaults_by_name.get(rule.vault), place.vault_at(rule.air_gapped) if rule.air_gapped else None)
            vault = next((one for one in into if one and one.locked and _fits(one, parameters)), None)
            if vault:
                return f"plan {plan.name}, rule {rule.name}, into vault {vault.name}, which is locked"
    return None


def _fits(vault: Vault, parameters: Parameters) -> bool:
    """At least the wanted minimum, at most the wanted maximum; a lock without a bound does not have it."""
    least, most = parameters.number("minRetentionDays"), parameters.number("maxRetentionDays")
    return (least is None or (vault.min_days or 0) >= least) and (
        most is None or (vault.max_days is not None and vault.max_days <= most)
    )


def _why_not(name: str, vault: Vault | None, parameters: Parameters) -> str:
    if vault is None:
        return f"vault {name} does not exist"
    if not vault.locked:
        return f"vault {name} is not locked"
    wanted = parameters.number("minRetentionDays"), parameters.number("maxRetentionDays")
    return f"vault {name} is locked to {_bounds(vault.min_days, vault.max_days)} days, wanted are {_bounds(*wanted)}"


def _bounds(least: int | None, most: int | None) -> str:
    return f"{1 if least is None else least} to {'any number of' if most is None else most}"


def sql(parameters: Parameters) -> Sql:
    """The same, once for each set of plans."""
    least, most = parameters.number("minRetentionDays"), parameters.number("maxRetentionDays")
    low, high = number(least), number(most)
    fits = f"""({low} IS NULL OR coalesce(v.min_days, 0) >= {low})
        AND ({high} IS NULL OR (v.max_days IS NOT NULL AND v.max_days <= {high}))"""
    bounds = "coalesce(v.min_days, 1) || ' to ' || coalesce(CAST(v.max_days AS VARCHAR), 'any number of')"
    why = f"""CASE WHEN v.name IS NULL THEN 'vault ' || t.vault || ' does not exist'
        WHEN NOT v.locked THEN 'vault ' || t.vault || ' is not locked'
        ELSE 'vault ' || t.vault || ' is locked to ' || {bounds} || {text(f" days, wanted are {_bounds(least, most)}")}
        END"""
    rules = "JOIN rules r ON (r.account, r.region, r.plan_id) = (p.account, p.region, p.plan_id)"
    told = "'plan ' || p.name || ', rule ' || r.name || ', into vault ' || v.name || ', which is locked'"
    return Sql(
        status="""CASE WHEN x.sure IS NOT NULL THEN 'COMPLIANT' WHEN x.maybe IS NOT NULL THEN 'UNKNOWN'
            ELSE 'NON_COMPLIANT' END""",
        reason="""CASE WHEN x.sure IS NOT NULL THEN x.sure
            WHEN x.maybe IS NOT NULL
                THEN x.maybe || ', but whether that plan takes this resource depends on what AWS leaves open'
            WHEN NOT s.listed THEN 'no backup plan takes it'
            ELSE coalesce(y.why, '') END""",
        joins=f"""LEFT JOIN (
            SELECT combo, min_by(told, k) FILTER (WHERE sure) AS sure, min_by(told, k) FILTER (WHERE NOT sure) AS maybe
            FROM (
                SELECT p.combo, p.sure, (p.number, r.number, 0) AS k, {told} AS told
                FROM combo_plans p {rules}
                JOIN vaults v ON (v.account, v.region, v.name) = (p.account, p.region, r.vault)
                WHERE v.locked AND {fits}
                UNION ALL
                SELECT p.combo, p.sure, (p.number, r.number, 1), {told}
                FROM combo_plans p {rules} JOIN vaults_anywhere v ON v.arn = r.air_gapped
                WHERE v.locked AND {fits}
            ) GROUP BY combo
        ) x ON x.combo = s.combo
        LEFT JOIN (
            SELECT t.combo, string_agg({why}, '; ' ORDER BY t.vault) AS why
            FROM (SELECT DISTINCT p.combo, p.account, p.region, r.vault FROM combo_plans p {rules} WHERE p.sure) t
            LEFT JOIN vaults v ON (v.account, v.region, v.name) = (t.account, t.region, t.vault)
            GROUP BY t.combo
        ) y ON y.combo = s.combo""",
    )


CONTROL = Control(
    name="BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK",
    short="into a locked vault",
    title=lambda _: "backed up into a locked vault",
    kind="resource",
    needs=frozenset({"resources", "plans", "vaults"}),
    remedy="Lock the vault that the plan puts its recovery points into, in governance mode first.",
    check=check,
    sql=sql,
)
