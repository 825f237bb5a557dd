"""Backs up now what a build's plans take: decides what, starts the jobs, follows them, and makes the rules' copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backstay_agent.aws import Aws
from backstay_agent.discover import Found
from backstay_agent.jobs import copies, select
from backstay_agent.jobs.carry import Tick, carry_out
from backstay_agent.jobs.hops import travel
from backstay_agent.jobs.narrow import Narrow
from backstay_agent.jobs.start import Run
from backstay_agent.jobs.survey import survey
from backstay_agent.jobs.ways import all_ways
from backstay_agent.jobs.work import Backup, Outcome
from backstay_agent.observed import Unread
from backstay_agent.wanted import Build


@dataclass(frozen=True, slots=True)
class Wishes:
    """The backups that are to be made, and what stands in the way of knowing all of them."""

    works: tuple[Backup, ...]
    seen: tuple[Found, ...]
    unread: tuple[Unread, ...]


def wishes(
    build: Build, aws: Aws, places: Sequence[tuple[str, str]], narrow: Narrow, workers: int, tick: Tick
) -> Wishes:
    """Look at the places and decide what to back up in them."""
    seen = survey(aws, places, workers, lambda done, total: tick(done, total, "looking"))
    works: list[Backup] = []
    found: list[Found] = []
    for around in seen.places:
        wanted = build.wanted(around.account, around.region)
        works += select.backups(wanted, around, narrow)
        found += select.candidates(wanted, around)
    return Wishes(tuple(works), tuple(found), seen.unread)


def perform(
    aws: Aws, run: Run, build: Build, works: Sequence[Backup], workers: int, tick: Tick, *, wait: bool, copy: bool
) -> list[Outcome]:
    """Make the backups, and the copies that their rules ask for once a backup is there; without `wait` only start."""
    outcomes = carry_out(aws, run, works, workers, tick, "backups", wait=wait)
    if not (wait and copy):
        return outcomes
    following = [
        action
        for one in outcomes
        if isinstance(one.work, Backup) and one.status == "completed" and one.point is not None
        for action in copies.after_backup(one.work, one.point)
    ]
    ways = all_ways(aws, build, following, run.began, workers)
    return outcomes + travel(aws, run, ways, workers, tick, wait=True)
