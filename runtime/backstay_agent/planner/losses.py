"""Whether a change lowers protection, judged from the two bodies alone.

The judgement errs on the side of asking: what cannot be shown to protect at least as much counts as a loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from backstay_agent.observed import Lock
from backstay_aws import cron

Body = Mapping[str, Any]
Unlocks = Callable[[str, str], bool]
_FOR_EVER = float("inf")
_GAPPED = "TargetLogicallyAirGappedBackupVaultArn"


def plan_losses(
    before: Body, after: Body, now: datetime, unlocks: Unlocks = lambda _old, _new: False
) -> tuple[str, ...]:
    """What the rules of a plan protected and do not protect any more, as sentences.

    `unlocks` says of two vaults whether backups that went into the first one are locked less well in the second one.
    """
    start = datetime(now.year, 1, 1, tzinfo=UTC)
    return tuple(
        _told(rule, after, start, unlocks)
        for rule in before["Rules"]
        if all(any(_losses(rule, other, start, unlocks)) for other in after["Rules"])
    )


def _told(rule: Body, after: Body, start: datetime, unlocks: Unlocks) -> str:
    name = rule["RuleName"]
    same = next((other for other in after["Rules"] if other["RuleName"] == name), None)
    if same is None:
        return f"rule {name} goes"
    return f"rule {name} {'; '.join(_losses(rule, same, start, unlocks))}"


def _losses(before: Body, after: Body, start: datetime, unlocks: Unlocks) -> Iterator[str]:
    yield from rule_losses(before, after, start)
    old, new = before["TargetBackupVaultName"], after["TargetBackupVaultName"]
    if old != new and unlocks(old, new):
        yield f"goes into {new}, which is not locked as well as {old}"


def rule_losses(before: Body, after: Body, start: datetime) -> Iterator[str]:
    """What one rule protected and another one in its place does not, in a few words each."""
    if _kept_for(after) < _kept_for(before):
        yield "keeps recovery points for less time"
    if before["EnableContinuousBackup"] and not after["EnableContinuousBackup"]:
        yield "no longer backs up continuously"
    if _gap(after, start) > _gap(before, start):
        yield "runs less often"
    if before.get(_GAPPED) not in (None, after.get(_GAPPED)):
        yield f"no longer backs up into {before[_GAPPED]}"
    kept = {copy["DestinationBackupVaultArn"]: _kept_for(copy) for copy in after.get("CopyActions", ())}
    for copy in before.get("CopyActions", ()):
        arn = copy["DestinationBackupVaultArn"]
        if arn not in kept:
            yield f"no longer copies to {arn}"
        elif kept[arn] < _kept_for(copy):
            yield f"keeps copies in {arn} for less time"


def _kept_for(body: Body) -> float:
    return float(body.get("Lifecycle", {}).get("DeleteAfterDays", _FOR_EVER))


def _gap(rule: Body, start: datetime) -> timedelta:
    """The longest time between two runs; a schedule that cannot be read counts as never running."""
    return _worst_gap(rule.get("ScheduleExpression"), rule.get("ScheduleExpressionTimezone"), start)


@lru_cache(maxsize=4096)
def _worst_gap(schedule: str | None, zone: str | None, start: datetime) -> timedelta:
    if schedule is None or zone is None:
        return timedelta.max
    try:
        gap = cron.worst_gap(cron.parse(schedule), zone, start)
    except (cron.CronError, KeyError, ValueError):
        return timedelta.max
    return timedelta.max if gap is None else gap


def covers(after: Body, before: Body) -> bool:
    """Whether a selection surely takes every resource that another one takes, judged from its form alone."""
    wider = all(_set(after, name) >= _set(before, name) for name in ("Resources", "ListOfTags"))
    excluded = _set(after, "NotResources") <= _set(before, "NotResources")
    return wider and excluded and _conditions(after) <= _conditions(before)


def _set(body: Body, name: str) -> set[str]:
    return {repr(item) for item in body.get(name, ())}


def _conditions(body: Body) -> set[str]:
    return {f"{operator} {item!r}" for operator, items in body.get("Conditions", {}).items() for item in items}


def weaker(lock: Lock | None, than: Lock | None) -> bool:
    """Whether a lock protects less than another one: none, a lower minimum, or governance in place of compliance."""
    if than is None:
        return False
    if lock is None:
        return True
    was, now = than.immutable_from is not None, lock.immutable_from is not None
    return lock_loses(than.minimum, lock.minimum, was_compliance=was, is_compliance=now)


def lock_loses(minimum: int | None, wanted_minimum: int | None, *, was_compliance: bool, is_compliance: bool) -> bool:
    """Whether a lock gets weaker: a lower minimum, or governance in place of compliance."""
    return (wanted_minimum or 0) < (minimum or 0) or (was_compliance and not is_compliance)
