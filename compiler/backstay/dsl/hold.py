"""Legal holds, as data."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backstay.dsl.air_gapped import AirGappedVault
from backstay.dsl.node import Node, PolicyError, as_pairs, as_tuple, expect, expect_items, expect_name
from backstay.dsl.vault import Vault

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class LegalHold(Node):
    """A legal hold: nobody deletes the recovery points of `vaults` or `resources` (ARNs) until it is cancelled.

    `since` and `until` are dates (`"2026-01-31"`) between which the recovery points were made, both included.
    """

    title: str
    description: str | None = None
    vaults: Sequence[Vault | AirGappedVault | str] | None = None
    resources: list[str] | tuple[str, ...] | None = None
    since: str | None = None
    until: str | None = None
    tags: Mapping[str, str] | tuple[tuple[str, str], ...] | None = None

    def check(self) -> None:
        """Parts are of their kinds, dates are dates."""
        expect_name(self.title, "title")
        if self.description is not None:
            expect(self.description, str, "text", "description")
        as_tuple(self, "vaults")
        if self.vaults is not None:
            expect_items(self.vaults, (Vault, AirGappedVault, str), "vaults", "vaults")
        as_tuple(self, "resources")
        if self.resources is not None:
            expect_items(self.resources, str, "ARNs", "resources")
        for name in ("since", "until"):
            if getattr(self, name) is not None:
                expect_date(getattr(self, name), name)
        as_pairs(self, "tags")


def expect_date(value: object, name: str) -> None:
    """Refuse what is no date of the calendar."""
    expect(value, str, 'a date, such as "2027-03-31"', name)
    try:
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            raise ValueError
        datetime.date.fromisoformat(value)
    except ValueError:
        raise PolicyError(f'{value!r} is no date; write it like "2027-03-31"', field=name) from None
