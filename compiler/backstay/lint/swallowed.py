"""What a proof knows of selections that their texts do not show: others take all of one together; no value meets all.

The engine of `backstay prove` is asked, over all resources that there could be and under both readings of what AWS
leaves open; where it gives up nothing is said. Nothing of it is loaded for policies that have nothing to ask.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from backstay.lint.comparisons import Compared
from backstay.lint.context import Context

if TYPE_CHECKING:
    from backstay.lint.site import PlanSite
    from backstay.prove.selections import Judged

MOST = 60
"""Selections of one plan beyond which nothing is asked: each is held against all others."""
Swallowed = Mapping[tuple[tuple[str, ...], str], tuple[str, ...]]


@lru_cache(maxsize=1)
def swallowed(context: Context) -> Swallowed:
    """By plan (its path) and selection: those of the plan that together take all of it, wherever the plan stands."""
    verdicts: dict[tuple[tuple[str, ...], str], list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    together: dict[int, list[PlanSite]] = defaultdict(list)
    for site in context.plans:
        if 1 < len(site.plan.selections) <= MOST:
            together[id(site.shape)].append(site)
    for sites in together.values():
        for path, (one, verdict, by) in _judged(context, sites):
            verdicts[path, one.name].append((verdict, by))
    return {key: found for key, given in verdicts.items() if (found := _agreed(given))}


def never_together(tests: Sequence[Compared]) -> bool:
    """Whether no value of one tag, nor its absence, meets all comparisons of it."""
    if sum(one.operator == "like" for one in tests) < 2 and len(tests) < 3:
        return False  # what two others say is seen without help
    from backstay.prove.cells import Atom, cut
    from backstay.prove.patterns import TooManyError

    key = tests[0].key
    try:
        cells = cut(key, [Atom("like" if "like" in one.operator else "==", one.value) for one in tests])
    except TooManyError:
        return False
    left = cells.every
    for one in tests:
        left &= cells.holding(one.operator, one.value, absent=True)
    return not left


def by_key(tests: Iterable[Compared]) -> Iterator[list[Compared]]:
    """The comparisons of each tag."""
    found: dict[str, list[Compared]] = {}
    for one in tests:
        found.setdefault(one.key, []).append(one)
    yield from found.values()


def _judged(context: Context, sites: Sequence[PlanSite]) -> Iterator[tuple[tuple[str, ...], Judged]]:
    """The verdicts of plans of one shape, together, since their cells are cut once; apart where that is too much."""
    from backstay.prove.patterns import TooManyError
    from backstay.prove.search import LostError
    from backstay.prove.selections import judged

    paths = {id(site.plan): site.path for site in sites}
    try:
        found = judged(context.model, sites[0].shape, [site.plan for site in sites])
        yield from ((paths[id(plan)], one) for plan, one in found)
    except (TooManyError, LostError):
        if len(sites) > 1:
            for site in sites:
                yield from _judged(context, [site])
        else:
            yield from ((sites[0].path, (one, "unknown", ())) for one in sites[0].plan.selections)


def _agreed(given: Sequence[tuple[str, tuple[str, ...]]]) -> tuple[str, ...]:
    """What takes all of a selection, if that is so in every place, those aside where it takes nothing anyway."""
    said = {verdict for verdict, _ in given}
    if "swallowed" not in said or not said <= {"swallowed", "dead"}:
        return ()
    return tuple(sorted({name for verdict, by in given if verdict == "swallowed" for name in by}))
