"""Legal holds. AWS can only make and cancel them: one that is to say something else is made anew, then the old goes.

What a cancelled hold held can be deleted from then on, and what has expired meanwhile is deleted within a day
(developer guide, "Legal holds", read 2026-11): nothing brings that back, so each cancellation is approved by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from backstay_agent import normal
from backstay_agent.observed import Part
from backstay_agent.parts.listed import GONE, Listing, read, tag
from backstay_agent.parts.noun import Body, Change, Look, Noun, Removal, Task, Wish
from backstay_agent.parts.steps import Step, Steps

_RANGE = "DateRange"
_OVER = frozenset({"CANCELING", "CANCELED"})
_PAUSES = (0, 1, 2, 4, 8, 16, 30)  # seconds
_CANCELLED = "No policy names this hold any more; cancelled by Backstay."


def _body(answer: Body) -> Body:
    points = dict(answer.get("RecoveryPointSelection") or {})
    if points.get(_RANGE):
        points[_RANGE] = {name: _time(value) for name, value in points[_RANGE].items()}
    members = {name: answer.get(name) for name in ("Title", "Description")}
    body: Body = normal.settled({**members, "RecoveryPointSelection": points})
    return body


def _time(value: Any) -> str:
    """A moment as UTC in ISO 8601: the build has text, AWS's answer a time."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _wishes(shape: Body) -> Iterator[Wish]:
    for one in shape.get("legal_holds", ()):
        yield Wish("legal-hold", one["Title"], _body(one), one.get("Tags", {}))


_WAY = Listing(
    "ListLegalHolds",
    "LegalHolds",
    "Title",
    "LegalHoldArn",
    "GetLegalHold",
    _body,
    key="LegalHoldId",
    by="LegalHoldId",
    state="Status",
    leaving=_OVER,
)


def _read(look: Look) -> Steps[list[Part]]:
    return (yield from read("legal-hold", _WAY, look))


def _create(task: Task) -> Steps[None]:
    yield Step("CreateLegalHold", {**task.body, "Tags": task.tags, "IdempotencyToken": task.token})


def _update(task: Task) -> Steps[None]:
    described = yield Step("GetLegalHold", {"LegalHoldId": task.key})
    yield from tag(str(described["LegalHoldArn"]), task.tags)


def _delete(task: Task) -> Steps[None]:
    """Cancel it; one that is still being made is waited for, one that was cancelled already is left."""
    for pause in _PAUSES:
        asked = {"LegalHoldId": task.key}
        hold = yield Step("GetLegalHold", asked, fine=GONE, wait=pause)
        if hold.get("Status") in _OVER or not hold:
            return
        if hold["Status"] == "ACTIVE":
            break
    yield Step("CancelLegalHold", {"LegalHoldId": task.key, "CancelDescription": _CANCELLED}, fine=GONE)


def _change(_before: Body, _after: Body) -> Change:
    return Change(anew=True)


def _removal(_part: Part) -> Removal:
    return Removal("irreversible", told=("what only this hold keeps can be deleted, and expires, from then on",))


NOUN = Noun(
    "legal-hold",
    "legal_holds",
    _wishes,
    _read,
    _create,
    _update,
    _delete,
    change=_change,
    removal=_removal,
    many=True,
    index="backup:legal-hold",
)
