"""Whether Organizations admits a backup policy; unlike AWS, it says what is wrong and where."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from . import text
from .grammar import ALL, CONTROL, MAX_CHARACTERS, NONE, OF, OPERATORS, PLANS, Grammar, Kind, under
from .refusal import LIMIT, MALFORMED, SIZE, Flaw, Refusal
from .settings import USUAL, Settings, Terms
from .text import Array, Member, Node, Object, Place, Scalar, TextError
from .together import together
from .values import MAY_BE_EMPTY, NAME, NAME_REASON, NAMED, copy_key, wrong

Source = Mapping[str, Any] | str | Node
_CONTROLS = frozenset({*OPERATORS, ALL, NONE})
_START = Place(1, 1, 1, 2)


def admit(
    source: Source,
    *,
    policy: str = "",
    now: datetime | None = None,
    partition: str | None = None,
    settings: Settings = USUAL,
) -> tuple[Refusal, ...]:
    """Every reason why Organizations refuses a document, in the order of its text; empty when it is admitted.

    `source` is a document's text, the document as data, or a text that was read already. `now` (aware) is when the
    policy would be created; without it schedules are not held against a date. `partition` is that of the
    organization, if it matters. `policy` is only repeated.
    """
    terms = Terms(now, partition, settings)
    length = size(source)
    if length > MAX_CHARACTERS:
        reason = f"the policy has {length:,} characters; {MAX_CHARACTERS:,} are allowed, white space counts"
        place = _START if isinstance(source, str) else None if isinstance(source, Mapping) else source.place
        return (Refusal(policy, LIMIT, "", reason, place, SIZE),)
    try:
        document = read_source(source)
    except TextError as error:
        return (Refusal(policy, MALFORMED, "", f"this is no JSON: {error.message}", error.place),)
    flaws = sorted(_document(document, terms), key=lambda flaw: flaw.place or _START)
    return tuple(Refusal(policy, MALFORMED, "/".join(one.path), one.reason, one.place) for one in flaws)


def size(source: Source) -> int:
    """The characters that count: a text's as it is; of data, and of a part of a larger text, without white space."""
    if isinstance(source, str):
        return len(source)
    return len(minified(source) if isinstance(source, Mapping) else text.written(source))


def minified(document: Any) -> str:
    """A document in its shortest form: keys in their order, no white space, non-ASCII characters as they are."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def read_source(source: Source) -> Node:
    """A document as nodes, with places where it was a text; raises `TextError`."""
    match source:
        case str():
            return _read(source)
        case Scalar() | Array() | Object():
            return source
        case _:
            return text.node(source)


@lru_cache(maxsize=1024)
def _read(source: str) -> Node:
    """One reading, to be judged and to be merged for all the accounts below a policy."""
    return text.read(source)


def _document(document: Node, terms: Terms) -> Iterator[Flaw]:
    if not isinstance(document, Object):
        yield Flaw((), "a backup policy is an object with the one key `plans`", document.place)
        return
    yield from _repeated(document, ())
    for member in document:
        if member.name == CONTROL:
            yield from _control(member.value, ())
        elif member.name in OPERATORS:
            yield from _stray(member)
        elif member.name.lower() != "plans":
            yield Flaw((member.name,), f"`{member.name}` is unknown here; the one key is `plans`", member.place)
    plans = [member for member in document if member.name.lower() == "plans"]
    if not plans:
        yield Flaw((), "the key `plans` is missing", document.place)
    for member in plans:
        yield from _container(member, PLANS, Spot(("plans",), ("plans",)), terms)
        yield from together(member.value, terms)


def _stray(member: Member) -> Iterator[Flaw]:
    """An operator beside `plans` does nothing; it is admitted unless it holds an object or lists in a list."""
    items = member.value.items if isinstance(member.value, Array) else (member.value,)
    if not all(isinstance(item, Scalar) for item in items):
        yield Flaw((member.name,), f"`{member.name}` holds no single values", member.value.place)


def _repeated(node: Object, path: tuple[str, ...]) -> Iterator[Flaw]:
    seen: dict[str, Member] = {}
    for member in node:
        first = seen.setdefault(member.name, member)
        if first is not member:
            where = f"; the first is in line {first.place.line}" if first.place else ""
            yield Flaw((*path, member.name), f"`{member.name}` is here for the second time{where}", member.place)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the walk is: the path as written, and as the grammar has it (`*` for every name of the author's)."""

    path: tuple[str, ...]
    pattern: tuple[str, ...]

    def under(self, name: str, grammar: Grammar) -> Spot:
        """One key further down."""
        folded = name.lower()
        return Spot((*self.path, name), (*self.pattern, folded if folded in grammar else "*"))

    @property
    def name(self) -> str:
        """The key where the walk is."""
        return self.path[-1]


def _container(member: Member, grammar: Grammar, spot: Spot, terms: Terms) -> Iterator[Flaw]:
    node = member.value
    if not isinstance(node, Object):
        yield Flaw(spot.path, f"`{spot.name}` must be an object", node.place)
        return
    yield from _repeated(node, spot.path)
    for child in node:
        known = under(grammar, child.name)
        if child.name == CONTROL:
            yield from _control(child.value, spot.path)
        elif child.name.startswith("@@"):
            reason = f"`{child.name}` stands on `{spot.name}`, which holds no value of its own"
            yield Flaw(spot.path, reason, child.place)
        elif known is None:
            known_keys = ", ".join(f"`{key}`" for key in sorted(grammar))
            reason = f"`{child.name}` is unknown under `{spot.name}`; known are {known_keys}"
            yield Flaw((*spot.path, child.name), reason, child.place)
        else:
            yield from _entry(child, known, spot.under(child.name, grammar), terms)


def _entry(member: Member, known: Grammar | Kind, spot: Spot, terms: Terms) -> Iterator[Flaw]:
    """A known key, and what is under it."""
    above = spot.pattern[:-1]
    if above in NAMED and not NAME.fullmatch(member.name):
        yield Flaw(spot.path, f"`{_short(member.name)}` {NAME_REASON}", member.place)
    if above[-1] == "copy_actions" and (said := copy_key(member.name)) is not None:
        yield Flaw(spot.path, f"`{_short(member.name)}` {said}", member.place)
    if isinstance(known, str):
        yield from _leaf(member, known, spot, terms)
    else:
        yield from _container(member, known, spot, terms)


def _leaf(member: Member, kind: Kind, spot: Spot, terms: Terms) -> Iterator[Flaw]:
    node = member.value
    if not isinstance(node, Object):
        yield Flaw(spot.path, f'`{spot.name}` must hold operators, such as `{{"@@assign": …}}`', node.place)
        return
    yield from _repeated(node, spot.path)
    for child in node:
        if child.name == CONTROL:
            yield from _control(child.value, spot.path)
        elif child.name not in OPERATORS:
            yield Flaw(spot.path, f"`{child.name}` is no operator", child.place)
        elif child.name not in OF[kind]:
            yield Flaw(spot.path, f"`{child.name}` on `{spot.name}`, which holds a single value", child.place)
        elif kind == "list":
            yield from _list(child, spot, terms)
        else:
            yield from _value(child.value, spot, terms)


def _list(operator: Member, spot: Spot, terms: Terms) -> Iterator[Flaw]:
    node = operator.value
    if not isinstance(node, Array):
        yield Flaw(spot.path, f"`{operator.name}` on `{spot.name}` must hold a list", node.place)
        return
    if not node.items and spot.pattern[-1] not in MAY_BE_EMPTY:
        yield Flaw(spot.path, f"`{operator.name}` on `{spot.name}` holds an empty list", node.place)
    for item in node.items:
        yield from _value(item, spot, terms)


def _value(node: Node, spot: Spot, terms: Terms) -> Iterator[Flaw]:
    if not isinstance(node, Scalar):
        found = "a list" if isinstance(node, Array) else "an object"
        yield Flaw(spot.path, f"`{spot.name}` holds {found} where a single value should stand", node.place)
    elif (said := wrong(spot.pattern, node, terms.partition)) is not None:
        yield Flaw(spot.path, f"`{_short(node.text)}` {said}", node.place)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


def _control(node: Node, path: tuple[str, ...]) -> Iterator[Flaw]:
    """What the levels below may do; `@@all` may have company, `@@none` may not (recorded)."""
    if not isinstance(node, Array) or not node.items:
        yield Flaw(path, f"`{CONTROL}` must hold a list of operators", node.place)
        return
    seen: set[str] = set()
    for item in node.items:
        text = item.text if isinstance(item, Scalar) and item.kind == "string" else ""
        if text not in _CONTROLS:
            yield Flaw(path, f"`{CONTROL}` knows only {', '.join(sorted(_CONTROLS))}", item.place)
        elif text in seen:
            yield Flaw(path, f"`{text}` stands twice in `{CONTROL}`", item.place)
        seen.add(text)
    if NONE in seen and len(seen) > 1:
        yield Flaw(path, f"`{NONE}` allows nothing and cannot stand with other operators", node.place)
