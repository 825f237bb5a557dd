"""What the plans of a shape need that no backup policy carries: vaults, roles, keys, opt-ins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from backstay import ir
from backstay.emit.organizations.declared import Declared
from backstay_aws import arns, catalog

ACROSS = ("access-policy", "customer-managed-key", "cross-account-backup")
"""What a copy to another account needs (developer guide, "Creating backup copies across accounts", read 2026-11)."""


@dataclass(slots=True)
class _Use:
    """Who uses a thing, each once, in order."""

    by: dict[str, None] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    permissions: set[str] = field(default_factory=set)


def needs(number: int, model: ir.Model, declared: Declared) -> dict[str, Any]:
    """The members of a place in `prerequisites.json` that its plans make necessary; empty ones are left out."""
    shape = model.shapes[number]
    found = {
        "vaults": list(_vaults(number, shape, model, declared)),
        "roles": list(_roles(number, shape, declared)),
        "keys": list(_keys(shape, model.partition)),
        "opt_in": _opt_ins(shape),
    }
    return {name: listed for name, listed in found.items() if listed}


def leaves_the_account(shape: ir.Shape) -> bool:
    """Whether some plan copies to another account."""
    copies = (copy for plan in shape.plans for rule in plan.rules for copy in rule.copies)
    return any(copy.destination.account != ir.ACCOUNT for copy in copies)


def _vaults(number: int, shape: ir.Shape, model: ir.Model, declared: Declared) -> Iterator[dict[str, Any]]:
    uses: dict[str, _Use] = {}
    for plan in shape.plans:
        for rule in plan.rules:
            for reference in _references(rule, shape.region, model.partition):
                vault = declared.vault(number, reference)
                air_gapped = isinstance(vault, ir.AirGappedVault) or reference is rule.air_gapped
                use = uses.setdefault(reference.arn, _Use(facts=_vault(reference, vault is not None, air_gapped)))
                use.by[f"{plan.name}/{rule.name}"] = None
    for arn in sorted(uses):
        yield {**uses[arn].facts, "used_by": list(uses[arn].by)}


def _references(rule: ir.Rule, region: str, partition: str) -> Iterator[ir.VaultRef]:
    yield ir.VaultRef(ir.ACCOUNT, region, rule.vault, arns.vault(partition, region, ir.ACCOUNT, rule.vault))
    if rule.air_gapped is not None:
        yield rule.air_gapped
    yield from (copy.destination for copy in rule.copies)


def _vault(reference: ir.VaultRef, declared: bool, air_gapped: bool) -> dict[str, Any]:
    return {
        "arn": reference.arn,
        "account": reference.account,
        "region": reference.region,
        "name": reference.name,
        "kind": "air_gapped_vault" if air_gapped else "vault",
        "declared": declared,
        "conditions": list(ACROSS) if reference.account != ir.ACCOUNT else [],
    }


def _roles(number: int, shape: ir.Shape, declared: Declared) -> Iterator[dict[str, Any]]:
    uses: dict[str, _Use] = {}
    for plan in shape.plans:
        for chosen in plan.selections:
            use = uses.setdefault(chosen.role_arn, _Use())
            use.by[f"{plan.name}/{chosen.name}"] = None
            use.permissions |= {"backup"} | {"s3"} & {name.lower() for name in chosen.types}
            use.permissions |= {"index"} if any(rule.index for rule in plan.rules) else set()
        if plan.scan is not None:
            use = uses.setdefault(plan.scan.role_arn, _Use())
            use.by[plan.name] = None
            use.permissions.add("scan")
    for arn in sorted(uses):
        use = uses[arn]
        yield {
            "arn": arn,
            "declared": declared.role(number, arn),
            "permissions": sorted(use.permissions),
            "used_by": list(use.by),
        }


def _keys(shape: ir.Shape, partition: str) -> Iterator[dict[str, Any]]:
    managed = {arns.kms_alias(partition, shape.region, ir.ACCOUNT, key.alias) for key in shape.keys}
    uses: dict[str, list[str]] = {}
    keys = [(vault.key_arn, vault.name) for vault in shape.vaults]
    for arn, vault in keys + [(vault.key_arn, vault.name) for vault in shape.air_gapped_vaults]:
        if arn is not None:
            uses.setdefault(arn, []).append(vault)
    for arn in sorted(uses):
        yield {"arn": arn, "declared": arn in managed, "used_by": uses[arn]}


def _opt_ins(shape: ir.Shape) -> list[str]:
    types = {name for plan in shape.plans for chosen in plan.selections for name in chosen.types}
    rows = (catalog.resource_type(name) for name in types)
    return sorted({row.opt_in for row in rows if row is not None})
