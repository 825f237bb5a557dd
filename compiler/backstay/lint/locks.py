"""Every vault lock with its vault."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Lock
from backstay.lint.context import Context
from backstay.lint.site import VaultSite


def locks(context: Context) -> Iterator[tuple[VaultSite, Lock]]:
    """Vaults that have a lock, with it."""
    for site in context.vaults:
        if site.vault.lock is not None:
            yield site, site.vault.lock
