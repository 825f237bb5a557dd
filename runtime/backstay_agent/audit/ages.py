"""How old the facts of an audit are: which shards were not read by this run, oldest first. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from backstay_agent.controls.facts import Facts, Place

_CLOSE = timedelta(seconds=5)
"""So far apart may the clocks of AWS's Regions be: what is not older than this was read by the audit itself."""


def earlier(facts: Facts) -> tuple[Place, ...]:
    """The places that were read before the audit began, the oldest first."""
    found = [place for place in facts.places if place.read is not None and place.read < facts.now - _CLOSE]
    return tuple(sorted(found, key=lambda place: (place.read, place.account, place.region)))


def sentences(facts: Facts, called: Mapping[str, str]) -> tuple[str, ...]:
    """When each of them was read; nothing else is known of whether it has changed since."""
    return tuple(
        f"{called.get(place.account, place.account)}, {place.region}: read at {_moment(place.read)}, "
        f"{told(facts.now - place.read)} before this audit, and not again"
        for place in earlier(facts)
        if place.read is not None
    )


def told(age: timedelta) -> str:
    """An age in words: `2 h 3 min`."""
    minutes, seconds = divmod(int(age.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [f"{number} {unit}" for number, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if number]
    return " ".join(parts) or f"{seconds} s"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
