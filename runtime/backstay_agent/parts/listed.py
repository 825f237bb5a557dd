"""Reads a kind of thing that AWS Backup lists, describes by name and keeps tags of: the same way for each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backstay_agent.observed import Part, is_ours
from backstay_agent.parts.noun import Body, Look
from backstay_agent.parts.steps import Step, Steps
from backstay_contract.plan import PartNoun

GONE = frozenset({"ResourceNotFoundException"})
BUSY = frozenset({"ConflictException"})
"""What AWS Backup says of a framework or report plan that it is still deploying (API reference, CreateFramework)."""


@dataclass(frozen=True, slots=True)
class Listing:
    """How things of a kind are found: `items` is the list in the answer of `listing`, `name` and `arn` stand in each.

    `describe` is asked only of what is wanted; `inside` is the member of its answer that holds the body (none: all of
    it), by the member `by` (none: the name); `body` brings that to normal form. `key` stands in each item (none: the
    ARN). `leaving` are the states, in member `state`, of what AWS is deleting.
    """

    listing: str
    items: str
    name: str
    arn: str
    describe: str
    body: Callable[[Body], Body]
    inside: str | None = None
    key: str | None = None
    by: str | None = None
    state: str | None = None
    leaving: frozenset[str] = frozenset({"DELETE_IN_PROGRESS"})
    more: Mapping[str, Any] = field(default_factory=dict)


def read(noun: PartNoun, way: Listing, look: Look) -> Steps[list[Part]]:
    """What is ours of this kind, and what has a wanted name."""
    found: list[Part] = []
    answer = yield Step(way.listing, way.more, every=way.items)
    for item in answer.get(way.items, ()):
        name, arn = str(item[way.name]), str(item[way.arn])
        tags = yield from tags_of(arn)
        if name not in look.wishes and not is_ours(tags, look.organization):
            continue
        leaving = way.state is not None and item.get(way.state) in way.leaving
        body: Body = {}
        if name in look.wishes and not leaving:
            by = way.by or way.name
            described = yield Step(way.describe, {by: item[by]}, fine=GONE)
            body = way.body(described.get(way.inside, {}) if way.inside else described)
        found.append(Part(noun, name, str(item[way.key or way.arn]), body, tags, leaving=leaving))
    return found


def tags_of(arn: str) -> Steps[dict[str, str]]:
    """The tags that AWS Backup keeps of something; none of what has gone meanwhile."""
    answer = yield Step("ListTags", {"ResourceArn": arn}, every="Tags", fine=GONE)
    return dict(sorted(dict(answer.get("Tags", {})).items()))


def tag(arn: str, tags: Mapping[str, str]) -> Steps[None]:
    """Set tags that AWS Backup keeps."""
    if tags:
        yield Step("TagResource", {"ResourceArn": arn, "Tags": dict(tags)})
