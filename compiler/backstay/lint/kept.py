"""Rules and copies seen alike: something that keeps recovery points in a vault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay.ir import Rule, Vault
from backstay.lint.context import Context
from backstay.lint.site import CopySite, RuleSite
from backstay_aws.lifecycle import Lifecycle


@dataclass(frozen=True, slots=True)
class Kept:
    """A rule, or a copy of it, with its lifecycle. `name` is how a sentence begins that is about it."""

    site: RuleSite | CopySite
    name: str
    rule: Rule
    lifecycle: Lifecycle


def kept(context: Context) -> Iterator[Kept]:
    """Every rule, and every copy that says something of its own about how long (else the rule answers for it)."""
    yield from (one for one in all_kept(context) if isinstance(one.site, RuleSite) or _speaks(one))


def all_kept(context: Context) -> Iterator[Kept]:
    """Every rule and every copy, also those copies that keep exactly as their rule does."""
    for site in context.rules:
        yield Kept(site, f"rule `{site.rule.name}`", site.rule, site.rule.lifecycle)
    for copy in context.copies:
        name = f"the copy of rule `{copy.rule.name}` to `{copy.copy.destination.name}`"
        yield Kept(copy, name, copy.rule, copy.copy.lifecycle)


def _speaks(one: Kept) -> bool:
    """Whether a copy has a lifecycle that its author wrote."""
    written = one.site.where.fields
    return "keep" in written or "cold_after" in written or (not written and one.lifecycle != one.rule.lifecycle)


def landings(context: Context, one: Kept) -> Iterator[tuple[Vault, tuple[str, ...] | None]]:
    """The declared vaults in which the recovery points land, with the accounts for which they do (None: all)."""
    if isinstance(one.site, RuleSite):
        if one.site.vault is not None:
            yield one.site.vault, None
        gapped = one.rule.air_gapped
        if gapped is not None and (primary := one.site.shape.air_gapped(gapped.name)) is not None:
            yield primary.as_vault, None
        return
    for destination in context.destinations(one.site):
        if destination.vault is not None:
            yield destination.vault, destination.accounts
