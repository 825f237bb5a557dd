"""Decides whether the roles, keys and topics that a place needs are there; nothing is written where one is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from backstay_agent.observed import Place
from backstay_agent.planner.decision import Decision, Setting
from backstay_agent.wanted import Wanted
from backstay_contract.plan import Prerequisite


def decide_prerequisites(at: Setting, wanted: Wanted, place: Place, makes: Callable[[str], bool]) -> Decision:
    """What is known to be missing; what could not be looked up is left to the service.

    `makes` says of a role, or of a key's alias, that the build itself makes it: then it is not missing, only not made.
    """
    missing = (item for item in _missing(at, wanted, place) if not makes(item.name))
    found = {(item.kind, item.name): item for item in missing}
    return Decision(missing=tuple(found[key] for key in sorted(found)))


def _missing(at: Setting, wanted: Wanted, place: Place) -> Iterator[Prerequisite]:
    for arn, needed_by in wanted.roles():
        if place.roles.get(arn) == "no":
            yield Prerequisite(**at.place(), kind="role", name=arn, needed_by=needed_by)
    for arn, needed_by in wanted.topics():
        if place.topics.get(arn) == "no":
            yield Prerequisite(**at.place(), kind="topic", name=arn, needed_by=needed_by)
    for reference, needed_by in wanted.key_references():
        if reference in place.keys and place.keys[reference] is None:
            yield Prerequisite(**at.place(), kind="key", name=reference, needed_by=needed_by)
