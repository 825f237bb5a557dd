"""Ten thousand schedules and instants: the next firings are those that an oracle finds by looking at every minute."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from tests.contract.aws.cron_walk import MONTHS, WEEKDAYS, firings

from backstay_aws.cron import parse
from backstay_aws.local_time import Gap

EVERY, SAMPLE = 10_000, 400
LAST_YEAR = 2034
ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Africa/Cairo", "America/Santiago", "Pacific/Auckland", "Africa/Casablanca",
)  # fmt: skip
CHANGES = (
    "2027-03-27",
    "2026-10-24",
    "2027-03-13",
    "2026-10-31",
    "2026-04-22",
    "2026-10-28",
    "2027-04-03",
    "2028-02-27",
)


def _numbers(dice: random.Random, low: int, high: int) -> str:
    """Numbers as people write them: stars, lists, ranges that may wrap, steps."""
    if dice.random() < 0.25:
        return "*"
    items = []
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        first, last, step = dice.randint(low, high), dice.randint(low, high), dice.randint(1, 12)
        items.append(
            dice.choice(
                [f"{first}", f"{first}", f"{first}-{last}", f"{first}/{step}", f"*/{step}", f"{first}-{last}/{step}"]
            )
        )
    return ",".join(items)


def _days(dice: random.Random) -> tuple[str, str]:
    """The two fields of days, of which one is a question mark."""
    weekday = lambda: dice.choice([*"1234567", *WEEKDAYS, "mon", "Fri"])  # noqa: E731
    match dice.randrange(10):
        case 0 | 1 | 2:
            return _numbers(dice, 1, 31), "?"
        case 3:
            return f"{dice.randint(1, 31)}W", "?"
        case 4:
            return dice.choice(["L", "LW", f"L-{dice.randint(1, 30)}"]), "?"
        case 5:
            return "?", f"{weekday()}#{dice.randint(1, 5)}"
        case 6:
            return "?", f"{weekday()}L"
        case 7:
            return "?", f"{weekday()}-{weekday()}"
        case 8:
            return "?", ",".join(weekday() for _ in range(dice.randint(1, 3)))
        case _:
            return dice.choice([("?", "*"), ("*", "?"), ("?", "L")])


def _draw(seed: int) -> tuple[str, str, datetime]:
    """A schedule, a time zone, an instant."""
    dice = random.Random(seed)
    month = dice.choice(
        [_numbers(dice, 1, 12), "*", dice.choice(MONTHS), f"{dice.choice(MONTHS)}-{dice.choice(MONTHS)}"]
    )
    first = dice.randint(2024, 2034)
    year = dice.choice(["*"] * 6 + [f"{first}", f"{first}-{min(first + 3, 2199)}", f"{first}/3", f"{first},2199"])
    days, weekdays = _days(dice)
    fields = f"{_numbers(dice, 0, 59)} {_numbers(dice, 0, 23)} {days} {month} {weekdays} {year}"
    if dice.random() < 0.4:
        start = datetime.fromisoformat(dice.choice(CHANGES)).replace(tzinfo=UTC)
    else:
        start = datetime(2024, 1, 1, tzinfo=UTC)
        start += timedelta(days=dice.randrange(9 * 365))
    return fields, dice.choice(ZONES), start + timedelta(minutes=dice.randrange(24 * 60))


def _agrees(seed: int) -> None:
    fields, zone, after = _draw(seed)
    wanted = list(islice(firings(fields, zone, after, LAST_YEAR), 3))
    found = list(islice(parse(f"cron({fields})").fires(after, zone), 3))
    inside = [at for at in found if at.year <= LAST_YEAR - 1]
    assert inside == [at for at in wanted if at.year <= LAST_YEAR - 1], f"{seed}: {fields} {zone} {after}"


def test_a_day_at_a_time_is_the_same_as_one_at_a_time() -> None:
    """`spread` gives what `fires` gives, around changes of the clock too, for each reading of a gap."""
    for seed in range(SAMPLE // 2):
        fields, zone, after = _draw(seed)
        gap: Gap = "skip" if seed % 2 else "next"
        schedule = parse(f"cron({fields})")
        wanted = [at.timestamp() for at in islice(schedule.fires(after, zone, gap), 40)]
        found = [at for day in islice(schedule.spread(after, zone, gap), 40) for at in day]
        assert found[:40] == wanted, f"{seed}: {fields} {zone} {after}"


def test_hundreds_of_schedules_fire_when_they_should() -> None:
    """A sample of the ten thousand."""
    for seed in range(SAMPLE):
        _agrees(seed)


@pytest.mark.long
def test_ten_thousand_schedules_fire_when_they_should() -> None:
    """`L W # ?`, names, years, steps, ranges that wrap, ten time zones, instants around changes of the clock."""
    for seed in range(EVERY):
        _agrees(seed)
