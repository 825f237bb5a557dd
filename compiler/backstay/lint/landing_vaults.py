"""The vaults in which the backups of some accounts land, and those that their copies reach."""

from __future__ import annotations

from backstay.ir import Model, Shape, Vault
from backstay.lint.site import VaultSite


def primaries(shape: Shape) -> tuple[Vault | None, ...]:
    """The vaults into which the rules of a shape back up, each once; None for one that no policy declares."""
    names = dict.fromkeys(rule.vault for plan in shape.plans for rule in plan.rules)
    return tuple(shape.vault(name) for name in names)


def beyond(model: Model, shape: Shape) -> tuple[Vault | None, ...]:
    """The air-gapped vaults of the rules of a shape, and the destinations of its copies, as its first account has
    them; None for one that no policy declares."""
    account = shape.accounts[0]
    rules = [rule for plan in shape.plans for rule in plan.rules]
    references = [
        one for rule in rules for one in (rule.air_gapped, *(copy.destination for copy in rule.copies)) if one
    ]
    found: list[Vault | None] = []
    for reference in dict.fromkeys(references):
        gapped = model.air_gapped_at(reference, account)
        found.append(gapped.as_vault if gapped is not None else model.vault_at(reference, account))
    return tuple(found)


def site_of(vault: Vault, shape: Shape) -> VaultSite:
    """A vault of a shape as a place to complain of."""
    return VaultSite(vault.where, (vault.where.policy, vault.name), (shape,), shape.accounts, vault)
