"""Who answers for a finding: the tags of the resource say so, or the waiver its owner. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backstay_agent.controls.control import Subject
from backstay_agent.controls.facts import OWNER_TAGS, Duty, Job, Place, Point, Resource, Waived


def owner(subject: Subject, place: Place, keys: Sequence[str] = OWNER_TAGS) -> str | None:
    """The owner of what a finding is about; None where nothing says it."""
    match subject.row:
        case Waived():
            return subject.row.owner
        case Resource():
            return of_tags(subject.row.tags, keys)
        case Point() | Job() | Duty():
            known = place.resources_by_arn.get(subject.row.resource)
            return of_tags(known.tags, keys) if known else None
        case _:
            return None


def resource_of(subject: Subject) -> str | None:
    """The ARN of the resource whose tags say who it is; None where something else does, or nothing."""
    match subject.row:
        case Resource():
            return subject.row.arn
        case Point() | Job() | Duty():
            return subject.row.resource
        case _:
            return None


def of_tags(tags: Mapping[str, str], keys: Sequence[str] = OWNER_TAGS) -> str | None:
    """The value of the first owner's tag; of two that differ in case only, the first by its spelling."""
    folded: dict[str, str] = {}
    for key, value in sorted(tags.items(), reverse=True):
        folded[key.casefold()] = value
    return next((found for key in keys if (found := folded.get(key.casefold()))), None)
