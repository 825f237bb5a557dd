"""A forecast: what policies come to for an inventory, over years. Pure.

Curves are of one resource and shared by all that are alike; sizes only multiply them. So the work grows with what the
policies say, and hardly with how many resources there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from backstay import ir
from backstay.forecast.achieved import ENDS
from backstay.forecast.ask import Ask
from backstay.forecast.lines import Held, Line, held, lines
from backstay.forecast.peaks import Peak
from backstay.forecast.series import Days, Row, days, rows
from backstay.forecast.served import Group, groups, imagined
from backstay.forecast.served import Row as Resource
from backstay.forecast.tally import Tally


@dataclass(frozen=True, slots=True)
class Achieved:
    """Resources that the same plans take: the longest without a new recovery point, and without one elsewhere.

    None: nothing of the kind is made; `ENDS`: there is no bound.
    """

    plans: tuple[str, ...]
    types: tuple[str, ...]
    resources: int
    gap: timedelta | None
    elsewhere: timedelta | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """Everything that a forecast says; `months` are the days on which the months end."""

    ask: Ask
    organization: str
    inventory: bool
    resources: int
    size: float
    months: tuple[date, ...]
    total: tuple[Row, ...]
    parts: Mapping[str, tuple[Row, ...]]
    """The total by what was asked for, the dearest (else the fullest) first."""
    days: Days
    lines: tuple[Line, ...]
    vaults: tuple[Held, ...]
    achieved: tuple[Achieved, ...]
    peaks: tuple[Peak, ...]
    notes: tuple[str, ...]

    @property
    def end(self) -> date:
        """The last day."""
        return self.months[-1]

    @property
    def cost(self) -> tuple[float, float, float]:
        """US dollars of all the months together: low, likely, high."""
        low, likely, high = zip(*(row.cost for row in self.total), strict=True)
        return sum(low), sum(likely), sum(high)


def outlook(model: ir.Model, inventory: Iterable[Resource] | None, ask: Ask) -> Outlook:
    """The forecast; without an inventory of one resource for each plan, and so without sizes and cost."""
    found = groups(model, inventory) if inventory is not None else imagined(model)
    tally = Tally(model, ask)
    for group in found:
        tally.add(group)
    months = len(tally.calendar.months)
    total = rows(tally.total, tally.months, months)
    parts = {key: rows(weights, tally.months, months) for key, weights in tally.parts.items()}
    ordered = sorted(parts, key=lambda key: (-parts[key][-1].cost[1], -parts[key][-1].points, key))
    return Outlook(
        ask=ask,
        organization=model.organization,
        inventory=inventory is not None,
        resources=sum(group.count for group in found) if inventory is not None else 0,
        size=sum(group.size for group in found),
        months=tuple(one - timedelta(days=1) for one in tally.calendar.months),
        total=total,
        parts={key: parts[key] for key in ordered},
        days=days(tally.total, tally.curves, tally.calendar.days),
        lines=lines(tally),
        vaults=held(tally),
        achieved=tuple(_achieved(tally)),
        peaks=tally.peaks() if inventory is not None else (),
        notes=tuple(_notes(found, tally, inventory is not None)),
    )


def _achieved(tally: Tally) -> Iterable[Achieved]:
    found: dict[tuple[tuple[str, ...], timedelta | None, timedelta | None], dict[str, int]] = {}
    for group, gap, elsewhere in tally.gaps:
        key = tuple(plan.name for plan in group.plans), gap, elsewhere
        types = found.setdefault(key, {})
        types[group.type] = types.get(group.type, 0) + group.count
    told = [
        Achieved(plans, tuple(sorted(one for one in types if one)), sum(types.values()), gap, elsewhere)
        for (plans, gap, elsewhere), types in found.items()
    ]
    return sorted(told, key=lambda one: (one.gap is None, one.gap or ENDS, one.elsewhere or ENDS, one.plans))


def _notes(found: list[Group], tally: Tally, inventory: bool) -> Iterable[str]:
    if not inventory:
        yield "There is no inventory: one resource for each plan is counted, without size and cost (--inventory FILE)."
    bare = sum(group.count for group in found if not group.plans)
    if bare:
        yield f"{_resources(bare)} of the inventory {'is' if bare == 1 else 'are'} in no plan."
    sizeless = sum(group.sizeless for group in found if group.plans)
    if inventory and sizeless:
        yield f"{_resources(sizeless)} {'has' if sizeless == 1 else 'have'} no `size_gb` and cost nothing here."
    guessed = sum(group.guessed for group in found if group.plans)
    if inventory and guessed and not tally.ask.change.fixed:
        has = "has" if guessed == 1 else "have"
        yield f"{_resources(guessed)} {has} no `daily_change`: 2 % of the size is assumed (--change LOW,LIKELY,HIGH)."
    for (label, why), count in sorted(tally.refused.items()):
        yield f"{label}: no recovery points of {_resources(count)}: {why}."


def _resources(count: int) -> str:
    return f"{count:,} resource{'' if count == 1 else 's'}"
