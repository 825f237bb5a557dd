"""What tests and inventories looked at: resources, accounts and promises. It travels as JSON between processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Seen:
    """A resource that was looked at; `tags` are sorted pairs."""

    account: str
    region: str
    type: str
    arn: str
    tags: tuple[tuple[str, str], ...]


@dataclass
class Reached:
    """Everything that was looked at; grows while tests run. `accounts` are ids, `promises` names of requirements."""

    resources: set[Seen] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    promises: set[str] = field(default_factory=set)

    def add(self, other: Reached) -> None:
        """Take what another looked at, too."""
        self.resources |= other.resources
        self.accounts |= other.accounts
        self.promises |= other.promises

    def document(self) -> dict[str, Any]:
        """The same as plain data, sorted."""
        return {
            "resources": [
                {"account": one.account, "region": one.region, "type": one.type, "arn": one.arn, "tags": dict(one.tags)}
                for one in sorted(self.resources)
            ],
            "accounts": sorted(self.accounts),
            "promises": sorted(self.promises),
        }


def of_document(document: Any) -> Reached:
    """What `document` wrote. Raises `ValueError` for anything else."""
    try:
        resources = of_inventory(document["resources"]).resources
        accounts, promises = ({str(one) for one in document[name]} for name in ("accounts", "promises"))
    except (KeyError, TypeError, AttributeError) as wrong:
        raise ValueError(f"not a record of what tests reached: {wrong}") from None
    return Reached(resources, accounts, promises)


def of_inventory(rows: Iterable[Mapping[str, Any]]) -> Reached:
    """The resources of an inventory."""
    found = Reached()
    for row in rows:
        tags = tuple(sorted((str(key), str(value)) for key, value in (row.get("tags") or {}).items()))
        found.resources.add(Seen(row["account"], row["region"], row["type"], row["arn"], tags))
    return found
