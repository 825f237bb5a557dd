"""An account of the organization as a test asks about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backstay.testing.wrong import unknown

if TYPE_CHECKING:
    from backstay import ir


@dataclass(frozen=True)
class Account:
    """An account, and by Region what the policies give it. `unit` is its path, empty for the root."""

    id: str
    name: str
    unit: str
    tags: Mapping[str, str]
    regions: tuple[str, ...]
    shapes: Mapping[str, ir.Shape] = field(repr=False, compare=False)
    """What it gets in each Region, as `backstay.ir` has it; only Regions in which it gets anything."""

    @property
    def plans(self) -> Mapping[str, ir.Plan]:
        """The plans that reach it in any Region, by name: `assert set(account.plans) == {"gold", "silver"}`."""
        return {plan.name: plan for shape in self.shapes.values() for plan in shape.plans}

    @property
    def vaults(self) -> Mapping[str, ir.Vault]:
        """The vaults that it gets in any Region, by name, the air-gapped ones as what they are to a copy."""
        found = {vault.name: vault for shape in self.shapes.values() for vault in shape.vaults}
        gapped = {one.name: one.as_vault for shape in self.shapes.values() for one in shape.air_gapped_vaults}
        return {**found, **gapped}

    def plans_in(self, region: str) -> Mapping[str, ir.Plan]:
        """The plans that reach it in one Region, by name. Raises `UnknownError` for a Region that it does not use."""
        if region not in self.regions:
            raise unknown(f"Region of {self.name}", region, self.regions)
        shape = self.shapes.get(region)
        return {plan.name: plan for plan in shape.plans} if shape is not None else {}

    def __str__(self) -> str:
        return f"{self.name} ({self.id}, {self.unit or 'the root'})"
