"""What comes into vaults, and what leaves them: vaults by their declarations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from backstay.ir import AirGappedVault, Vault, VaultRef
from backstay.lint.air_gaps import at_home
from backstay.lint.context import Context
from backstay.lint.copying import travellers
from backstay.lint.site import CopySite, RuleSite
from backstay.lint.vaults import Declared, declared


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Vaults into which rules back up, into which copies go, and those of other accounts; `sources`: vaults whose
    recovery points a rule also copies to another account."""

    backups: frozenset[Declared]
    copies: frozenset[Declared]
    foreign: frozenset[Declared]
    sources: frozenset[Declared]


_KNOWN: WeakKeyDictionary[Context, Arrivals] = WeakKeyDictionary()


def arrivals(context: Context) -> Arrivals:
    """What the rules and copies of all policies do to the declared vaults, worked out once for all rules that ask."""
    found = _KNOWN.get(context)
    if found is None:
        found = _KNOWN[context] = _arrivals(context)
    return found


def _arrivals(context: Context) -> Arrivals:
    reached = _Destinations(context)
    copies = [(site, bool(travellers(site)), reached.of(site)) for site in context.copies]
    return Arrivals(
        backups=frozenset(declared(vault) for site in context.rules for vault in _targets(context, site)),
        copies=frozenset(one for _, _, vaults in copies for one in vaults),
        foreign=frozenset(one for _, away, vaults in copies if away for one in vaults),
        sources=frozenset(declared(vault) for site, away, _ in copies if away for vault in _targets(context, site)),
    )


def _targets(context: Context, site: RuleSite | CopySite) -> Iterator[Vault | AirGappedVault]:
    """The declared vaults that a rule names as its targets, also one of elsewhere, which AWS refuses."""
    if site.vault is not None:
        yield site.vault
    reference = site.rule.air_gapped
    if reference is not None:
        own = site.shape.air_gapped(reference.name) if at_home(site, reference) else None
        gapped = own or context.model.air_gapped_at(reference, site.accounts[0])
        if gapped is not None:
            yield gapped


class _Destinations:
    """The declared vaults to which copies go; equal copies of the same accounts are looked up once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: dict[tuple[int, VaultRef], tuple[Declared, ...]] = {}

    def of(self, site: CopySite) -> tuple[Declared, ...]:
        """The vaults of one copy."""
        key = (id(site.accounts), site.copy.destination)
        if key not in self._known:
            found = (one.vault for one in self._context.destinations(site))
            self._known[key] = tuple(declared(vault) for vault in found if vault is not None)
        return self._known[key]
