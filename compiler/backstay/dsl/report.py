"""Audit Manager report plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backstay.dsl.framework import Framework
from backstay.dsl.node import Node, as_pairs, as_tuple, expect, expect_items, expect_name


@dataclass(frozen=True)
class Report(Node):
    """A report that AWS writes every day into a bucket of the same account.

    `template` is AWS's name, such as `BACKUP_JOB_REPORT`; `frameworks` are for the two compliance templates. `accounts`
    are ids or names, or `ROOT` for the organization; `units` paths or ids; `regions` Regions, or `*`. `formats`: CSV
    unless said otherwise.
    """

    name: str
    template: str | None = None
    bucket: str | None = None
    prefix: str | None = None
    formats: list[str] | tuple[str, ...] | None = None
    frameworks: Sequence[Framework | str] | None = None
    accounts: list[str] | tuple[str, ...] | None = None
    units: list[str] | tuple[str, ...] | None = None
    regions: list[str] | tuple[str, ...] | None = None
    description: str | None = None
    tags: Mapping[str, str] | tuple[tuple[str, str], ...] | None = None

    def check(self) -> None:
        """Parts are of their kinds."""
        expect_name(self.name)
        for name in ("template", "bucket", "prefix"):
            if getattr(self, name) is not None:
                expect_name(getattr(self, name), name)
        if self.description is not None:
            expect(self.description, str, "text", "description")
        for name, kinds, what in (
            ("formats", str, '"CSV" or "JSON"'),
            ("frameworks", (Framework, str), "frameworks or their names"),
            ("accounts", str, "accounts"),
            ("units", str, "units"),
            ("regions", str, "Regions"),
        ):
            as_tuple(self, name)
            if getattr(self, name) is not None:
                expect_items(getattr(self, name), kinds, what, name)
        as_pairs(self, "tags")
