"""Durations that cannot be mistaken for one another: days for retention, minutes for windows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from backstay.dsl.node import Node, PolicyError, expect

DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Days(Node):
    """A number of days, as lifecycles and locks count."""

    count: int

    def check(self) -> None:
        """Whole and not negative; what AWS takes is the linter's business."""
        expect(self.count, int, "a whole number", "n")
        if self.count < 0:
            raise PolicyError(f"a duration cannot be negative, and this is {self.count} days", field="n")

    def __str__(self) -> str:
        return f"{self.count} day" if self.count == 1 else f"{self.count} days"


@dataclass(frozen=True)
class Minutes(Node):
    """A number of minutes, as windows count."""

    count: int

    def check(self) -> None:
        """Whole and not negative."""
        expect(self.count, int, "a whole number", "n")
        if self.count < 0:
            raise PolicyError(f"a duration cannot be negative, and this is {self.count} minutes", field="n")

    def __str__(self) -> str:
        return f"{self.count} minutes"


def days(n: int) -> Days:
    """`n` days."""
    return Days(n)


def weeks(n: int) -> Days:
    """`n` weeks, in days."""
    expect(n, int, "a whole number", "n")
    return Days(7 * n)


def years(n: int) -> Days:
    """`n` years as the least whole number of days that is not short of them: 1 → 366, 7 → 2557."""
    expect(n, int, "a whole number", "n")
    return Days(math.ceil(DAYS_A_YEAR * n))


def hours(n: int) -> Minutes:
    """`n` hours, in minutes."""
    expect(n, int, "a whole number", "n")
    return Minutes(60 * n)


def minutes(n: int) -> Minutes:
    """`n` minutes."""
    return Minutes(n)
