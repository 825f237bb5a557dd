"""A construct of the model with everything that a rule wants to know of its surroundings; each is visited once."""

from __future__ import annotations

from dataclasses import dataclass

from backstay.ir import (
    AirGappedVault,
    Control,
    Copy,
    Framework,
    Key,
    LegalHold,
    Plan,
    PlanSelection,
    Report,
    RestoreSelection,
    RestoreTest,
    Role,
    Rule,
    Shape,
    Tiering,
    Vault,
    Waiver,
    Where,
)


@dataclass(frozen=True, slots=True)
class Site:
    """Where a construct stands. `path` names it as waivers do.

    All `shapes` have it, are of one Region and agree on their vaults; `accounts` are those of the shapes.
    """

    where: Where
    path: tuple[str, ...]
    shapes: tuple[Shape, ...]
    accounts: tuple[str, ...]

    @property
    def shape(self) -> Shape:
        """One of the shapes, standing for all."""
        return self.shapes[0]


@dataclass(frozen=True, slots=True)
class PlanSite(Site):
    """A plan."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class RuleSite(Site):
    """A rule of a plan."""

    plan: Plan
    rule: Rule

    @property
    def vault(self) -> Vault | None:
        """The vault that the rule writes to, if the policies declare it."""
        return self.shape.vault(self.rule.vault)


@dataclass(frozen=True, slots=True)
class CopySite(Site):
    """A copy action of a rule."""

    plan: Plan
    rule: Rule
    copy: Copy

    @property
    def vault(self) -> Vault | None:
        """The vault that is copied from, if the policies declare it."""
        return self.shape.vault(self.rule.vault)


@dataclass(frozen=True, slots=True)
class SelectionSite(Site):
    """A selection of a plan."""

    plan: Plan
    selection: PlanSelection


@dataclass(frozen=True, slots=True)
class VaultSite(Site):
    """A vault."""

    vault: Vault


@dataclass(frozen=True, slots=True)
class AirGappedSite(Site):
    """A logically air-gapped vault."""

    vault: AirGappedVault


@dataclass(frozen=True, slots=True)
class FrameworkSite(Site):
    """An Audit Manager framework."""

    framework: Framework


@dataclass(frozen=True, slots=True)
class ControlSite(Site):
    """A control of a framework."""

    framework: Framework
    control: Control


@dataclass(frozen=True, slots=True)
class ReportSite(Site):
    """A report plan."""

    report: Report


@dataclass(frozen=True, slots=True)
class RestoreTestSite(Site):
    """A restore-testing plan."""

    test: RestoreTest


@dataclass(frozen=True, slots=True)
class RestoreSelectionSite(Site):
    """A selection of a restore-testing plan."""

    test: RestoreTest
    selection: RestoreSelection


@dataclass(frozen=True, slots=True)
class LegalHoldSite(Site):
    """A legal hold."""

    hold: LegalHold


@dataclass(frozen=True, slots=True)
class TieringSite(Site):
    """A tiering configuration."""

    tiering: Tiering


@dataclass(frozen=True, slots=True)
class KeySite(Site):
    """A managed KMS key."""

    key: Key


@dataclass(frozen=True, slots=True)
class RoleSite(Site):
    """A managed IAM role; it stands in one Region's shape only."""

    role: Role


@dataclass(frozen=True, slots=True)
class WaiverSite(Site):
    """A waiver, and whether it silenced anything."""

    waiver: Waiver
    used: bool


@dataclass(frozen=True, slots=True)
class Destination:
    """What a copy's destination is for some accounts; `vault` None: the policies declare no such vault."""

    vault: Vault | None
    accounts: tuple[str, ...]
