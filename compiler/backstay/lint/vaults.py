"""Vaults of both kinds seen alike: what is said of a name, a key, a policy or a topic holds for air-gapped ones too."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import AirGappedVault, Lock, Vault
from backstay.lint.context import Context
from backstay.lint.site import AirGappedSite, VaultSite
from backstay_contract.findings import Span

AnySite = VaultSite | AirGappedSite
Declared = tuple[str, Span | None]
"""A vault as its author wrote it, whatever places it stands in: its name and the place of its call."""


def every_vault(context: Context) -> Iterator[AnySite]:
    """Every declared vault, then every declared air-gapped one."""
    yield from context.vaults
    yield from context.air_gapped_vaults


def locked(context: Context) -> Iterator[tuple[AnySite, Lock]]:
    """Vaults with a lock, with it; the bounds of an air-gapped vault are a lock that it cannot be without."""
    for site in every_vault(context):
        lock = site.vault.as_vault.lock if isinstance(site, AirGappedSite) else site.vault.lock
        if lock is not None:
            yield site, lock


def declared(vault: Vault | AirGappedVault) -> Declared:
    """The declaration behind a vault of the model."""
    return vault.name, vault.where.span


def called(site: AnySite) -> str:
    """How a sentence names the vault."""
    kind = "air-gapped vault" if isinstance(site, AirGappedSite) else "vault"
    return f"{kind} `{site.vault.name}`"
