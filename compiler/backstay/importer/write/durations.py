"""Numbers of AWS as durations of the language: years only where they are exact by its own table."""

from __future__ import annotations

import math

from backstay.dsl.duration import DAYS_A_YEAR
from backstay.importer.write.code import Atom, Code, call

MINUTES_AN_HOUR = 60
HOURS_A_DAY = 24


def days(count: int) -> Code:
    """Days: `years(n)` if n years are exactly so many (1 → 366, 7 → 2557), else `days(n)`."""
    years = int(count / DAYS_A_YEAR)
    if years and math.ceil(DAYS_A_YEAR * years) == count:
        return call("years", Atom(str(years)))
    return call("days", Atom(str(count)))


def minutes(count: int) -> Code:
    """Minutes: whole hours as `hours(n)`."""
    if count and count % MINUTES_AN_HOUR == 0:
        return call("hours", Atom(str(count // MINUTES_AN_HOUR)))
    return call("minutes", Atom(str(count)))


def hours(count: int) -> Code:
    """Hours of AWS's restore testing."""
    return call("hours", Atom(str(count)))
