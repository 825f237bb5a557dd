"""Numbers, durations and lists as a complaint says them."""

from __future__ import annotations

from collections.abc import Iterable

_HOUR = 60
_DAY = 24 * _HOUR


def days(count: int | None) -> str:
    """A retention: `35 days`, `1 day`, `for ever`."""
    if count is None:
        return "for ever"
    return "1 day" if count == 1 else f"{count} days"


def kept(count: int | None) -> str:
    """How long something is kept, after the word "kept" or "points": `for 35 days`, `for ever`."""
    return "for ever" if count is None else f"for {days(count)}"


def minutes(count: int) -> str:
    """A window in the largest unit that says it exactly: `8 hours`, `90 minutes`, `7 days`."""
    for size, unit in ((_DAY, "day"), (_HOUR, "hour")):
        if count and count % size == 0:
            number = count // size
            return f"1 {unit}" if number == 1 else f"{number} {unit}s"
    return "1 minute" if count == 1 else f"{count} minutes"


def every(count: int) -> str:
    """An interval, after a verb: `every 15 minutes`, `every hour`, `every 2 days`."""
    return f"every {minutes(count).removeprefix('1 ')}"


def listed(names: Iterable[str], last: str = "and") -> str:
    """Names in backticks: `a`, `b` and `c`."""
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
