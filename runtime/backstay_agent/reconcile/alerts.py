"""Which alerts a result makes on one channel, given what that channel was told before. Pure.

The same trouble is told once, again when it changes or a day later, and once more when it is over. What could not be
read is neither repaired nor told again as new.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from backstay_agent.reconcile.findings import SEVERITIES, Result, Trouble, Unseen, trouble_of

Status = Literal["new", "changed", "again", "resolved"]
_AGAIN = timedelta(hours=24)
_ALMOST = timedelta(minutes=5)
"""So that a daily round, a little early, does not put a repetition off for another day."""
_FORGOTTEN = timedelta(days=14)
"""How long a trouble that a task tells only once is repeated when nothing is heard of it any more."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a channel was told of a trouble: in which words, when first and when last.

    `owed` is what could not be delivered yet: the channel is told of it as soon as it takes something.
    """

    trouble: Trouble
    first: datetime
    last: datetime
    owed: Status | None = None

    def document(self) -> dict[str, Any]:
        """As JSON."""
        times = {"first": self.first.isoformat(), "last": self.last.isoformat()}
        return {"trouble": self.trouble.document(), **times, **({"owed": self.owed} if self.owed else {})}


@dataclass(frozen=True, slots=True)
class Alert:
    """Something to tell: a trouble, and why now; `since` is when the channel first heard of it."""

    status: Status
    trouble: Trouble
    since: datetime


Memory = Mapping[str, Told]


def told_of(document: Mapping[str, Any]) -> Told:
    """What `Told.document` wrote; raises KeyError, TypeError or ValueError at anything else."""
    first, last = datetime.fromisoformat(document["first"]), datetime.fromisoformat(document["last"])
    return Told(trouble_of(document["trouble"]), first, last, document.get("owed"))


def decide(memory: Memory, result: Result) -> tuple[tuple[Alert, ...], Memory]:
    """The alerts of a result, worst first, and what the channel knows once it has been told them."""
    known = dict(memory)
    alerts = [alert for trouble in result.troubles if (alert := _present(known, trouble, result.at))]
    told = {trouble.key for trouble in result.troubles}
    absent = [key for key in memory if key.startswith(f"{result.task}/") and key not in told]
    alerts += [alert for key in absent if (alert := _absent(known, key, result))]
    return tuple(sorted(alerts, key=_order)), known


def owed(memory: Memory, task: str, now: datetime) -> tuple[tuple[Alert, ...], Memory]:
    """What a channel could not be told of a task's troubles, and what it knows once it has been."""
    known = dict(memory)
    alerts = [
        alert
        for key, told in memory.items()
        if key.startswith(f"{task}/") and told.owed and (alert := _pay(known, key, now))
    ]
    return tuple(sorted(alerts, key=_order)), known


def undelivered(known: Memory, alerts: Collection[Alert], now: datetime) -> Memory:
    """What the channel knows when these alerts did not get through: they are owed."""
    owing = {one.trouble.key: Told(one.trouble, one.since, now, one.status) for one in alerts}
    return {**known, **owing}


def _present(known: dict[str, Told], trouble: Trouble, now: datetime) -> Alert | None:
    """Something is wrong: whether that is told."""
    before = known.get(trouble.key)
    status = _status(before, trouble, now)
    if before is None or status is not None:
        first = before.first if before else now
        known[trouble.key] = Told(trouble, first, now)
        return Alert(status, trouble, first) if status else None
    known[trouble.key] = replace(before, trouble=trouble)
    return None


def _status(before: Told | None, trouble: Trouble, now: datetime) -> Status | None:
    if before is None:
        return "new"
    if before.owed is not None:
        return "again" if before.owed == "resolved" else before.owed
    if before.trouble.state != trouble.state or before.trouble.severity != trouble.severity:
        return "changed"
    return "again" if _is_due_again(before, trouble, now) else None


def _absent(known: dict[str, Told], key: str, result: Result) -> Alert | None:
    """A trouble that a result does not name: it is over, or unseen, or nothing was heard of it."""
    before = known[key]
    if before.owed == "resolved":
        return _pay(known, key, result.at)
    if _is_over(key, before, result):
        del known[key]
        words = result.endings.get(key)
        return Alert("resolved", replace(before.trouble, title=words) if words else before.trouble, before.first)
    if before.owed is not None:
        return _pay(known, key, result.at)
    return _repeated(known, key, result.at) if result.over is not None else None


def _pay(known: dict[str, Told], key: str, now: datetime) -> Alert | None:
    before = known[key]
    if before.owed is None:
        return None
    if before.owed == "resolved":
        del known[key]
    else:
        known[key] = replace(before, last=now, owed=None)
    return Alert(before.owed, before.trouble, before.first)


def _repeated(known: dict[str, Told], key: str, now: datetime) -> Alert | None:
    """What nobody heard of any more is told again for a while, then forgotten."""
    before = known[key]
    if now - before.first > _FORGOTTEN:
        del known[key]
        return None
    if not _is_due_again(before, before.trouble, now):
        return None
    known[key] = replace(before, last=now)
    return Alert("again", before.trouble, before.first)


def _is_due_again(before: Told, trouble: Trouble, now: datetime) -> bool:
    return trouble.repeat and now - before.last >= _AGAIN - _ALMOST


def _is_over(key: str, before: Told, result: Result) -> bool:
    if result.ending == "failed":
        return False
    if result.over is not None:
        return key in result.over
    return not _hidden(before.trouble, result.unseen)


def _hidden(trouble: Trouble, unseen: Collection[Unseen]) -> bool:
    """Whether a trouble's place was not read, so that nothing can be said of it."""
    return any(
        trouble.account == one.account and (one.region is None or trouble.region in (None, one.region))
        for one in unseen
    )


def _order(alert: Alert) -> tuple[bool, int, str, str]:
    return alert.status == "resolved", SEVERITIES.index(alert.trouble.severity), alert.trouble.title, alert.trouble.key
