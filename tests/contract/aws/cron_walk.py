"""An oracle of cron that knows the fields as text, and asks one number, one day and one minute after the other."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
NAMES = {name: str(n) for names in (WEEKDAYS, MONTHS) for n, name in enumerate(names, 1)}


def number_hits(field: str, value: int, low: int, high: int) -> bool:
    """Judge one number against a list of stars, numbers, ranges and steps by walking each item."""
    for item in field.upper().split(","):
        span, _, step = item.partition("/")
        first, _, last = span.partition("-")
        begin = low if span == "*" else int(NAMES.get(first, first))
        end = high if span == "*" or (step and not last) else int(NAMES.get(last or first, last or first))
        at, walked = begin, 0
        while True:
            if at == value and walked % int(step or 1) == 0:
                return True
            if at == end:
                break
            at, walked = (low if at == high else at + 1), walked + 1
    return False


def day_hits(month_day: str, week_day: str, day: date) -> bool:
    """Judge one date against the two day fields by looking at the days around it."""
    last = monthrange(day.year, day.month)[1]
    month_day, week_day = month_day.upper(), week_day.upper()
    if week_day == "?":
        if month_day == "LW":
            return day == max(d for d in _month(day) if d.weekday() < 5)
        if month_day.startswith("L"):
            return day.day == last - int(month_day[2:] or 0)
        if month_day.endswith("W"):
            wanted = int(month_day[:-1])
            working = [d for d in _month(day) if d.weekday() < 5]
            return wanted <= last and day == min(working, key=lambda d: abs(d.day - wanted))
        return number_hits(month_day, day.day, 1, 31)
    number = day.isoweekday() % 7 + 1
    if "#" in week_day:
        name, nth = week_day.split("#")
        return number == int(NAMES.get(name, name)) and (day.day + 6) // 7 == int(nth)
    if week_day == "L":
        return number == 7
    if week_day.endswith("L"):
        return number == int(NAMES.get(week_day[:-1], week_day[:-1])) and day.day + 7 > last
    return number_hits(week_day, number, 1, 7)


def _month(day: date) -> Iterator[date]:
    return (day.replace(day=n) for n in range(1, monthrange(day.year, day.month)[1] + 1))


def firings(fields: str, zone: str, after: datetime, last_year: int) -> Iterator[datetime]:
    """The firings (UTC) after an instant up to the end of a year, by asking every day, hour and minute of the clock.

    A local time that no instant shows is none; of two instants that show it the first counts.
    """
    minute, hour, month_day, month, week_day, year = fields.split()
    hours = [at for at in range(24) if number_hits(hour, at, 0, 23)]
    minutes = [at for at in range(60) if number_hits(minute, at, 0, 59)]
    day = after.date() - timedelta(days=2)
    while day.year <= last_year:
        if (
            number_hits(month, day.month, 1, 12)
            and number_hits(year, day.year, 1970, 2199)
            and day_hits(month_day, week_day, day)
        ):
            found = {_instant(datetime.combine(day, time(h, m)), ZoneInfo(zone)) for h in hours for m in minutes}
            yield from sorted(at for at in found if at is not None and at > after)
        day += timedelta(days=1)


def _instant(local: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant at which a clock shows a time, by trying the offsets of the days around."""
    around = (local.replace(tzinfo=UTC) + timedelta(days=shift) for shift in (-2, 2))
    offsets = {at.astimezone(zone).utcoffset() for at in around}
    tried = ((local - offset).replace(tzinfo=UTC) for offset in offsets if offset is not None)
    return min((at for at in tried if at.astimezone(zone).replace(tzinfo=None) == local), default=None)
