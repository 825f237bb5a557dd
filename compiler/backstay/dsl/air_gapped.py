"""Logically air-gapped vaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backstay.dsl.duration import Days
from backstay.dsl.managed import Key
from backstay.dsl.node import Node, as_pairs, expect, expect_name
from backstay.dsl.param import accept
from backstay.dsl.vault import Access, Notify


@dataclass(frozen=True)
class AirGappedVault(Node):
    """A logically air-gapped vault: locked in compliance mode from its first moment, its limits for ever.

    Pinned by `account=` and/or `region=` like `Vault`. Without `key`, a key that AWS owns encrypts it.
    """

    name: str
    min: Days | None = None
    max: Days | None = None
    key: str | Key | None = None
    access: Access | None = None
    notify: Notify | None = None
    tags: Mapping[str, str] | tuple[tuple[str, str], ...] | None = None
    account: str | None = None
    region: str | None = None

    def check(self) -> None:
        """Parts are of their kinds."""
        expect_name(self.name)
        for name in ("min", "max"):
            accept(self, name, Days, "a duration in days, such as days(35)")
        accept(self, "key", (str, Key), "a key's alias or ARN, or made by Key")
        for name in ("account", "region"):
            if getattr(self, name) is not None:
                expect_name(getattr(self, name), name)
        for name, kind in (("access", Access), ("notify", Notify)):
            if getattr(self, name) is not None:
                expect(getattr(self, name), kind, f"made by {kind.__name__}", name)
        as_pairs(self, "tags")
