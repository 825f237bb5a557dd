"""Numbers, durations and lists as a complaint says them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

_HOUR = 60
_DAY = 24 * _HOUR
_SHOWN = 3


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
    return plainly((f"`{name}`" for name in names), last)


def plainly(names: Iterable[str], last: str = "and") -> str:
    """The same without backticks, for Regions, months and the like: a, b and c."""
    found = list(names)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} {last} {found[-1]}"


def first_few(names: Iterable[str]) -> str:
    """Names in backticks, of many the first three and a count: `a`, `b`, `c` and 8 more; the last is never "1 more"."""
    found = list(names)
    if len(found) <= _SHOWN + 1:
        return listed(found)
    return f"{', '.join(f'`{name}`' for name in found[:_SHOWN])} and {len(found) - _SHOWN} more"


def these(names: Collection[object], one: str = "type") -> str:
    """What stands for names that were listed before: `this type`, `these types`."""
    return f"{'this' if len(names) == 1 else 'these'} {plural(names, one)}"


def plural(names: Collection[object], one: str) -> str:
    """What precedes names that are listed: `plan`, `plans`."""
    return one if len(names) == 1 else f"{one}s"


def them(names: Collection[object]) -> str:
    """What stands for names that were listed before, by itself: `it`, `them`."""
    return "it" if len(names) == 1 else "them"


def their(names: Collection[object]) -> str:
    """What is owned by names that were listed before: `its`, `their`."""
    return "its" if len(names) == 1 else "their"


def have(names: Collection[object]) -> str:
    """The verb after names that were listed: `has`, `have`."""
    return "has" if len(names) == 1 else "have"
