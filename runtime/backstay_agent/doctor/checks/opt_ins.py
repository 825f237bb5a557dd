"""Whether the Regions are opted in for the types that the build's selections name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.lines import Line, ok, problem, skipped, unknown
from backstay_agent.doctor.look import Answer, Look, Refused
from backstay_agent.wanted import Wanted
from backstay_aws import catalog
from backstay_aws.selection import needs_opt_in

_PREFERENCES = "ResourceTypeOptInPreference"


@dataclass(frozen=True, slots=True)
class Facts:
    """A place with selections: the opt-ins that these need (one of each group), whether by tag, the settings."""

    account: str
    region: str
    needed: tuple[tuple[str, ...], ...]
    by_tag: bool
    set_by_build: Mapping[str, bool]
    settings: Answer


def read(look: Look) -> tuple[Facts, ...]:
    """The settings of the places in which the build has selections."""
    opened = set(look.opened())
    wanted = {place: one for place, one in look.wanted().items() if place in opened and _bodies(one)}
    answers = look.each(wanted, lambda place: look.ask(*place, "backup", "DescribeRegionSettings"))
    return tuple(_facts(wanted[place], answer) for place, answer in answers)


def _facts(wanted: Wanted, answer: Answer) -> Facts:
    patterns = [pattern for body in _bodies(wanted) for pattern in body.get("Resources", ())]
    by_tag = any(body.get("ListOfTags") or "*" in body.get("Resources", ()) for body in _bodies(wanted))
    needed = sorted({keys for pattern in patterns if (keys := needs_opt_in(pattern))})
    return Facts(wanted.account, wanted.region, tuple(needed), by_tag, wanted.opt_ins, answer)


def _bodies(wanted: Wanted) -> list[Mapping[str, Any]]:
    return [body for plan in wanted.plans.values() for body in plan.selections]


def judge(places: tuple[Facts, ...]) -> Iterator[Line]:
    """What is named is on, or the build turns it on; what is off is told, since tags then take nothing of it."""
    if not places:
        yield skipped("the build has no selections where accounts open")
        return
    lines = [line for place in places for line in _place(place)]
    yield from lines
    if not any(line.verdict in ("problem", "unknown") for line in lines):
        yield ok("every type that selections name is opted in")
    off = sorted({key for place in places if place.by_tag for key in _off(place)})
    if off:
        yield skipped(f"opted out somewhere, so that tags take nothing of it there: {', '.join(off)}")


def _place(place: Facts) -> Iterator[Line]:
    if isinstance(place.settings, Refused):
        yield unknown(f"the opt-ins are not told: {place.settings}", place.account, place.region)
        return
    missing = [keys[0] for keys in place.needed if _off(place).issuperset(keys)]
    if missing:
        told = ",".join(f"'{key}'=true" for key in missing)
        yield problem(
            f"not opted in for {', '.join(missing)}, which selections name",
            f"set opt_in in the policy, or: aws backup update-region-settings --resource-type-opt-in-preference {told}",
            place.account,
            place.region,
        )


def _off(place: Facts) -> frozenset[str]:
    """The types that will be off after an apply; a type that the Region does not list is not there at all."""
    if isinstance(place.settings, Refused):
        return frozenset()
    live: Mapping[str, bool] = place.settings.get(_PREFERENCES, {})
    keys = {row.opt_in for row in catalog.resource_types()} & live.keys()
    return frozenset(key for key in keys if not place.set_by_build.get(key, live[key]))


CHECK = Check("opt-ins", "build", 20, read, judge, of_build=True)
