"""Resources that no service here has: somebody says that they exist, and from then on they do, with their tags."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backstay_local.store import Store, Table

SERVICE = "declared"
"""Stands for the register where other resources have the name of their service."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A resource that was declared: `description` is whatever its owner says of it, `size` counts its bytes."""

    arn: str
    type: str
    account: str
    region: str
    tags: dict[str, str] = field(default_factory=dict)
    description: dict[str, Any] = field(default_factory=dict)
    size: int = 0


class Register:
    """Every declared resource of one embedded AWS, on disk as soon as it is declared."""

    def __init__(self, store: Store, changed: Callable[[], None]) -> None:
        """Keep the register in `store`; `changed` is told of every declaration that is made, changed or withdrawn."""
        self._rows = Table(store, "declared", Declared, key=("arn",), indexes=("account, region, arn",), steady=True)
        self._changed = changed

    def all(self) -> list[Declared]:
        """Every declared resource, by ARN."""
        return self._rows.where("1", order="arn")

    def any(self, account: str, region: str) -> bool:
        """Whether anything is declared in an account and Region."""
        return bool(self.of(account, region))

    def of(self, account: str, region: str) -> list[Declared]:
        """The declared resources of an account and Region, by ARN."""
        return self._rows.where("account = ? AND region = ?", account, region, order="arn")

    def get(self, arn: str) -> Declared | None:
        """The declared resource of that ARN."""
        return self._rows.get(arn)

    def put(self, one: Declared) -> None:
        """Declare a resource, in the place of the one with the same ARN."""
        self._rows.put(one)
        self._changed()

    def remove(self, arn: str) -> bool:
        """Withdraw a declaration; False when there was none."""
        gone = self._rows.remove(arn)
        if gone:
            self._changed()
        return gone
