"""Does the same for many accounts and Regions at a time, so that a Region that is slow holds no other one up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from typing import TypeVar

T = TypeVar("T")
Place = tuple[str, str]
"""Account, Region."""

_LEAST = 2


def side_by_side(places: Sequence[Place], do: Callable[[str, str], T], threads: int) -> Iterator[tuple[Place, T]]:
    """What `do` gives for each place, as it comes. Each Region has an equal share of the threads, and never another's.

    An exception of `do` ends it: what has not begun then is left.
    """
    regions = sorted({region for _, region in places})
    share = max(_LEAST, threads // max(1, len(regions)))
    with ExitStack() as stack:
        pools = {region: stack.enter_context(ThreadPoolExecutor(share)) for region in regions}
        running: dict[Future[T], Place] = {}
        for place in places:
            running[pools[place[1]].submit(do, *place)] = place
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        finally:
            for pool in pools.values():
                pool.shutdown(wait=False, cancel_futures=True)
