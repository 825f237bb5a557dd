"""Makes the copies that rules ask for and that are not there: of each newest recovery point, to each destination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backstay_agent.aws import Aws
from backstay_agent.jobs import copies
from backstay_agent.jobs.carry import Tick
from backstay_agent.jobs.hops import travel
from backstay_agent.jobs.locate import vaults
from backstay_agent.jobs.narrow import Narrow
from backstay_agent.jobs.points import Going, read_copies, read_points
from backstay_agent.jobs.start import Run
from backstay_agent.jobs.survey import in_all
from backstay_agent.jobs.ways import Way
from backstay_agent.jobs.work import Copy, Outcome, Started
from backstay_agent.observed import Unread
from backstay_agent.wanted import Build


@dataclass(frozen=True, slots=True)
class Gaps:
    """What one or more places lack: copies to be made, copies on their way, and how many are there.

    `resources` are those of which a recovery point was seen.
    """

    todo: tuple[Copy, ...] = ()
    going: tuple[Started, ...] = ()
    done: int = 0
    resources: frozenset[str] = frozenset()
    unread: tuple[Unread, ...] = ()


def gaps(
    build: Build,
    aws: Aws,
    places: Sequence[tuple[str, str]],
    narrow: Narrow,
    now: datetime,
    workers: int,
    tick: Tick,
) -> Gaps:
    """Look at the recovery points of the places and decide what is to be copied at this time."""

    def look(place: tuple[str, str]) -> Gaps:
        return _gaps(build, aws, place, narrow, now)

    found, unread = in_all(places, look, workers, lambda done, total: tick(done, total, "looking"))
    return Gaps(
        tuple(one for gap in found for one in gap.todo),
        tuple(one for gap in found for one in gap.going),
        sum(gap.done for gap in found),
        frozenset[str]().union(*(gap.resources for gap in found)),
        (*unread, *(one for gap in found for one in gap.unread)),
    )


def perform(
    aws: Aws, run: Run, gap: Gaps, ways: Sequence[Way], workers: int, tick: Tick, *, wait: bool
) -> list[Outcome]:
    """Make what is to be copied along its ways, and follow it together with what is going on already."""
    return travel(aws, run, ways, workers, tick, wait=wait, going=gap.going)


def _gaps(build: Build, aws: Aws, place: tuple[str, str], narrow: Narrow, now: datetime) -> Gaps:
    rules = copies.sources(build.wanted(*place), narrow)
    if not rules:
        return Gaps()
    there, named = set(vaults(aws, *place)), {source.vault for source in rules}
    points = read_points(aws, *place, sorted(named & there))
    wishes = copies.newest(rules, points, narrow)
    wanted = list(copies.pairs(wishes))
    copied, going = read_copies(aws, *place, wanted, now)
    every = copies.missing(place, wishes, copied, now)
    on_their_way = {(one.point, one.destination): one for one in going}
    return Gaps(
        tuple(one for one in every if (one.point, one.destination) not in on_their_way),
        tuple(_started(one, on_their_way) for one in every if (one.point, one.destination) in on_their_way),
        len(copied),
        frozenset(point.resource for point in points),
        tuple(Unread(*place, f"vault {name} is not there: apply the build first") for name in sorted(named - there)),
    )


def _started(work: Copy, going: dict[tuple[str, str], Going]) -> Started:
    job = going[work.point, work.destination]
    return Started(work, job.job, job.created)
