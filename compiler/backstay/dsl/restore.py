"""Restore testing: recovery points that AWS restores on a schedule, to see that they can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backstay.dsl.air_gapped import AirGappedVault
from backstay.dsl.condition import Condition
from backstay.dsl.duration import Days, Minutes
from backstay.dsl.managed import Role, expect_role
from backstay.dsl.node import Node, as_pairs, as_tuple, expect, expect_items, expect_name
from backstay.dsl.schedule import Schedule
from backstay.dsl.vault import Vault

HOURS = "a duration, such as hours(8)"


@dataclass(frozen=True)
class RestoreSelect(Node):
    """Resources of one type whose recovery points are restored: all, those of some tags, or some ARNs.

    `where` takes `==` and `!=` on tags, joined by `&`. `overrides` are restore metadata. What was restored lives for
    `validate_within` (whole hours), so that it can be looked at.
    """

    name: str
    type: str | None = None
    where: Condition | None = None
    resources: list[str] | tuple[str, ...] | None = None
    role: str | Role | None = None
    overrides: Mapping[str, str] | tuple[tuple[str, str], ...] | None = None
    validate_within: Minutes | None = None

    def check(self) -> None:
        """Parts are of their kinds."""
        expect_name(self.name)
        if self.type is not None:
            expect_name(self.type, "type")
        if self.where is not None:
            expect(self.where, Condition, 'a condition, such as tag("env") == "prod"', "where")
        as_tuple(self, "resources")
        if self.resources is not None:
            expect_items(self.resources, str, "ARNs", "resources")
        if self.role is not None:
            expect_role(self.role)
        as_pairs(self, "overrides")
        if self.validate_within is not None:
            expect(self.validate_within, Minutes, HOURS, "validate_within")


@dataclass(frozen=True)
class RestoreTest(Node):
    """A restore-testing plan: when, from which vaults (without `vaults`: all), and what.

    `types=["RDS", "EBS"]` stands for one selection a type, of all its resources; `select` says more. `latest` takes the
    newest recovery point of the last `look_back` (30 days) instead of any; `points` are `SNAPSHOT` (as it is without)
    and `CONTINUOUS`. AWS starts within `start_within` (24 hours).
    """

    name: str
    at: Schedule | None = None
    vaults: Sequence[Vault | AirGappedVault | str] | None = None
    types: list[str] | tuple[str, ...] | None = None
    select: list[RestoreSelect] | tuple[RestoreSelect, ...] | None = None
    start_within: Minutes | None = None
    latest: bool | None = None
    look_back: Days | None = None
    points: list[str] | tuple[str, ...] | None = None
    exclude_vaults: Sequence[Vault | AirGappedVault | str] | None = None
    role: str | Role | None = None
    tags: Mapping[str, str] | tuple[tuple[str, str], ...] | None = None

    def check(self) -> None:
        """Parts are of their kinds."""
        expect_name(self.name)
        if self.at is not None:
            expect(self.at, Schedule, 'a schedule, such as weekly("sun", "06:00")', "at")
        vaults = (Vault, AirGappedVault, str)
        for name, kinds, what in (
            ("vaults", vaults, "vaults"),
            ("exclude_vaults", vaults, "vaults"),
            ("types", str, "resource types"),
            ("select", RestoreSelect, "selections made by RestoreSelect"),
            ("points", str, '"SNAPSHOT" or "CONTINUOUS"'),
        ):
            as_tuple(self, name)
            if getattr(self, name) is not None:
                expect_items(getattr(self, name), kinds, what, name)
        for name, kind, what in (
            ("start_within", Minutes, HOURS),
            ("latest", bool, "True or False"),
            ("look_back", Days, "a duration in days, such as days(30)"),
        ):
            if getattr(self, name) is not None:
                expect(getattr(self, name), kind, what, name)
        if self.role is not None:
            expect_role(self.role)
        as_pairs(self, "tags")
