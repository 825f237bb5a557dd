"""What a run of a restore testing plan tests: resources by selection, and one recovery point of each."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from backstay_aws import selection as aws
from backstay_aws.globs import glob
from backstay_local.backup import tags
from backstay_local.backup.restore_testing import documents
from backstay_local.backup.restore_testing.rows import Plan, Trial
from backstay_local.backup.rows import Json, Protected, RecoveryPoint, newest_first
from backstay_local.backup.state import State

_OF_RESOURCE = "account = ? AND region = ? AND resource_arn = ?"
_SNAPSHOT = "NOT continuous AND status IN ('COMPLETED', 'AVAILABLE')"
_STREAM = "continuous AND status IN ('AVAILABLE', 'STOPPED')"
_LAST = "~"  # sorts after every ARN


@dataclass(frozen=True, slots=True)
class Chosen:
    """The recovery point that a test restores; of a continuous one a moment, or None for its end."""

    point: RecoveryPoint
    moment: datetime | None = None


def resources(state: State, plan: Plan, body: Json) -> Iterator[Protected]:
    """The protected resources that a selection of a plan takes, whether or not they have a fitting recovery point."""
    kind, table = body["ProtectedResourceType"], state.tables.protected
    named = [arn for arn in body.get("ProtectedResourceArns") or () if arn != documents.EVERY]
    if named:
        found = [row for arn in named if (row := table.get(plan.account, plan.region, arn)) is not None]
        yield from (row for row in found if row.resource_type == kind)
        return
    wanted = _tagged(body)
    scope = ("account = ? AND region = ? AND resource_type = ?", plan.account, plan.region, kind)
    for row in table.where(*scope, order="resource_arn"):
        if wanted is None or _matches(state, wanted, row):
            yield row


def _tagged(body: Json) -> aws.Selection | None:
    """The tag conditions of a selection, if it has any, in the form of a backup selection of everything."""
    given = list(documents.conditions(body))
    if not given:
        return None
    equal = tuple((key, value) for operator, key, value in given if operator == "StringEquals")
    other = tuple((key, value) for operator, key, value in given if operator == "StringNotEquals")
    return aws.Selection(resources=(documents.EVERY,), string_equals=equal, string_not_equals=other)


def _matches(state: State, wanted: aws.Selection, row: Protected) -> bool:
    """Whether the conditions hold for the tags on the newest recovery point of a resource."""
    newest = state.tables.points.first(_OF_RESOURCE, row.account, row.region, row.resource_arn, order="sort")
    return newest is not None and aws.matches(
        wanted,
        arn=row.resource_arn,
        resource_type=row.resource_type,
        tags=tags.of(state, newest.arn),
        opted_in=lambda _: True,
        absent_matches_not=state.settings.absent_matches_not,
    )


def choose(state: State, plan: Plan, trial: Trial, at: datetime) -> Chosen | None:
    """The recovery point that a test restores when it begins at a time; None when there is no fitting one."""
    look = _Look(state, plan, trial.resource_arn, at)
    if plan.body["RecoveryPointSelection"]["Algorithm"] == "LATEST_WITHIN_WINDOW":
        return look.latest()
    return look.any(chance(state, trial, "point"))


def chance(state: State, trial: Trial, what: str) -> random.Random:
    """The luck of one test in one thing: random to look at, the same whenever the same is done with the same seed."""
    facts = (state.settings.restore_test_seed, trial.account, trial.region, trial.plan_name, trial.run.isoformat())
    return random.Random(f"{what} {facts} {trial.resource_arn}")


class _Look:
    """A look through the fitting recovery points of one resource, along the index of their age."""

    def __init__(self, state: State, plan: Plan, resource_arn: str, at: datetime) -> None:
        points = plan.body["RecoveryPointSelection"]
        self._points, self._moments = state.tables.points, state.tables.moments
        self._types = points["RecoveryPointTypes"]
        self._oldest = at - timedelta(days=points["SelectionWindowDays"])
        self._at = at
        vaults = [row.arn for row in state.tables.vaults.where("account = ? AND region = ?", plan.account, plan.region)]
        self._vaults = [arn for arn in vaults if _wanted(arn, points)]
        marks = ", ".join("?" * len(self._vaults))
        self._scope = f"{_OF_RESOURCE} AND vault_arn IN ({marks})"
        self._values = (plan.account, plan.region, resource_arn, *self._vaults)

    def latest(self) -> Chosen | None:
        """The newest: a snapshot by its creation, a stream by its last state."""
        condition, values = self._snapshots()
        snapshot = self._points.first(condition, *values, order="sort") if "SNAPSHOT" in self._types else None
        found = [(snapshot.created, snapshot)] if snapshot is not None else []
        found += [(point.completed or point.created, point) for point in self._streams()]
        return Chosen(max(found, key=lambda one: one[0])[1]) if found else None

    def any(self, chance: random.Random) -> Chosen | None:
        """One at random; of a stream a random state within the window."""
        condition, values = self._snapshots()
        number = self._points.count(condition, *values) if "SNAPSHOT" in self._types else 0
        streams = self._streams()
        if not number and not streams:
            return None
        place = chance.randrange(number + len(streams))
        if place >= number:
            return self._moment(streams[place - number], chance)
        point = self._points.first(condition, *values, order="sort", skip=place)
        return None if point is None else Chosen(point)

    def _snapshots(self) -> tuple[str, tuple[object, ...]]:
        oldest = newest_first(self._oldest, _LAST)
        return f"{self._scope} AND sort <= ? AND {_SNAPSHOT}", (*self._values, oldest)

    def _streams(self) -> list[RecoveryPoint]:
        if "CONTINUOUS" not in self._types:
            return []
        condition = f"{self._scope} AND {_STREAM} AND completed >= ?"
        return self._points.where(condition, *self._values, self._oldest, order="sort")

    def _moment(self, point: RecoveryPoint, chance: random.Random) -> Chosen:
        within = ("point_arn = ? AND at >= ? AND at <= ?", point.arn, self._oldest, self._at)
        number = self._moments.count(*within)
        state = self._moments.first(*within, order="at", skip=chance.randrange(number)) if number else None
        return Chosen(point, state.at if state is not None else None)


def _wanted(vault_arn: str, points: Json) -> bool:
    included = any(glob(pattern, vault_arn) for pattern in points["IncludeVaults"])
    return included and not any(glob(pattern, vault_arn) for pattern in points["ExcludeVaults"])
