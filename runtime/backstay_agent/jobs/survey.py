"""Looks at what is in many places at once; one that cannot be read stops no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TypeVar

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.discover import Surroundings, surroundings
from backstay_agent.observed import Unread

Tick = Callable[[int, int], None]
Location = tuple[str, str]
"""An account in a Region."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found in each place, and what could not be read."""

    places: tuple[Surroundings, ...]
    unread: tuple[Unread, ...]


def survey(aws: Aws, locations: Sequence[Location], workers: int, tick: Tick | None = None) -> Survey:
    """The resources and opt-ins of many places."""

    def look(location: Location) -> Surroundings:
        return surroundings(aws, *location)

    places, unread = in_all(locations, look, workers, tick)
    return Survey(tuple(places), unread)


def in_all(
    locations: Sequence[Location], look: Callable[[Location], T], workers: int, tick: Tick | None = None
) -> tuple[list[T], tuple[Unread, ...]]:
    """Do the same in every place, many at a time: the results in the places' order, and where it was refused."""

    def guarded(location: Location) -> T | Unread:
        try:
            return look(location)
        except AwsProblem as problem:
            return unread_of(problem)

    with ThreadPoolExecutor(max(1, workers)) as pool:
        running = [pool.submit(guarded, location) for location in locations]
        for done, _ in enumerate(as_completed(running), 1):
            if tick:
                tick(done, len(running))
    answers = [future.result() for future in running]
    failed = {(one.account, one.region, one.error): one for one in answers if isinstance(one, Unread)}
    return [one for one in answers if not isinstance(one, Unread)], tuple(failed.values())


def unread_of(problem: AwsProblem) -> Unread:
    """A refusal as a fact about a place; one to take the role is about the whole account."""
    if problem.operation == "AssumeRole":
        return Unread(problem.account, None, f"{problem.code} while {problem.message}")
    return Unread(problem.account, problem.region, f"{problem.code} from {problem.operation}: {problem.message}")
