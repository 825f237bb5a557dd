"""What backups cost a month once recovery points come and go alike, and what a change of policies makes of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from backstay import ir
from backstay.forecast.ask import Ask, Three
from backstay.forecast.outlook import outlook
from backstay.forecast.served import Row

MOST_YEARS = 10
"""How far a settled month is looked for: what is kept longer, or for ever, is told as it is then."""
_YEAR = 365


@dataclass(frozen=True, slots=True)
class Difference:
    """US dollars a month more (or less): least, likely, most; and what it rests on."""

    least: float
    likely: float
    most: float
    said: str


def difference(old: ir.Model, new: ir.Model, inventory: Iterable[Row], ask: Ask) -> Difference:
    """What a month costs more with the new policies than with the old ones, for the same resources."""
    rows = tuple(inventory)
    years, whole = _years(old, new)
    then = replace(ask, years=years)
    pairs = zip(month(old, rows, then), month(new, rows, then), strict=True)
    least, likely, most = sorted(after - before for before, after in pairs)
    when = (
        f"after {years} years, when it has settled" if whole else f"after {years} years; what is kept longer grows on"
    )
    said = f"a month {when}, for {len(rows):,} resources; {ask.priced.said}, other Regions differ; {ask.change.said}"
    return Difference(least, likely, most, said)


def month(model: ir.Model, inventory: Iterable[Row], ask: Ask) -> Three:
    """What a month of the last year costs, in the mean."""
    last = outlook(model, inventory, ask).total[-12:]
    low, likely, high = zip(*(row.cost for row in last), strict=True)
    return sum(low) / len(last), sum(likely) / len(last), sum(high) / len(last)


def _years(*models: ir.Model) -> tuple[int, bool]:
    """The years after which nothing grows any more, and whether there are so many within reach."""
    kept = [
        lifecycle.delete_after
        for model in models
        for shape in model.shapes
        for plan in shape.plans
        for rule in plan.rules
        for lifecycle in (rule.lifecycle, *(copy.lifecycle for copy in rule.copies))
    ]
    longest = max((days for days in kept if days is not None), default=0)
    years = -(-longest // _YEAR) + 1
    return min(years, MOST_YEARS), years <= MOST_YEARS and None not in kept
