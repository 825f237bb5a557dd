"""What a forecast is asked: from when, for how long, at what change, at which prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from backstay.forecast.prices import Prices, published

By = Literal["rule", "account", "type", "vault"]
BYS: tuple[By, ...] = ("rule", "account", "type", "vault")
Three = tuple[float, float, float]
"""Low, likely, high."""


@dataclass(frozen=True, slots=True)
class Change:
    """How much of a resource changes in a day: shares of its size where `fixed`, else of what the inventory says."""

    low: float = 0.5
    likely: float = 1.0
    high: float = 2.0
    fixed: bool = False

    def of(self, size: float, change: float) -> Three:
        """GiB a day, of so many that are and so many that change by the inventory."""
        base = size if self.fixed else change
        return base * self.low, base * self.likely, base * self.high

    @property
    def said(self) -> str:
        """The range in words."""
        if self.fixed:
            return f"{self.low:.1%} to {self.high:.1%} change a day, likely {self.likely:.1%}"
        return "daily change as in the inventory, from half to double"


@dataclass(frozen=True, slots=True)
class Ask:
    """One question; a resource keeps its size, and no recovery point is there when it begins."""

    start: date
    years: int = 3
    by: By = "rule"
    change: Change = Change()
    prices: Prices | None = None

    @property
    def priced(self) -> Prices:
        """The prices to count with."""
        return self.prices or published()
