"""Plans, rules, copies and selections of the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backstay.ir.place import ACCOUNT, Where
from backstay_aws.lifecycle import Lifecycle
from backstay_aws.selection import Selection


@dataclass(frozen=True, slots=True)
class VaultRef:
    """A vault as a copy's destination or a rule's target. `account` is twelve digits or `ACCOUNT`."""

    account: str
    region: str
    name: str
    arn: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy action; an omitted `keep` has already become the rule's."""

    destination: VaultRef
    lifecycle: Lifecycle
    where: Where

    def column(self, region: str) -> str:
        """The column of the catalogue that says whether a type can be copied that way from a Region."""
        elsewhere, abroad = self.destination.account != ACCOUNT, self.destination.region != region
        if elsewhere and abroad:
            return "cross_region_and_account"
        return "cross_account" if elsewhere else "cross_region" if abroad else "same_region"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with every default written out. Windows in minutes; `scheduled`: the author wrote a schedule.

    `air_gapped`: the logically air-gapped primary target beside `vault`; `index`: types whose recovery
    points get a search index; `moved`: the name that the rule had before.
    """

    name: str
    schedule: str
    timezone: str
    scheduled: bool
    vault: str
    start_window: int
    completion_window: int
    lifecycle: Lifecycle
    continuous: bool
    copies: tuple[Copy, ...]
    tags: tuple[tuple[str, str], ...]
    where: Where
    air_gapped: VaultRef | None = None
    index: tuple[str, ...] = ()
    scan: Literal["FULL_SCAN", "INCREMENTAL_SCAN"] | None = None
    moved: str | None = None


@dataclass(frozen=True, slots=True)
class PlanSelection:
    """One AWS selection; one `Select` of the author may give several (`name`, `name-2`, …)."""

    name: str
    role_arn: str
    selection: Selection
    types: tuple[str, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class Scan:
    """`ScanSettings` of a plan: the types that are scanned for malware, and the scanner's role."""

    types: tuple[str, ...]
    role_arn: str
    where: Where


@dataclass(frozen=True, slots=True)
class Plan:
    """A backup plan.

    `advanced`: `AdvancedBackupSettings`, options by resource type (`("EC2", (("WindowsVSS", "enabled"),))`).
    """

    name: str
    rules: tuple[Rule, ...]
    selections: tuple[PlanSelection, ...]
    tags: tuple[tuple[str, str], ...]
    where: Where
    advanced: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    scan: Scan | None = None
    moved: str | None = None
