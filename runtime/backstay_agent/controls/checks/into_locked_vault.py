"""Whether a resource is backed up into a locked vault."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls.control import Control, Verdict, failed, met, unsure
from backstay_agent.controls.facts import Place, Plan, Resource, Vault
from backstay_agent.controls.parameters import Parameters


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
            vault = place.vaults_by_name.get(rule.vault)
            if vault and vault.locked and _fits(vault, parameters):
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


CONTROL = Control(
    name="BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK",
    short="into a locked vault",
    title=lambda _: "backed up into a locked vault",
    kind="resource",
    needs=frozenset({"resources", "plans", "vaults"}),
    remedy="Lock the vault that the plan puts its recovery points into, in governance mode first.",
    check=check,
)
