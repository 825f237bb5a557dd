"""Plans, their rules and copies, and what they select."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from backstay.dsl import gfs
from backstay.dsl.air_gapped import AirGappedVault
from backstay.dsl.condition import Condition, Everything
from backstay.dsl.duration import Days, Minutes
from backstay.dsl.managed import ROLE, Role, expect_role
from backstay.dsl.node import Node, PolicyError, as_pairs, as_tuple, expect, expect_items, expect_moved, expect_name
from backstay.dsl.param import accept
from backstay.dsl.schedule import Schedule
from backstay.dsl.vault import Vault

DAYS = "a duration in days, such as days(35)"
MINUTES = "a duration, such as hours(2)"
SCANS = ("FULL_SCAN", "INCREMENTAL_SCAN")
ScanMode = Literal["FULL_SCAN", "INCREMENTAL_SCAN"]


@dataclass(frozen=True)
class Copy(Node):
    """A copy of every recovery point of a rule into another vault. An omitted `keep` is the rule's."""

    to: Vault | AirGappedVault | str
    keep: Days | None = None
    cold_after: Days | None = None
    archive: bool | None = None

    def check(self) -> None:
        """A vault (or its ARN), and durations."""
        accept(self, "to", (Vault, AirGappedVault, str), "a vault or a vault's ARN")
        if self.to is None:
            raise PolicyError("a copy goes into a vault: `to=…`", field="to")
        for name in ("keep", "cold_after"):
            accept(self, name, Days, DAYS)
        accept(self, "archive", bool, "True or False")


@dataclass(frozen=True)
class Defaults(Node):
    """What the rules of a plan are unless they, or what they override, say otherwise."""

    into: Vault | str | None = None
    keep: Days | None = None
    cold_after: Days | None = None
    start_within: Minutes | None = None
    complete_within: Minutes | None = None
    copies: list[Copy] | tuple[Copy, ...] | None = None
    continuous: bool | None = None
    archive: bool | None = None
    tags: Mapping[str, str] | tuple[tuple[str, str], ...] | None = None
    index: list[str] | tuple[str, ...] | None = None
    scan: ScanMode | None = None
    into_air_gapped: AirGappedVault | str | None = None

    def check(self) -> None:
        """Parts are of their kinds."""
        check_rule(self)


@dataclass(frozen=True)
class Rule(Node):
    """When to back up, into which vault, for how long, and where copies go. An omitted `keep` means for ever.

    `index` names the types (`EBS`, `S3`) whose recovery points can be searched, `scan` how they are scanned for malware
    (the plan says which types, by `Scan`), `into_air_gapped` the logically air-gapped vault that is the primary target
    (`into` stays, for what cannot go there). `moved` is the name that the rule had before.
    """

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
    index: list[str] | tuple[str, ...] | None = None
    scan: ScanMode | None = None
    into_air_gapped: AirGappedVault | str | None = None
    moved: str | None = None

    def check(self) -> None:
        """Parts are of their kinds."""
        expect_name(self.name)
        accept(self, "at", Schedule, 'a schedule, such as daily("03:00")')
        check_rule(self)
        expect_moved(self.name, self.moved)


def check_rule(node: Rule | Defaults) -> None:
    """What a rule and the defaults of rules have in common."""
    if isinstance(node.into, AirGappedVault):
        message = "`into` must be a vault or a vault's name, not an AirGappedVault"
        raise PolicyError(message, field="into", help="name it by `into_air_gapped=`, beside a vault in `into=`")
    accept(node, "into", (Vault, str), "a vault or a vault's name")
    accept(node, "into_air_gapped", (AirGappedVault, str), "an air-gapped vault or its ARN")
    for name in ("keep", "cold_after"):
        accept(node, name, Days, DAYS)
    for name in ("start_within", "complete_within"):
        accept(node, name, Minutes, MINUTES)
    for name in ("continuous", "archive"):
        accept(node, name, bool, "True or False")
    as_tuple(node, "copies")
    if node.copies is not None:
        expect_items(node.copies, Copy, "copies", "copies")
    as_tuple(node, "index")
    if node.index is not None:
        expect_items(node.index, str, "resource types", "index")
    scan = accept(node, "scan", str, f"one of {', '.join(SCANS)}")
    if scan is not None and scan not in SCANS:
        raise PolicyError(f"`scan` is one of {', '.join(SCANS)}, not {scan!r}", field="scan")
    as_pairs(node, "tags")


@dataclass(frozen=True)
class Scan(Node):
    """Which types a plan's rules scan for malware (`EBS`, `EC2`, `S3`, or `ALL`), and the scanner's role."""

    types: list[str] | tuple[str, ...]
    role: str | Role

    def check(self) -> None:
        """At least one type, and a role."""
        as_tuple(self, "types")
        expect_items(self.types, str, "resource types", "types")
        if not self.types:
            raise PolicyError('say what is scanned: `types=["EBS"]`', field="types")
        expect_role(self.role)


@dataclass(frozen=True)
class Select(Node):
    """Which resources a plan takes. `role` overrides the plan's."""

    name: str
    where: Condition | None = None
    role: str | Role | None = None

    @classmethod
    def everything(cls, name: str = "everything", *, role: str | Role | None = None) -> Select:
        """Every supported, opted-in resource. The only way to take everything."""
        return cls(name, Everything(), role)

    def check(self) -> None:
        """A condition."""
        expect_name(self.name)
        if self.where is not None:
            expect(self.where, Condition, 'a condition, such as tag("backup") == "gold"', "where")
        accept(self, "role", (str, Role), ROLE)


@dataclass(frozen=True)
class Plan(Node):
    """A backup plan. `role` is the role of its selections (by name, with its path).

    `vss` makes Windows VSS backups of EC2; `s3_acls` and `s3_tags` say whether backups of S3 hold the ACLs and the tags
    of objects. `defaults` is what its rules are unless they say otherwise, `moved` the name that the plan had before.
    """

    name: str
    rules: list[Rule] | tuple[Rule, ...] | None = None
    select: list[Select] | tuple[Select, ...] | None = None
    role: str | Role | None = None
    tags: Mapping[str, str] | tuple[tuple[str, str], ...] | None = None
    vss: bool | None = None
    s3_acls: bool | None = None
    s3_tags: bool | None = None
    scan: Scan | None = None
    defaults: Defaults | None = None
    moved: str | None = None

    @classmethod
    def gfs(
        cls,
        name: str,
        *,
        into: Vault | str,
        at: str = "05:00",
        tz: str = "UTC",
        daily: Days | None = None,
        weekly: Days | None = None,
        monthly: Days | None = None,
        yearly: Days | None = None,
        weekday: str = "sun",
        month_day: int | str = 1,
        month: str = "jan",
        cold_after: Days | None = None,
        copies: list[Copy] | tuple[Copy, ...] | None = None,
        start_within: Minutes | None = None,
        complete_within: Minutes | None = None,
        select: list[Select] | tuple[Select, ...] | None = None,
        role: str | Role | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Plan:
        """Grandfather, father, son: a rule each for those of `daily`, `weekly`, `monthly`, `yearly` that say how long.

        All start at the same time of day, so that where several fall on one day AWS makes one recovery point, by the
        rule that keeps it longest. `weekday`, `month_day` and `month` say which are the weekly, monthly and yearly
        ones. `cold_after` holds for the rules that keep at least 90 days longer than that.
        """
        kept = gfs.kept(daily=daily, weekly=weekly, monthly=monthly, yearly=yearly)
        start = gfs.starts(at, tz, weekday, month_day, month)
        rules = tuple(
            Rule(
                rule,
                at=start[rule],
                into=into,
                keep=keep,
                cold_after=gfs.cold(cold_after, keep),
                start_within=start_within,
                complete_within=complete_within,
                copies=copies,
            )
            for rule, keep in kept.items()
        )
        return cls(name, rules, select, role, tags)

    def check(self) -> None:
        """Parts are of their kinds."""
        expect_name(self.name)
        as_tuple(self, "rules")
        as_tuple(self, "select")
        if self.rules is not None:
            expect_items(self.rules, Rule, "rules", "rules")
        if self.select is not None:
            expect_items(self.select, Select, "selections", "select")
        accept(self, "role", (str, Role), ROLE)
        for name in ("vss", "s3_acls", "s3_tags"):
            accept(self, name, bool, "True or False")
        for name, kind in (("scan", Scan), ("defaults", Defaults)):
            if getattr(self, name) is not None:
                expect(getattr(self, name), kind, f"made by {kind.__name__}", name)
        as_pairs(self, "tags")
        expect_moved(self.name, self.moved)
