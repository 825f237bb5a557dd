"""Makes copies along their ways: all first hops, then all second ones, each job found again after a kill."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.jobs import copies
from backstay_agent.jobs.carry import Tick, carry_out, settle
from backstay_agent.jobs.route import NoRoute
from backstay_agent.jobs.start import Run
from backstay_agent.jobs.ways import Way, legs
from backstay_agent.jobs.work import Copy, Outcome, Started
from backstay_aws import arns

_READY = frozenset({"COMPLETED", "AVAILABLE"})


@dataclass(frozen=True, slots=True)
class _Traveller:
    """A copy on its way: which of its legs is next, and the recovery point that this one takes."""

    number: int
    way: Way
    rest: tuple[Callable[[str], Copy], ...]
    point: str


def travel(
    aws: Aws, run: Run, ways: Sequence[Way], workers: int, tick: Tick, *, wait: bool, going: Sequence[Started] = ()
) -> list[Outcome]:
    """The outcomes of copies, in their order, and then of those that were going on already.

    Without `wait` only the first hop of each is started: the same call again goes on from there.
    """
    ended: dict[int, Outcome] = {}
    travellers = []
    for number, way in enumerate(ways):
        if isinstance(way.route, NoRoute):
            ended[number] = Outcome(way.work, "failed", reason=f"there is no way: {way.route.why}")
        elif (there := _arrived(aws, way)) is not None:
            ended[number] = there
        else:
            travellers.append(_Traveller(number, way, tuple(legs(way)), way.work.point))
    step = "copies"
    while travellers:
        travellers, done = _stage(aws, run, travellers, workers, tick, step, wait=wait)
        ended |= done
        step = "copies onward"
    followed = settle(aws, going, going, workers, lambda done, total: tick(done, total, "copies")) if wait else None
    told = (replace(ended[number], note=note_of(way)) for number, way in enumerate(ways))
    others = followed if followed is not None else [Outcome(one.work, "running", one.job) for one in going]
    return [*told, *others]


def note_of(way: Way) -> str | None:
    """What a person should know of a way with stops: why, where, and until when something stays there."""
    if way.straight or isinstance(way.route, NoRoute):
        return None
    stops = [f"{hop.to.name} in {hop.to.account}, {hop.to.region}" for hop in way.route.hops[:-1]]
    return (
        f"over {' and '.join(stops)}, because {way.route.hops[0].why}; "
        f"what stops there is deleted {way.days} days after the backup"
    )


def _stage(
    aws: Aws, run: Run, travellers: Sequence[_Traveller], workers: int, tick: Tick, step: str, *, wait: bool
) -> tuple[list[_Traveller], dict[int, Outcome]]:
    """One hop of every traveller: who goes on, and the outcomes of those who do not."""
    works = [one.rest[0](one.point) for one in travellers]
    known = [_made(aws, one, work) for one, work in zip(travellers, works, strict=True)]
    fresh = [work for work, made in zip(works, known, strict=True) if made is None]
    done = iter(carry_out(aws, run, fresh, workers, tick, step, wait=wait))
    onward, ended = [], {}
    for one, made in zip(travellers, known, strict=True):
        outcome = made or next(done)
        if len(one.rest) > 1 and outcome.status == "completed" and outcome.point is not None:
            onward.append(replace(one, rest=one.rest[1:], point=outcome.point))
        else:
            ended[one.number] = _arrival(one, outcome)
    return onward, ended


def _arrival(one: _Traveller, outcome: Outcome) -> Outcome:
    """What an outcome on the way means for the copy as a whole."""
    if len(one.rest) == 1:
        return replace(outcome, work=one.way.work)
    if outcome.status == "completed":
        return Outcome(one.way.work, "failed", outcome.job, "AWS did not say which recovery point it made on the way")
    where = outcome.work.destination if isinstance(outcome.work, Copy) else ""
    reason = f"on the way, into {where}: {outcome.reason}" if outcome.reason else None
    return replace(outcome, work=one.way.work, reason=reason)


def _arrived(aws: Aws, way: Way) -> Outcome | None:
    """Of a copy with stops: whether the destination has it, which no copy job of the source tells."""
    work, created = way.work, way.work.created
    if way.straight or isinstance(way.route, NoRoute) or created is None:
        return None
    last = way.route.hops[-1]
    try:
        there = _points(aws, last.to.account, last.to.region, last.to.name, work.resource)
    except AwsProblem:
        return None
    point = copies.Point(work.point, work.vault, work.resource, created, None, None, None)
    found = copies.is_copied(point, last.source.arn, there)
    return Outcome(work, "completed", earlier=True) if found else None


def _made(aws: Aws, one: _Traveller, work: Copy) -> Outcome | None:
    """Of a hop to a stop: the copy that an earlier run made, as long as it is there."""
    target = arns.parse(work.destination)
    if len(one.rest) == 1 or target is None:
        return None
    name = target.resource.partition(":")[2]
    try:
        jobs = aws.pages(
            work.account,
            work.region,
            "backup",
            "ListCopyJobs",
            "CopyJobs",
            BySourceRecoveryPointArn=work.point,
            ByDestinationVaultArn=work.destination,
            ByState="COMPLETED",
        )
        arrived = [str(job["DestinationRecoveryPointArn"]) for job in jobs if job.get("DestinationRecoveryPointArn")]
        there = list(_points(aws, target.account, target.region, name, work.resource)) if arrived else []
    except AwsProblem:
        return None
    ready = {item["RecoveryPointArn"] for item in there if item["Status"] in _READY}
    point = next((arn for arn in arrived if arn in ready), None)
    return None if point is None else Outcome(work, "completed", point=point, earlier=True)


def _points(aws: Aws, account: str, region: str, vault: str, resource: str) -> list[Mapping[str, Any]]:
    listed = aws.pages(
        account,
        region,
        "backup",
        "ListRecoveryPointsByBackupVault",
        "RecoveryPoints",
        BackupVaultName=vault,
        ByResourceArn=resource,
    )
    return list(listed)
