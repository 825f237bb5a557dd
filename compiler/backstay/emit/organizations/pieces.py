"""Pieces: a plan under its final name in a list of Regions, and the accounts that get exactly that.

AWS makes one plan of each name in an account and gives it to every Region of its list. A plan that differs between
Regions of one account therefore becomes several, named after the first Region of each (`gold-eu-west-1`); so do its
equals in accounts where it happens not to differ, lest a Region more or less renames a plan.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from backstay import ir
from backstay.emit.organizations.limits import CHARACTERS, PLAN_NAME
from backstay.emit.organizations.obstacles import Obstacle, obstacles, refusals
from backstay.emit.organizations.plan_body import Body, plan_body

FRAME = len('{"plans":{}}')
"""Characters of a policy document without plans."""

Content = tuple[str, str]
"""A plan's name as written, and the text of its body: equal where the plan is the same."""


@dataclass(frozen=True, slots=True)
class Class:
    """Accounts that have the same shapes; `shapes` are indexes into the model's."""

    accounts: tuple[str, ...]
    shapes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A plan for a policy document. `entry` is its text there, from the name on; `classes` a set of bits."""

    name: str
    plan: str
    regions: tuple[str, ...]
    entry: str
    classes: int

    @property
    def characters(self) -> int:
        """The length of its text."""
        return len(self.entry)


@dataclass(frozen=True, slots=True)
class Moved:
    """A plan of a shape that goes to the accounts target, and why."""

    shape: int
    plan: ir.Plan
    obstacles: tuple[Obstacle, ...]


@dataclass(frozen=True, slots=True)
class Sorted:
    """All plans of the model: those that documents carry, in order of name, and those that go elsewhere."""

    classes: tuple[Class, ...]
    pieces: tuple[Piece, ...]
    moved: tuple[Moved, ...]
    split: Mapping[str, tuple[ir.Plan, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class _Carried:
    """A content that documents may carry: its body, one plan of the model that it is, and what stands in its way."""

    plan: ir.Plan
    body: Body = field(default_factory=dict)
    obstacles: tuple[Obstacle, ...] = ()


def sort_out(model: ir.Model) -> Sorted:
    """Tell the plans that backup policies express from those that they do not, and give the first their names."""
    classes = classify(model)
    contents: dict[Content, _Carried] = {}
    at = [[_content(plan, shape, model, contents) for plan in shape.plans] for shape in model.shapes]
    while True:
        placed = [_placed(group, model, at, contents) for group in classes]
        split = _split(placed)
        pieces = _pieces(placed, split, contents)
        troubles = dict(_troubles(pieces, placed))
        if not troubles:
            break
        for content, trouble in troubles.items():
            contents[content].obstacles = (Obstacle(trouble, contents[content].plan.where.field("name")),)
    found = sorted(pieces.values(), key=lambda piece: (piece.name, piece.regions, piece.entry, piece.classes))
    return Sorted(classes, tuple(found), tuple(_moved(model, at, contents)), _split_plans(split, contents))


def classify(model: ir.Model) -> tuple[Class, ...]:
    """The accounts of the shapes, by the shapes that they have; in order of the first account."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, shape in enumerate(model.shapes):
        for account in shape.accounts:
            found[account].append(number)
    groups: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for account in sorted(found):
        groups[tuple(found[account])].append(account)
    return tuple(Class(tuple(accounts), shapes) for shapes, accounts in groups.items())


Placed = Mapping[Content, tuple[str, ...]]
"""The contents that a class of accounts gets, each with its Regions, sorted."""


def _content(plan: ir.Plan, shape: ir.Shape, model: ir.Model, contents: dict[Content, _Carried]) -> Content:
    """Enter a plan among the contents. One that the grammar has no words for shares its content with no other."""
    found = obstacles(plan, shape.region, model.partition)
    if found:
        content = plan.name, f"{shape.region} {len(contents)}"
        contents[content] = _Carried(plan, {}, found)
        return content
    body = plan_body(plan)
    content = plan.name, _minified(body)
    if content not in contents:
        contents[content] = _Carried(plan, body, refusals(plan, shape.region, model.partition))
    return content


def _placed(
    group: Class, model: ir.Model, at: list[list[Content]], contents: Mapping[Content, _Carried]
) -> dict[Content, tuple[str, ...]]:
    found: dict[Content, set[str]] = defaultdict(set)
    for number in group.shapes:
        for content in at[number]:
            if not contents[content].obstacles:
                found[content].add(model.shapes[number].region)
    return {content: tuple(sorted(regions)) for content, regions in found.items()}


def _split(placed: Iterable[Placed]) -> frozenset[Content]:
    """The contents that stand beside another content of the same plan in some account."""
    found: set[Content] = set()
    for one in placed:
        by_plan: dict[str, list[Content]] = defaultdict(list)
        for content in one:
            by_plan[content[0]].append(content)
        found.update(content for same in by_plan.values() if len(same) > 1 for content in same)
    return frozenset(found)


def _pieces(
    placed: Iterable[Placed], split: frozenset[Content], contents: Mapping[Content, _Carried]
) -> dict[tuple[Content, tuple[str, ...]], Piece]:
    bits: dict[tuple[Content, tuple[str, ...]], int] = defaultdict(int)
    for number, one in enumerate(placed):
        for content, regions in one.items():
            bits[content, regions] |= 1 << number
    pieces = {}
    for (content, regions), classes in bits.items():
        name = _name(content, regions, split)
        body = {**contents[content].body, "regions": {"@@assign": list(regions)}}
        entry = f"{_minified(name)}:{_minified(body)}"
        pieces[content, regions] = Piece(name, content[0], regions, entry, classes)
    return pieces


def _name(content: Content, regions: tuple[str, ...], split: frozenset[Content]) -> str:
    name = content[0].lower()
    return f"{name}-{regions[0]}" if content in split else name


def _troubles(
    pieces: Mapping[tuple[Content, tuple[str, ...]], Piece], placed: Iterable[Placed]
) -> Iterator[tuple[Content, str]]:
    """What only the final names show: a plan too large, a name too long, one that two plans of an account share."""
    for (content, _), piece in pieces.items():
        if len(piece.name) > PLAN_NAME:
            yield content, f"split by Region it would be called `{piece.name}`, longer than {PLAN_NAME} characters"
        if piece.characters + FRAME > CHARACTERS:
            size = f"{piece.characters + FRAME:,} characters"
            yield content, f"it comes to {size}, and a backup policy has at most {CHARACTERS:,}"
    for one in placed:
        named: dict[str, list[Content]] = defaultdict(list)
        for content, regions in one.items():
            named[pieces[content, regions].name].append(content)
        for name, same in named.items():
            if len(same) > 1:
                shown = " and ".join(f"`{plan}`" for plan in sorted({content[0] for content in same}))
                yield from ((content, f"in a backup policy {shown} would both be called `{name}`") for content in same)


def _moved(model: ir.Model, at: list[list[Content]], contents: Mapping[Content, _Carried]) -> Iterator[Moved]:
    for number, shape in enumerate(model.shapes):
        for plan, content in zip(shape.plans, at[number], strict=True):
            if contents[content].obstacles:
                yield Moved(number, plan, contents[content].obstacles)


def _split_plans(split: Iterable[Content], contents: Mapping[Content, _Carried]) -> dict[str, tuple[ir.Plan, ...]]:
    found: dict[str, list[ir.Plan]] = defaultdict(list)
    for content in sorted(split):
        found[content[0]].append(contents[content].plan)
    return {name: tuple(plans) for name, plans in found.items()}


def _minified(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
