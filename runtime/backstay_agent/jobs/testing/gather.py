"""Looks which recovery points the restore tests of a build take now, with everything that their restores need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from backstay_agent.aws import Aws
from backstay_agent.jobs import locate
from backstay_agent.jobs.points import tags_of
from backstay_agent.jobs.restore import kept_metadata, role_of
from backstay_agent.jobs.survey import Tick, in_all
from backstay_agent.jobs.testing import choose
from backstay_agent.jobs.testing.target import Target, targets, within
from backstay_agent.jobs.testing.wanted import Selection, selections
from backstay_agent.jobs.work import Trial
from backstay_agent.observed import Unread
from backstay_agent.wanted import Build
from backstay_aws import restore_testing


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a build's tests is asked for; empty means everything. `most` limits the resources of one selection,
    `luck` decides which (the same in one run)."""

    plans: frozenset[str] = frozenset()
    selections: frozenset[str] = frozenset()
    resources: frozenset[str] = frozenset()
    most: int | None = None
    luck: str = ""

    def means(self, test: Selection) -> bool:
        """Whether a test is asked for."""
        return (not self.plans or test.plan in self.plans) and (not self.selections or test.name in self.selections)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A resource that a test takes and that has nothing to restore."""

    account: str
    region: str
    test: Selection
    resource: str
    why: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """The trials to make, what has nothing to restore, the resources that were seen, and what could not be read."""

    trials: tuple[Trial, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    seen: frozenset[str] = frozenset()
    unread: tuple[Unread, ...] = ()


def tests_at(build: Build, place: tuple[str, str], asked: Asked) -> tuple[Selection, ...]:
    """The tests of a place that are asked for."""
    return tuple(test for test in selections(build.shape(*place)) if asked.means(test))


def gather(
    build: Build,
    aws: Aws,
    places: Sequence[tuple[str, str]],
    asked: Asked,
    now: datetime,
    workers: int,
    tick: Tick | None = None,
) -> Gathered:
    """Look at every place that has tests."""
    tested = [place for place in places if tests_at(build, place, asked)]

    def look(place: tuple[str, str]) -> Gathered:
        return _gather(aws, place, tests_at(build, place, asked), asked, now, targets(build.shape(*place)))

    found, unread = in_all(tested, look, workers, tick)
    return Gathered(
        tuple(one for part in found for one in part.trials),
        tuple(one for part in found for one in part.skipped),
        frozenset[str]().union(*(part.seen for part in found)),
        unread,
    )


def trial_of(aws: Aws, point: locate.Point, plan: str, name: str, role: str, overrides: Mapping[str, str]) -> Trial:
    """The trial of a recovery point; raises AwsProblem."""
    given = kept_metadata(aws, point)
    return Trial(
        point.where.account,
        point.where.region,
        point.source,
        point.type,
        str(point.facts["RecoveryPointArn"]),
        point.vault,
        plan,
        name,
        role,
        given,
        overrides,
        _zones(aws, point, given),
        point.facts,
    )


def target_of(
    aws: Aws, place: tuple[str, str], found: tuple[Target, ...], type_: str, resource: str, point: str
) -> float | None:
    """The seconds that a restore may take by the frameworks of a place; tags are those of the recovery point."""
    tags = tags_of(aws, *place, [point]).get(point, {}) if any(one.tags for one in found) else {}
    return within(found, type_, resource, tags)


def gather_points(
    build: Build, aws: Aws, points: Sequence[locate.Point], role: str | None, asked: Asked
) -> tuple[Trial, ...]:
    """The trials of recovery points that are asked for by themselves; raises AwsProblem.

    Values that the place's selections of the same type set hold for them too: without these AWS could not restore them.
    """
    return tuple(_of_point(build, aws, point, role, asked) for point in points)


def _of_point(build: Build, aws: Aws, point: locate.Point, role: str | None, asked: Asked) -> Trial:
    place = point.where.account, point.where.region
    shape = build.shape(*place) if build.names(*place) else {}
    alike = [test for test in selections(shape) if test.type == point.type and asked.means(test)]
    overrides = alike[0].overrides if alike else {}
    made = trial_of(aws, point, "", "", role_of(point, role), overrides)
    return replace(made, target=target_of(aws, place, targets(shape), made.type, made.resource, made.point))


def _gather(
    aws: Aws,
    place: tuple[str, str],
    wanted: Sequence[Selection],
    asked: Asked,
    now: datetime,
    wished: tuple[Target, ...],
) -> Gathered:
    protected = list(aws.pages(*place, "backup", "ListProtectedResources", "Results"))
    trials: dict[str, Trial] = {}
    skipped: list[Skipped] = []
    for test in wanted:
        names = [arn for arn in _taken(aws, place, test, protected) if not asked.resources or arn in asked.resources]
        for resource in choose.at_most(names, asked.most, f"{asked.luck} {test.plan} {test.name} {place}"):
            if resource in trials:  # each resource is tested once in a run of a plan, as AWS does it
                continue
            found = _chosen(aws, place, test, resource, asked, now)
            if isinstance(found, Trial):
                target = target_of(aws, place, wished, found.type, resource, found.point)
                trials[resource] = replace(found, target=target)
            else:
                skipped.append(found)
    return Gathered(tuple(trials.values()), tuple(skipped), frozenset(item["ResourceArn"] for item in protected))


def _taken(aws: Aws, place: tuple[str, str], test: Selection, protected: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The resources that a test takes."""
    of_type = [item for item in protected if item["ResourceType"] == test.type]
    tags: Mapping[str, Mapping[str, str]] = {}
    if choose.asks_tags(test):
        last = [item["LastRecoveryPointArn"] for item in of_type if item.get("LastRecoveryPointArn")]
        tags = tags_of(aws, *place, last)
    for item in of_type:
        if choose.takes(test, item["ResourceArn"], tags.get(item.get("LastRecoveryPointArn", ""), {})):
            yield str(item["ResourceArn"])


def _chosen(
    aws: Aws, place: tuple[str, str], test: Selection, resource: str, asked: Asked, now: datetime
) -> Trial | Skipped:
    listed = aws.pages(*place, "backup", "ListRecoveryPointsByResource", "RecoveryPoints", ResourceArn=resource)
    candidates = [
        choose.Candidate(item["RecoveryPointArn"], item["BackupVaultName"], item["Status"], item["CreationDate"])
        for item in listed
        if not item.get("IsParent")
    ]
    chosen = choose.point(test, place, candidates, now, f"{asked.luck} {resource}")
    if chosen is None:
        why = f"no recovery point of the last {test.window_days} days in the vaults that the plan names"
        return Skipped(*place, test, resource, why)
    facts = aws.call(
        *place, "backup", "DescribeRecoveryPoint", BackupVaultName=chosen.vault, RecoveryPointArn=chosen.arn
    )
    point = locate.Point(locate.Where(*place), chosen.vault, facts)
    made = trial_of(aws, point, test.plan, test.name, test.role, test.overrides)
    return made if restore_testing.keys_of(test.type, made.given) else Skipped(*place, test, resource, _UNTESTABLE)


_UNTESTABLE = "AWS has no restore tests of this type, and none of its restore metadata can be inferred"


def _zones(aws: Aws, point: locate.Point, given: Mapping[str, str]) -> tuple[str, ...]:
    """The Availability Zones of the Region, where the type needs one."""
    if not any(key.rule in ("zone", "zones") for key in restore_testing.keys_of(point.type, given)):
        return ()
    open_ones = [{"Name": "state", "Values": ["available"]}, {"Name": "zone-type", "Values": ["availability-zone"]}]
    told = aws.call(point.where.account, point.where.region, "ec2", "DescribeAvailabilityZones", Filters=open_ones)
    return tuple(sorted(zone["ZoneName"] for zone in told["AvailabilityZones"]))
