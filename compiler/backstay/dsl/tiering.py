"""The lower-cost warm tier of a vault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backstay.dsl.duration import Days
from backstay.dsl.node import Node, as_pairs, as_tuple, expect, expect_items, expect_name
from backstay.dsl.vault import Vault


@dataclass(frozen=True)
class Tiering(Node):
    """Recovery points of a vault (without `vault`: of all) move to the lower-cost warm tier `after` so many days.

    `types` (without: S3, the one that can) and `resources` (ARNs; without: all) narrow it down.
    """

    name: str
    vault: Vault | str | None = None
    after: Days | None = None
    types: list[str] | tuple[str, ...] | None = None
    resources: list[str] | tuple[str, ...] | None = None
    tags: Mapping[str, str] | tuple[tuple[str, str], ...] | None = None

    def check(self) -> None:
        """Parts are of their kinds."""
        expect_name(self.name)
        if self.vault is not None:
            expect(self.vault, (Vault, str), "a vault or a vault's name", "vault")
        if self.after is not None:
            expect(self.after, Days, "a duration in days, such as days(60)", "after")
        for name, what in (("types", "resource types"), ("resources", "ARNs")):
            as_tuple(self, name)
            if getattr(self, name) is not None:
                expect_items(getattr(self, name), str, what, name)
        as_pairs(self, "tags")
