"""Plans, their rules and copies, and what they select."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backstay.dsl.condition import Condition, Everything
from backstay.dsl.duration import Days, Minutes
from backstay.dsl.node import Node, as_pairs, as_tuple, expect, expect_items, expect_name
from backstay.dsl.schedule import Schedule
from backstay.dsl.vault import Vault

DAYS = "a duration in days, such as days(35)"
MINUTES = "a duration, such as hours(2)"


@dataclass(frozen=True)
class Copy(Node):
    """A copy of every recovery point of a rule into another vault. An omitted `keep` is the rule's."""

    to: Vault | str
    keep: Days | None = None
    cold_after: Days | None = None
    archive: bool | None = None

    def check(self) -> None:
        """A vault (or its ARN), and durations."""
        expect(self.to, (Vault, str), "a vault or a vault's ARN", "to")
        for name in ("keep", "cold_after"):
            if getattr(self, name) is not None:
                expect(getattr(self, name), Days, DAYS, name)
        if self.archive is not None:
            expect(self.archive, bool, "True or False", "archive")


@dataclass(frozen=True)
class Rule(Node):
    """When to back up, into which vault, for how long, and where copies go. An omitted `keep` means for ever."""

    name: str
    at: Schedule | None = None
    into: Vault | str | None = None
    keep: Days | None = None
    cold_after: Days | None = None
    start_within: Minutes | None = None
    complete_within: Minutes | None = None
    copies: list[Copy] | tuple[Copy, ...] | None = None
    continuous: bool | None = None
    archive: bool | None = None
    tags: Mapping[str, str] | tuple[tuple[str, str], ...] | None = None

    def check(self) -> None:
        """Parts are of their kinds."""
        expect_name(self.name)
        if self.at is not None:
            expect(self.at, Schedule, 'a schedule, such as daily("03:00")', "at")
        if self.into is not None:
            expect(self.into, (Vault, str), "a vault or a vault's name", "into")
        for name in ("keep", "cold_after"):
            if getattr(self, name) is not None:
                expect(getattr(self, name), Days, DAYS, name)
        for name in ("start_within", "complete_within"):
            if getattr(self, name) is not None:
                expect(getattr(self, name), Minutes, MINUTES, name)
        for name in ("continuous", "archive"):
            if getattr(self, name) is not None:
                expect(getattr(self, name), bool, "True or False", name)
        as_tuple(self, "copies")
        if self.copies is not None:
            expect_items(self.copies, Copy, "copies", "copies")
        as_pairs(self, "tags")


@dataclass(frozen=True)
class Select(Node):
    """Which resources a plan takes. `role` overrides the plan's."""

    name: str
    where: Condition | None = None
    role: str | None = None

    @classmethod
    def everything(cls, name: str = "everything", *, role: str | None = None) -> Select:
        """Every supported, opted-in resource. The only way to take everything."""
        return cls(name, Everything(), role)

    def check(self) -> None:
        """A condition."""
        expect_name(self.name)
        if self.where is not None:
            expect(self.where, Condition, 'a condition, such as tag("backup") == "gold"', "where")
        if self.role is not None:
            expect_name(self.role, "role")


@dataclass(frozen=True)
class Plan(Node):
    """A backup plan. `role` is the name (with path) of the IAM role of its selections."""

    name: str
    rules: list[Rule] | tuple[Rule, ...] | None = None
    select: list[Select] | tuple[Select, ...] | None = None
    role: str | None = None
    tags: Mapping[str, str] | tuple[tuple[str, str], ...] | None = None

    def check(self) -> None:
        """Parts are of their kinds."""
        expect_name(self.name)
        as_tuple(self, "rules")
        as_tuple(self, "select")
        if self.rules is not None:
            expect_items(self.rules, Rule, "rules", "rules")
        if self.select is not None:
            expect_items(self.select, Select, "selections", "select")
        if self.role is not None:
            expect_name(self.role, "role")
        as_pairs(self, "tags")
