"""When schedules fire: a table read off a calendar, daylight saving, and an oracle that walks minute by minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contract.aws.cron_walk import day_hits, number_hits

from backstay_aws.cron import in_dst_gap, known_zone, never_fires, parse, worst_gap

SUNDAY = datetime(2026, 11, 22, tzinfo=UTC)
LOCAL = datetime.fromisoformat

# After Sunday 2026-11-22 00:00 UTC, the next three firings (fewer where the schedule ends), read off a calendar.
TABLE = [
    ("0 5 ? * * *", "2026-11-22T05:00 2026-11-23T05:00 2026-11-24T05:00"),
    ("0 5 * * ? *", "2026-11-22T05:00 2026-11-23T05:00 2026-11-24T05:00"),
    ("0 0 * * ? *", "2026-11-23T00:00 2026-11-24T00:00 2026-11-25T00:00"),
    ("0/20 0 * * ? *", "2026-11-22T00:20 2026-11-22T00:40 2026-11-23T00:00"),
    ("0 * * * ? *", "2026-11-22T01:00 2026-11-22T02:00 2026-11-22T03:00"),
    ("30 * * * ? *", "2026-11-22T00:30 2026-11-22T01:30 2026-11-22T02:30"),
    ("5 */1 * * ? *", "2026-11-22T00:05 2026-11-22T01:05 2026-11-22T02:05"),
    ("0 0/12 * * ? *", "2026-11-22T12:00 2026-11-23T00:00 2026-11-23T12:00"),
    ("0 5/6 * * ? *", "2026-11-22T05:00 2026-11-22T11:00 2026-11-22T17:00"),
    ("0 0,6,12,18 * * ? *", "2026-11-22T06:00 2026-11-22T12:00 2026-11-22T18:00"),
    ("0 22-2 * * ? *", "2026-11-22T01:00 2026-11-22T02:00 2026-11-22T22:00"),
    ("0 22-4/2 * * ? *", "2026-11-22T02:00 2026-11-22T04:00 2026-11-22T22:00"),
    ("0 8-17/3 ? * MON-FRI *", "2026-11-23T08:00 2026-11-23T11:00 2026-11-23T14:00"),
    ("0 1 ? * SUN *", "2026-11-22T01:00 2026-11-29T01:00 2026-12-06T01:00"),
    ("0 5 ? * 1 *", "2026-11-22T05:00 2026-11-29T05:00 2026-12-06T05:00"),
    ("0 7 ? * 6 *", "2026-11-27T07:00 2026-12-04T07:00 2026-12-11T07:00"),
    ("0 5 ? * sat-mon *", "2026-11-22T05:00 2026-11-23T05:00 2026-11-28T05:00"),
    ("0 5 ? * FRI-SUN *", "2026-11-22T05:00 2026-11-27T05:00 2026-11-28T05:00"),
    ("0 5 ? * 7,1 *", "2026-11-22T05:00 2026-11-28T05:00 2026-11-29T05:00"),
    ("0 5 ? * L *", "2026-11-28T05:00 2026-12-05T05:00 2026-12-12T05:00"),
    ("0 5 ? * 6L *", "2026-11-27T05:00 2026-12-25T05:00 2027-01-29T05:00"),
    ("0 5 ? * friL *", "2026-11-27T05:00 2026-12-25T05:00 2027-01-29T05:00"),
    ("0 5 ? * 1L *", "2026-11-29T05:00 2026-12-27T05:00 2027-01-31T05:00"),
    ("0 9 ? * 2#1 *", "2026-12-07T09:00 2027-01-04T09:00 2027-02-01T09:00"),
    ("0 9 ? * TUE#3 *", "2026-12-15T09:00 2027-01-19T09:00 2027-02-16T09:00"),
    ("0 9 ? * 6#5 *", "2027-01-29T09:00 2027-04-30T09:00 2027-07-30T09:00"),
    ("0 5 ? 11 5#4 *", "2026-11-26T05:00 2027-11-25T05:00 2028-11-23T05:00"),
    ("0 5 1 * ? *", "2026-12-01T05:00 2027-01-01T05:00 2027-02-01T05:00"),
    ("0 2 1  * ? *", "2026-12-01T02:00 2027-01-01T02:00 2027-02-01T02:00"),
    ("0 5 31 * ? *", "2026-12-31T05:00 2027-01-31T05:00 2027-03-31T05:00"),
    ("0 5 30 * ? *", "2026-11-30T05:00 2026-12-30T05:00 2027-01-30T05:00"),
    ("0 5 29 2 ? *", "2028-02-29T05:00 2032-02-29T05:00 2036-02-29T05:00"),
    ("0 5 L * ? *", "2026-11-30T05:00 2026-12-31T05:00 2027-01-31T05:00"),
    ("0 5 L-3 * ? *", "2026-11-27T05:00 2026-12-28T05:00 2027-01-28T05:00"),
    ("0 5 L 2 ? *", "2027-02-28T05:00 2028-02-29T05:00 2029-02-28T05:00"),
    ("0 5 LW * ? *", "2026-11-30T05:00 2026-12-31T05:00 2027-01-29T05:00"),
    ("0 5 15W * ? *", "2026-12-15T05:00 2027-01-15T05:00 2027-02-15T05:00"),
    ("0 5 1W 5 ? 2027", "2027-05-03T05:00"),
    ("0 5 2W 1 ? *", "2027-01-01T05:00 2028-01-03T05:00 2029-01-02T05:00"),
    ("0 5 1W 8 ? *", "2027-08-02T05:00 2028-08-01T05:00 2029-08-01T05:00"),
    ("0 5 31W 10 ? *", "2027-10-29T05:00 2028-10-31T05:00 2029-10-31T05:00"),
    ("0 5 28W 11 ? *", "2026-11-27T05:00 2027-11-29T05:00 2028-11-28T05:00"),
    ("0 8 1 */3 ? *", "2027-01-01T08:00 2027-04-01T08:00 2027-07-01T08:00"),
    ("0 8 1 */12 ? *", "2027-01-01T08:00 2028-01-01T08:00 2029-01-01T08:00"),
    ("0 8 1 JAN,JUL ? *", "2027-01-01T08:00 2027-07-01T08:00 2028-01-01T08:00"),
    ("0 8 1 nov-jan ? *", "2026-12-01T08:00 2027-01-01T08:00 2027-11-01T08:00"),
    ("0 8 1 2/5 ? *", "2026-12-01T08:00 2027-02-01T08:00 2027-07-01T08:00"),
    ("0 5 1-7/3 * ? *", "2026-12-01T05:00 2026-12-04T05:00 2026-12-07T05:00"),
    ("0 5 28-2 * ? *", "2026-11-28T05:00 2026-11-29T05:00 2026-11-30T05:00"),
    ("0 5 */10 * ? *", "2026-12-01T05:00 2026-12-11T05:00 2026-12-21T05:00"),
    ("0 5 20/5 * ? *", "2026-11-25T05:00 2026-11-30T05:00 2026-12-20T05:00"),
    ("59 23 31 12 ? 2026", "2026-12-31T23:59"),
    ("0 5 1 1 ? 2027-2028", "2027-01-01T05:00 2028-01-01T05:00"),
    ("0 5 1 1 ? 2030/10", "2030-01-01T05:00 2040-01-01T05:00 2050-01-01T05:00"),
    ("0 5 1 1 ? 2027,2199", "2027-01-01T05:00 2199-01-01T05:00"),
    ("0 5 1 1 ? 2020", ""),
    ("0 5 30 2 ? *", ""),
    ("0 5 31 4,6 ? *", ""),
]


@pytest.mark.parametrize(("fields", "expected"), TABLE)
def test_fires_as_the_calendar_says(fields: str, expected: str) -> None:
    """Each expression fires next when a calendar, read by hand, says that it does."""
    cron = parse(f"cron({fields})")
    wanted = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in expected.split()]
    assert list(islice(cron.fires(SUNDAY), 3)) == wanted
    assert cron.next(SUNDAY) == (wanted[0] if wanted else None)
    assert never_fires(cron, SUNDAY) is (not wanted)


DAYLIGHT = [
    # zone, fields, after, the firings that follow (UTC): gaps are skipped, folded times fire once, the first time
    ("Europe/Berlin", "30 2 * * ? *", "2027-03-27T00:00", "2027-03-27T01:30 2027-03-29T00:30"),
    ("Europe/Berlin", "0 2 * * ? *", "2027-03-27T00:00", "2027-03-27T01:00 2027-03-29T00:00"),
    ("Europe/Berlin", "0 3 * * ? *", "2027-03-27T12:00", "2027-03-28T01:00 2027-03-29T01:00"),
    ("Europe/Berlin", "59 1 * * ? *", "2027-03-27T12:00", "2027-03-28T00:59 2027-03-28T23:59"),
    ("Europe/Berlin", "0 * * * ? *", "2027-03-27T23:00", "2027-03-28T00:00 2027-03-28T01:00 2027-03-28T02:00"),
    ("Europe/Berlin", "30 2 * * ? *", "2026-10-24T12:00", "2026-10-25T00:30 2026-10-26T01:30"),
    ("Europe/Berlin", "30 2 * * ? *", "2026-10-25T00:30", "2026-10-26T01:30"),
    ("Europe/Berlin", "0 * * * ? *", "2026-10-24T23:00", "2026-10-25T00:00 2026-10-25T02:00"),
    ("Europe/Berlin", "0 0 1 * ? *", "2026-11-22T00:00", "2026-11-30T23:00 2026-12-31T23:00"),
    ("America/New_York", "30 2 * * ? *", "2027-03-13T00:00", "2027-03-13T07:30 2027-03-15T06:30"),
    ("America/New_York", "0 3 * * ? *", "2027-03-13T12:00", "2027-03-14T07:00 2027-03-15T07:00"),
    ("America/New_York", "30 1 * * ? *", "2026-10-31T12:00", "2026-11-01T05:30 2026-11-02T06:30"),
    ("America/New_York", "30 1 * * ? *", "2026-11-01T05:45", "2026-11-02T06:30"),
    ("America/New_York", "0 22 31 12 ? 2026", "2026-12-31T23:00", "2027-01-01T03:00"),
    ("Asia/Kolkata", "0 0 * * ? *", "2026-11-22T00:00", "2026-11-22T18:30"),
    ("Pacific/Kiritimati", "0 5 * * ? *", "2026-11-22T00:00", "2026-11-22T15:00"),
    ("Africa/Cairo", "0 0 * * ? *", "2026-04-22T12:00", "2026-04-22T22:00 2026-04-24T21:00"),  # the gap is at midnight
]


@pytest.mark.parametrize(("zone", "fields", "after", "expected"), DAYLIGHT)
def test_daylight_saving(zone: str, fields: str, after: str, expected: str) -> None:
    """A local time that does not exist is skipped, one that comes twice fires once, and other days keep local time."""
    cron = parse(f"cron({fields})")
    wanted = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in expected.split()]
    assert list(islice(cron.fires(datetime.fromisoformat(after).replace(tzinfo=UTC), zone), len(wanted))) == wanted


@pytest.mark.parametrize(
    ("zone", "fields", "after", "expected"),
    [
        ("Europe/Berlin", "30 2 * * ? *", "2027-03-27T12:00", "2027-03-28T01:00 2027-03-29T00:30"),
        ("Europe/Berlin", "0 2,3 * * ? *", "2027-03-27T12:00", "2027-03-28T01:00 2027-03-29T00:00"),
        ("Europe/Berlin", "15,45 2 28 3 ? 2027", "2027-03-27T12:00", "2027-03-28T01:00"),
        ("America/New_York", "30 2 * * ? *", "2027-03-13T12:00", "2027-03-14T07:00 2027-03-15T06:30"),
        ("Africa/Cairo", "30 0 * * ? *", "2026-04-23T12:00", "2026-04-23T22:00 2026-04-24T21:30"),
        ("Pacific/Apia", "0 5 30 12 ? 2011", "2011-12-01T00:00", "2011-12-30T10:00"),  # a whole day is missing
    ],
)
def test_the_other_reading_of_a_gap(zone: str, fields: str, after: str, expected: str) -> None:
    """With gap="next" times in a gap fire once, at its end, and never twice with a time that is due then anyway."""
    cron = parse(f"cron({fields})")
    wanted = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in expected.split()]
    fires = cron.fires(datetime.fromisoformat(after).replace(tzinfo=UTC), zone, gap="next")
    assert list(islice(fires, len(wanted))) == wanted


@pytest.mark.parametrize(
    ("fields", "zone", "hours"),
    [
        ("0 * * * ? *", "UTC", 1),
        ("0 * * * ? *", "Europe/Berlin", 2),
        ("0 5 * * ? *", "UTC", 24),
        ("0 5 * * ? *", "Europe/Berlin", 25),
        ("30 2 * * ? *", "Europe/Berlin", 47),
        ("30 2 * * ? *", "America/New_York", 47),
        ("0 0/12 ? * * *", "UTC", 12),
        ("0 18/12 ? * * *", "UTC", 24),  # steps do not run over midnight
        ("0 5 ? * MON-FRI *", "UTC", 72),
        ("0 5 1 * ? *", "UTC", 31 * 24),
        ("0 5 31 * ? *", "UTC", 61 * 24),  # from 31 March to 31 May
        ("0 5 29 2 ? *", "UTC", (4 * 365 + 1) * 24),
    ],
)
def test_worst_gap(fields: str, zone: str, hours: int) -> None:
    """The longest wait between two firings is found, daylight saving and short months included."""
    assert worst_gap(parse(f"cron({fields})"), zone, SUNDAY) == timedelta(hours=hours)


def test_worst_gap_of_a_schedule_rarer_than_the_years_looked_at() -> None:
    """Two firings are always found where there are two, however late the first one is."""
    assert worst_gap(parse("cron(0 5 29 2 ? *)"), "UTC", SUNDAY, years=1) == timedelta(days=4 * 365 + 1)


@pytest.mark.parametrize("fields", ["0 5 30 2 ? *", "0 5 1 1 ? 2027", "0 5 * * ? 2026-2027", "0 5 * * ? 2020"])
def test_no_bound_on_the_gap(fields: str) -> None:
    """A schedule that fires less than twice, or stops for good in the years looked at, has no worst gap."""
    assert worst_gap(parse(f"cron({fields})"), "UTC", SUNDAY) is None


def test_lists_times_in_daylight_saving_gaps() -> None:
    """The local times that a schedule loses are named, in each of the years looked at."""
    cron = parse("cron(30 2 * * ? *)")
    assert in_dst_gap(cron, "Europe/Berlin", SUNDAY) == (LOCAL("2027-03-28T02:30"), LOCAL("2028-03-26T02:30"))
    assert in_dst_gap(cron, "America/New_York", SUNDAY, years=1) == (LOCAL("2027-03-14T02:30"),)
    assert in_dst_gap(cron, "UTC", SUNDAY) == ()
    assert in_dst_gap(parse("cron(30 4 * * ? *)"), "Europe/Berlin", SUNDAY) == ()


def test_knows_time_zones() -> None:
    """A name is a zone only if the IANA database has it; folders, paths and inventions are not."""
    assert known_zone("Europe/Berlin")
    assert known_zone("Etc/UTC")
    for name in ("Europe", "Europe/Bonn", "../etc/passwd", "/etc/localtime", ""):
        assert not known_zone(name)
    with pytest.raises(ZoneInfoNotFoundError):
        parse("cron(0 5 * * ? *)").next(SUNDAY, "Europe/Bonn")


def test_refuses_a_naive_start() -> None:
    """A start without a time zone is a mistake of the caller, not midnight somewhere."""
    with pytest.raises(ValueError, match="time zone"):
        parse("cron(0 5 * * ? *)").next(LOCAL("2026-11-22"))


def test_leap_day_start_has_years_after_it() -> None:
    """Counting years from 29 February works."""
    start = datetime(2028, 2, 29, tzinfo=UTC)
    assert worst_gap(parse("cron(0 5 * * ? *)"), "UTC", start, years=1) == timedelta(days=1)


# --- an oracle of its own walks minute by minute ----------------------------------------------------------------------


def _walk(fields: str, zone: str, start: datetime, minutes: int) -> Iterator[datetime]:
    """Give the firings in so many minutes after `start`, by asking every single minute."""
    minute, hour, month_day, month, week_day, year = fields.split()
    for step in range(1, minutes + 1):
        instant = start + timedelta(minutes=step)
        local = instant.astimezone(ZoneInfo(zone))
        if (
            local.fold == 0
            and number_hits(minute, local.minute, 0, 59)
            and number_hits(hour, local.hour, 0, 23)
            and number_hits(month, local.month, 1, 12)
            and number_hits(year, local.year, 1970, 2199)
            and day_hits(month_day, week_day, local.date())
        ):
            yield instant


def _numbers(low: int, high: int, *, wraps: bool = True) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    span = st.tuples(number, number).map(lambda pair: pair if wraps else tuple(sorted(pair)))
    item = st.one_of(
        number.map(str),
        st.just("*"),
        span.map(lambda pair: f"{pair[0]}-{pair[1]}"),
        st.builds("{}/{}".format, st.one_of(st.just("*"), number.map(str)), st.integers(1, 12)),
        st.builds("{0[0]}-{0[1]}/{1}".format, span, st.integers(1, 5)),
    )
    return st.lists(item, min_size=1, max_size=3).map(",".join)


WEEKDAY = st.sampled_from([*"1234567", "SUN", "mon", "Tue", "SAT"])
DAYS = st.one_of(
    _numbers(1, 31).map(lambda days: (days, "?")),
    st.sampled_from(["L", "LW", "L-1", "L-3", "L-30", "1W", "2W", "15W", "28W", "30W", "31W"]).map(
        lambda days: (days, "?")
    ),
    st.builds("{}-{}".format, WEEKDAY, WEEKDAY).map(lambda days: ("?", days)),
    st.lists(WEEKDAY, min_size=1, max_size=3).map(lambda days: ("?", ",".join(days))),
    st.builds("{}#{}".format, WEEKDAY, st.integers(1, 5)).map(lambda days: ("?", days)),
    WEEKDAY.map(lambda day: ("?", f"{day}L")),
    st.sampled_from(["*", "L"]).map(lambda days: ("?", days)),
)
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo"]
)
CHANGES = [
    "2027-03-27",
    "2026-10-24T03:00",
    "2027-03-13",
    "2026-10-31",
    "2026-04-22",
    "2026-10-28",
    "2027-04-03",
    "2028-02-27",
]
STARTS = st.one_of(
    st.datetimes(LOCAL("2024-01-01"), LOCAL("2033-01-01")),
    st.sampled_from(CHANGES).map(LOCAL),
).map(lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC))


@settings(max_examples=120, deadline=None)
@given(
    minute=_numbers(0, 59), hour=_numbers(0, 23), days=DAYS, month=st.one_of(st.just("*"), _numbers(1, 12)),
    zone=ZONES, start=STARTS,
)  # fmt: skip
def test_agrees_with_walking_every_minute(
    minute: str, hour: str, days: tuple[str, str], month: str, zone: str, start: datetime
) -> None:
    """Over two days of every minute, in zones with all kinds of clock changes, a plain walk finds the same firings."""
    fields = f"{minute} {hour} {days[0]} {month} {days[1]} *"
    end = start + timedelta(days=2)
    found = []
    for instant in parse(f"cron({fields})").fires(start, zone):
        if instant > end:
            break
        found.append(instant)
    assert found == list(_walk(fields, zone, start, 2 * 24 * 60))


@settings(max_examples=150, deadline=None)
@given(days=DAYS, month=st.one_of(st.just("*"), _numbers(1, 12)), year=st.integers(1972, 2196))
def test_agrees_with_walking_every_day(days: tuple[str, str], month: str, year: int) -> None:
    """Over two whole years of days, asking each day by itself finds the same days."""
    cron = parse(f"cron(0 12 {days[0]} {month} {days[1]} {year}-{year + 1})")
    every = (date(year, 1, 1) + timedelta(days=n) for n in range(2 * 366))
    wanted = [
        day for day in every if day.year <= year + 1 and number_hits(month, day.month, 1, 12) and day_hits(*days, day)
    ]
    assert [instant.date() for instant in cron.fires(datetime(year - 1, 12, 1, tzinfo=UTC))] == wanted


@settings(max_examples=60, deadline=None)
@given(days=DAYS, zone=ZONES, start=STARTS, hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_worst_gap_bounds_every_gap(days: tuple[str, str], zone: str, start: datetime, hour: int, minute: int) -> None:
    """No two consecutive firings of the next year lie further apart than the worst gap, and firings ascend."""
    cron = parse(f"cron({minute} {hour} {days[0]} * {days[1]} *)")
    bound = worst_gap(cron, zone, start, years=1)
    assert bound is not None
    end = start.replace(year=start.year + 1, day=min(start.day, 28))
    first_year = [at for at in islice(cron.fires(start, zone), 400) if at < end]
    assert all(timedelta(0) < later - earlier <= bound for earlier, later in pairwise(first_year))


HOURS = st.sampled_from(["*", "3", "0,6,12,18", "5/1", "2/12", "23"])


@settings(max_examples=60, deadline=None)
@given(days=DAYS, zone=ZONES, start=STARTS, hour=HOURS, minute=st.integers(0, 59))
def test_worst_gap_is_the_worst_of_all_gaps(
    days: tuple[str, str], zone: str, start: datetime, hour: str, minute: int
) -> None:
    """Looking at steady days as a whole finds what looking at every firing finds."""
    cron = parse(f"cron({minute} {hour} {days[0]} * {days[1]} *)")
    end = start.replace(
        year=start.year + 1, day=min(start.day, 28) if (start.month, start.day) == (2, 29) else start.day
    )
    seen: list[datetime] = []
    for instant in cron.fires(start, zone):
        seen.append(instant)
        if instant >= end and len(seen) > 1:
            break
    assert worst_gap(cron, zone, start, years=1) == max(later - earlier for earlier, later in pairwise(seen))
