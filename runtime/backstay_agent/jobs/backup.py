"""Backs up now what a build's plans take: decides what, starts the jobs, follows them, and makes the rules' copies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backstay_agent.aws import Aws
from backstay_agent.discover import Found
from backstay_agent.jobs import copies, select
from backstay_agent.jobs.follow import follow
from backstay_agent.jobs.narrow import Narrow
from backstay_agent.jobs.start import Run, start_all
from backstay_agent.jobs.survey import survey
from backstay_agent.jobs.work import Backup, Outcome, Started, Work
from backstay_agent.observed import Unread
from backstay_agent.wanted import Build

Tick = Callable[[int, int, str], None]
"""Called with how many are done, of how many, in which step."""


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
    aws: Aws, run: Run, works: Sequence[Backup], workers: int, tick: Tick, *, wait: bool, copy: bool
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
    return outcomes + carry_out(aws, run, following, workers, tick, "copies", wait=True)


def carry_out(
    aws: Aws, run: Run, works: Sequence[Work], workers: int, tick: Tick, step: str, *, wait: bool
) -> list[Outcome]:
    """Start pieces of work and follow them to their end; their outcomes, in the order of the work."""
    started = start_all(aws, run, works, workers, lambda done, total: tick(done, total, f"{step} started"))
    jobs = [one for one in started if isinstance(one, Started)]
    if not wait:
        return [one if isinstance(one, Outcome) else Outcome(one.work, "running", one.job) for one in started]
    return settle(aws, started, jobs, workers, lambda done, total: tick(done, total, step))


def settle(
    aws: Aws,
    started: Sequence[Started | Outcome],
    jobs: Sequence[Started],
    workers: int,
    tick: Callable[[int, int], None],
) -> list[Outcome]:
    """The outcomes of what was started, those that are known already included."""
    ended = iter(follow(aws, jobs, workers, tick))
    return [one if isinstance(one, Outcome) else next(ended) for one in started]
