"""Lifecycles as AWS spells them: refused in AWS's words, and turned into dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, assert_never

from backstay_aws import lifecycle as aws
from backstay_aws.lifecycle import Dates, Lifecycle, LifecycleProblem

DELETE_RANGE = "DeleteAfterDays cannot be less than 1 or more than 36500 days"
COLD_GAP = "Invalid lifecycle. DeleteAfterDays cannot be less than 90 days apart from MoveToColdStorageAfterDays"
CONTINUOUS_COLD = "Invalid lifecycle. MoveToColdStorageAfterDays is unavailable"

_AS_SOURCE = -1  # DeleteAfterDays of a copy: as long as its source (semantics §2.7)


def read(facts: Mapping[str, Any] | None) -> Lifecycle:
    """A lifecycle out of a request; nothing means for ever."""
    facts = facts or {}
    return Lifecycle(
        cold_after=facts.get("MoveToColdStorageAfterDays"),
        delete_after=facts.get("DeleteAfterDays"),
        archive=bool(facts.get("OptInToArchiveForSupportedResources")),
    )


def of_copy(facts: Mapping[str, Any] | None, source: Mapping[str, Any]) -> dict[str, Any]:
    """The lifecycle that a copy gets: its own, with the expiry of its source where it names none."""
    own = dict(facts or {})
    if own.get("DeleteAfterDays") in (None, _AS_SOURCE):
        own.pop("DeleteAfterDays", None)
        if source.get("DeleteAfterDays") is not None:
            own["DeleteAfterDays"] = source["DeleteAfterDays"]
    return own


def without_event(facts: Mapping[str, Any]) -> dict[str, Any]:
    """A lifecycle without the event that ends it, which no request can name."""
    return {name: value for name, value in facts.items() if name != "DeleteAfterEvent"}


def problem(facts: Mapping[str, Any] | None, *, continuous: bool = False, copy: bool = False) -> str | None:
    """Why AWS refuses this lifecycle, in its words where they are known."""
    facts = facts or {}
    if facts.get("DeleteAfterEvent") is not None:
        return "Invalid lifecycle. DeleteAfterEvent cannot be set."
    if copy and facts.get("DeleteAfterDays") == _AS_SOURCE:
        facts = {name: value for name, value in facts.items() if name != "DeleteAfterDays"}
    found = aws.problems(read(facts), continuous=continuous)
    return _words(found[0]) if found else None


def dates(created: datetime, facts: Mapping[str, Any], *, goes_cold: bool) -> Dates:
    """When a recovery point of that date goes cold and ends; a type without cold storage never goes cold."""
    both = aws.dates(created, read(facts))
    return Dates(both.cold_at if goes_cold else None, both.delete_at)


def calculated(cold_at: datetime | None, delete_at: datetime | None) -> dict[str, datetime]:
    """CalculatedLifecycle, with the members that there are."""
    both = {"MoveToColdStorageAt": cold_at, "DeleteAt": delete_at}
    return {name: value for name, value in both.items() if value is not None}


def _words(found: LifecycleProblem) -> str:
    match found:
        case LifecycleProblem.COLD_GAP:
            return COLD_GAP
        case LifecycleProblem.DELETE_RANGE:
            return DELETE_RANGE
        case LifecycleProblem.CONTINUOUS_COLD:
            return CONTINUOUS_COLD
        case LifecycleProblem.COLD_BEFORE_1:
            return "Invalid lifecycle. MoveToColdStorageAfterDays cannot be less than 1"
        case LifecycleProblem.CONTINUOUS_RETENTION:
            return "Invalid lifecycle. DeleteAfterDays of a continuous backup cannot be more than 35 days"
        case LifecycleProblem.CONTINUOUS_WITHOUT_RETENTION:
            return "Lifecycle must be specified for backup rule enabled continuous backup"
        case _:
            assert_never(found)
