"""The closed form is what happens: two hundred drawn policies, simulated recovery point by recovery point."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, time, timedelta

import pytest
from tests.compiler.forecast.simulation import DAY, START, can, draw, simulate, taken

from backstay import ir
from backstay.forecast.achieved import ENDS
from backstay.forecast.ask import Ask
from backstay.forecast.outlook import Outlook, outlook
from backstay.forecast.prices import published
from backstay_aws import cron

PLANS = 200
SAMPLE = 12


def _compare(seed: int) -> None:
    model, rows = draw(seed)
    found = outlook(model, rows, Ask(START, 1 + seed % 2))
    days = len(found.days.warm)
    seen = simulate(model, rows, days, published().of)
    assert found.days.warm == tuple(one.warm for one in seen)
    assert found.days.cold == tuple(one.cold for one in seen)
    assert found.days.gb == pytest.approx([one.gib for one in seen])
    begin = 0
    for last, row in zip(found.months, found.total, strict=True):
        end = (last - START).days + 1
        part = seen[begin:end]
        count = len(part)
        assert (row.warm, row.cold) == (part[-1].warm, part[-1].cold)
        assert row.gb == pytest.approx(sum(one.gib for one in part) / count)
        assert row.gb_cold == pytest.approx(sum(one.gib_cold for one in part) / count)
        assert row.gb_moved == pytest.approx(sum(one.moved for one in part))
        cost = sum(one.usd for one in part) / count + sum(one.usd_moved for one in part)
        assert row.cost[1] == pytest.approx(cost)
        begin = end
    assert begin == days
    _gaps(model, rows, found)


def _gaps(model: ir.Model, rows: list[dict[str, object]], found: Outlook) -> None:
    """Each resource's worst gap, by trying every pair of a backup and a later one."""
    wanted: dict[timedelta | None, int] = {}
    for row in rows:
        rules = [rule for plan in taken(model.shapes[0], row) for rule in plan.rules]
        gap = _worst(rules, str(row["type"]), found)
        wanted[gap] = wanted.get(gap, 0) + 1
    told: dict[timedelta | None, int] = {}
    for one in found.achieved:
        told[one.gap] = told.get(one.gap, 0) + one.resources
    assert told == wanted


def _worst(rules: list[ir.Rule], kind: str, found: Outlook) -> timedelta | None:
    if not rules:
        return None
    if any(rule.continuous and can(kind, "continuous") for rule in rules):
        return timedelta(minutes=15)
    zero = datetime.combine(START, time(), UTC)
    end = zero + len(found.days.warm) * DAY
    starts = set()
    latest: dict[datetime, datetime] = {}  # the latest start of each firing
    beyond = False
    for rule in rules:
        for at in cron.parse(rule.schedule).fires(zero - timedelta(seconds=1), rule.timezone):
            late = at + timedelta(minutes=rule.start_window)
            latest[at] = min(late, latest.get(at, late))
            beyond = beyond or at > end
            if at > end + 800 * DAY:
                break
            starts.add(at)
    if not beyond:
        return ENDS
    inside = sorted(at for at in starts if at <= end) or [min(starts)]
    every = sorted(latest)
    return max(_next(one, every, latest) - one for one in inside)


def _next(one: datetime, every: list[datetime], latest: dict[datetime, datetime]) -> datetime:
    """The time until which the next backup has begun for certain."""
    best: datetime | None = None
    for place in range(bisect_right(every, one), len(every)):
        at = every[place]
        if best is not None and at > best:
            break
        best = latest[at] if best is None else min(best, latest[at])
    assert best is not None
    return best


@pytest.mark.parametrize("seed", range(SAMPLE))
def test_a_forecast_is_what_happens(seed: int) -> None:
    """Points by tier and GiB of every day, months, transfers, cost, gaps: as every single event gives them."""
    _compare(seed)


@pytest.mark.long
def test_two_hundred_forecasts_are_what_happens() -> None:
    """The same of two hundred drawn policies."""
    for seed in range(PLANS):
        _compare(seed)
