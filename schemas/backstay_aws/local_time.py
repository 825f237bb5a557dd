"""Turns the wall-clock times of a time zone into instants, with what daylight saving does to them.

Rule (documented for EventBridge Scheduler, read 2026-11; for AWS Backup itself only "may be skipped" is said, so the
reading of a gap is a parameter): a local time that does not exist is skipped, one that occurs twice counts once, at
its first occurrence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

Gap = Literal["skip", "next"]
"""What happens to a local time inside a daylight-saving gap: nothing, or it runs at the end of the gap."""

_DAY = timedelta(days=1)
_EPOCH = date(1970, 1, 1).toordinal()


@lru_cache(maxsize=1024)
def known_zone(name: str) -> bool:
    """Say whether a name is in the IANA time-zone database."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # a path, a folder of zones ("Europe"), or no such name
        return False
    return True


def instants(day: date, times: Iterable[time], zone: ZoneInfo, gap: Gap) -> Iterator[datetime]:
    """Give the instants (UTC) of ascending wall-clock times on one day, ascending and each once."""
    start = datetime.combine(day, time())
    offset, whole = _day_offset(zone, day)
    if whole:
        begin = (start - offset).replace(tzinfo=UTC)
        yield from (begin + _into_day(at) for at in times)
        return
    last: datetime | None = None
    for at in times:
        instant = _instant(datetime.combine(start, at), zone, gap)
        if instant is not None and (last is None or instant > last):
            last = instant
            yield instant


def seconds(day: date, times: Sequence[time], zone: ZoneInfo, gap: Gap) -> list[float]:
    """Give what `instants` gives as seconds since 1970, a whole day at once: many times as quick."""
    offset, whole = _day_offset(zone, day)
    if not whole:
        return [instant.timestamp() for instant in instants(day, times, zone, gap)]
    begin = (day.toordinal() - _EPOCH) * _DAY.total_seconds() - offset.total_seconds()
    return [begin + after for after in _seconds_into_day(tuple(times))]


@lru_cache(maxsize=256)
def _seconds_into_day(times: tuple[time, ...]) -> tuple[float, ...]:
    return tuple(_into_day(at).total_seconds() for at in times)


def steady(day: date, times: Sequence[time], zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """Give the first and the last instant (UTC) of ascending wall-clock times on a day without a change of the clock.

    Between them the clock is like any other: `None` for a day that has to be looked at time by time.
    """
    offset, whole = _day_offset(zone, day)
    if not whole:
        return None
    start = datetime.combine(day, time()) - offset
    return _instant_of(start, times[0]), _instant_of(start, times[-1])


def _instant_of(start: datetime, at: time) -> datetime:
    return (start + _into_day(at)).replace(tzinfo=UTC)


@lru_cache(maxsize=1440)
def _into_day(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute)


def missing(day: date, times: Iterable[time], zone: ZoneInfo) -> Iterator[datetime]:
    """Give those wall-clock times of one day that do not exist in the zone (naive)."""
    if not _day_offset(zone, day)[1]:
        for at in times:
            local = datetime.combine(day, at)
            if _instant(local, zone, "skip") is None:
                yield local


def _instant(local: datetime, zone: ZoneInfo, gap: Gap) -> datetime | None:
    instant = local.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return instant
    return _gap_end(local, zone) if gap == "next" else None


def _gap_end(local: datetime, zone: ZoneInfo) -> datetime:
    """Find the instant at which the clock jumps over this local time, by halving."""
    before = (local - _utcoffset(zone, local)).replace(tzinfo=UTC) - _DAY
    after = before + 2 * _DAY
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).replace(tzinfo=None) < local:
            before = middle
        else:
            after = middle
    return after


@lru_cache(maxsize=65536)
def _day_offset(zone: ZoneInfo, day: date) -> tuple[timedelta, bool]:
    """Give the zone's offset at a day's start, and whether it holds all day long (as the next day's start tells)."""
    start = datetime.combine(day, time())
    offset = _utcoffset(zone, start)
    return offset, offset == _utcoffset(zone, start + _DAY)


def _utcoffset(zone: ZoneInfo, local: datetime) -> timedelta:
    offset = local.replace(tzinfo=zone).utcoffset()
    assert offset is not None  # a ZoneInfo always knows its offset at a given date
    return offset
