"""A construct of the model with everything that a rule wants to know of its surroundings; each is visited once."""

from __future__ import annotations

from dataclasses import dataclass

from backstay.ir import Copy, Plan, PlanSelection, Rule, Shape, Vault, Waiver, Where


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
class WaiverSite(Site):
    """A waiver, and whether it silenced anything."""

    waiver: Waiver
    used: bool


@dataclass(frozen=True, slots=True)
class Destination:
    """What a copy's destination is for some accounts; `vault` None: the policies declare no such vault."""

    vault: Vault | None
    accounts: tuple[str, ...]
