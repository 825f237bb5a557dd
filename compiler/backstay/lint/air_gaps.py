"""Rules whose primary target is an air-gapped vault, and what AWS does there with the types that their plans name."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import ACCOUNT, VaultRef
from backstay.lint.abilities import ability, named_types
from backstay.lint.context import Context
from backstay.lint.site import CopySite, RuleSite
from backstay.lint.vaults import Declared, declared
from backstay_aws import catalog
from backstay_contract.findings import Span


def air_gapped_rules(context: Context) -> Iterator[tuple[RuleSite, VaultRef]]:
    """Rules that name an air-gapped vault as their primary target, with it."""
    for site in context.rules:
        if site.rule.air_gapped is not None:
            yield site, site.rule.air_gapped


def at_home(site: RuleSite | CopySite, reference: VaultRef) -> bool:
    """Whether a vault is meant in the account and Region of the rule, the only place where AWS takes a target."""
    here = reference.region == site.shape.region
    return here and (reference.account == ACCOUNT or reference.account in site.accounts)


def at_hand(site: RuleSite, reference: VaultRef) -> bool:
    """Whether a target can be there: declared at home, in a Region that has such vaults. Where not, other rules
    say so."""
    known = at_home(site, reference) and site.shape.air_gapped(reference.name) is not None
    return known and not without_air_gap(reference.region)


def gaps(context: Context) -> frozenset[Declared]:
    """The declarations of air-gapped vaults."""
    return frozenset(declared(site.vault) for site in context.air_gapped_vaults)


def without_air_gap(name: str) -> bool:
    """Whether AWS says that a Region has no air-gapped vaults."""
    region = catalog.region(name)
    return region is not None and region.air_gap == "no"


def made_there(site: RuleSite | CopySite) -> tuple[str, ...]:
    """The named types whose recovery points are made in the air-gapped vault itself, not copied into it."""
    rows = ((name, catalog.resource_type(name)) for name in named_types(site.plan))
    return tuple(name for name, row in rows if row is not None and row.air_gap_primary == "direct")


def brought_there(site: RuleSite | CopySite) -> tuple[str, ...]:
    """The named types whose recovery points are made in the standard vault and copied into the air-gapped one."""
    rows = ((name, catalog.resource_type(name)) for name in named_types(site.plan))
    return tuple(name for name, row in rows if row is not None and row.air_gap_primary == "copy")


def kept_out(site: RuleSite | CopySite, region: str) -> tuple[str, ...]:
    """The named types that an air-gapped vault of a Region cannot hold. DynamoDB with advanced features can enter."""
    return tuple(name for name in named_types(site.plan) if ability(name, "air_gap", region) == "no")


def selected(site: RuleSite | CopySite, types: tuple[str, ...]) -> list[tuple[Span | None, str]]:
    """Where the plan selects some types, as second places of a complaint."""
    return [(one.where.span, "selected here") for one in site.plan.selections if set(types) & set(one.types)]
