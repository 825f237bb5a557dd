"""The controls as a list: what each asks, its parameters, the clauses that it bears on. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from backstay_agent.audit import clauses
from backstay_agent.audit.clauses import Clause, Text
from backstay_agent.controls import parameters, registry
from backstay_agent.controls.control import Control
from backstay_agent.controls.parameters import Parameters
from backstay_aws.catalog import Parameter

NO_ADVICE = "Clauses are named for orientation; this is no legal advice."


@dataclass(frozen=True, slots=True)
class Listed:
    """A control with its defaults."""

    control: Control[Any]
    values: Parameters
    accepted: tuple[Parameter, ...]
    clauses: tuple[Clause, ...]

    @property
    def title(self) -> str:
        """What holds when it is met, with the defaults."""
        return self.control.title(self.values)


def every() -> tuple[Listed, ...]:
    """All controls in their order."""
    found = registry.controls()
    defaults: Mapping[str, Parameters] = parameters.read([one.name for one in found], ())
    return tuple(Listed(one, defaults[one.name], parameters.accepted(one.name), clauses.of(one.name)) for one in found)


def find(name: str) -> Listed | Text | None:
    """A control or a text of that name, in any case; None where there is none."""
    for listed in every():
        if listed.control.name.casefold() == name.casefold():
            return listed
    return next((text for text in clauses.texts() if text.name.casefold() == name.casefold()), None)


def nearest(name: str) -> str:
    """What was probably meant."""
    known = {
        one.casefold(): one for one in (*(it.control.name for it in every()), *(it.name for it in clauses.texts()))
    }
    return known[get_close_matches(name.casefold(), known, n=1, cutoff=0.0)[0]]


def text(found: Listed | Text | None) -> str:
    """For a terminal: all controls in a line each, or one control or text with everything."""
    match found:
        case None:
            rows = [(it.control.name, it.control.kind, it.title) for it in every()]
            widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
            lines = [f"{name:<{widths[0]}}  {kind:<{widths[1]}}  {title}" for name, kind, title in rows]
            names = ", ".join(text.name for text in clauses.texts())
            return "\n".join([*lines, "", f"backstay controls NAME tells all of one, or of a text: {names}."])
        case Listed():
            return "\n".join(_page(found))
        case Text():
            return "\n".join(_of_text(found))


def _page(listed: Listed) -> Iterator[str]:
    yield f"{listed.control.name}"
    yield f"  holds when   {listed.title}"
    yield f"  asked of     each {listed.control.kind}"
    yield f"  remedy       {listed.control.remedy}"
    for one in listed.accepted:
        yield f"  parameter    {one.name}: {_described(one)}"
    for clause in listed.clauses:
        yield f"  bears on     {clause.cited}: {clause.title}"
    if listed.clauses:
        yield f"{NO_ADVICE}"


def _of_text(text: Text) -> Iterator[str]:
    yield f"{text.title}, {text.version}"
    yield f"  source       {text.source}, rows of {text.date}"
    for clause, names in _bearing(text):
        yield f"  {clause.id}: {clause.title}"
        yield from (f"    {name}" for name in names)
    yield NO_ADVICE


def _bearing(text: Text) -> Iterator[tuple[Clause, Sequence[str]]]:
    """The clauses of a text that controls bear on, in the order of the table, with the controls' names."""
    listed = every()
    for clause in clauses.of_text(text.name):
        names = [it.control.name for it in listed if clause in it.clauses]
        if names:
            yield clause, names


def _described(one: Parameter) -> str:
    kind = (
        " or ".join(one.choices) if one.choices else {"integer": "a number", "list": "a list"}.get(one.kind, one.kind)
    )
    ranges = ", ".join(f"{span.minimum}–{span.maximum}{f' {span.unit}' if span.unit else ''}" for span in one.ranges)
    default = f"; default {one.default}" if one.default else "; none by default"
    return f"{kind}{f' ({ranges})' if ranges else ''}{default}"


def markdown(found: Listed | Text | None) -> str:
    """Tables for a page."""
    match found:
        case Text():
            rows = [f"| {clause.id} | {clause.title} | {_code(names)} |" for clause, names in _bearing(found)]
            head = f"## {found.title}, {found.version}\n\n{found.source}; read {found.date}. {NO_ADVICE}\n"
            return "\n".join([head, "| clause | about | controls |", "|---|---|---|", *rows])
        case Listed():
            return "\n".join(_table([found]))
        case None:
            return "\n".join(_table(every()))


def _table(rows: Sequence[Listed]) -> Iterator[str]:
    names = [text.name for text in clauses.texts()]
    yield f"| control | holds when | parameters | {' | '.join(names)} |"
    yield f"|---|---|---|{'---|' * len(names)}"
    for it in rows:
        cells = [", ".join(clause.id for clause in it.clauses if clause.text == name) for name in names]
        accepted = _code([one.name for one in it.accepted])
        yield f"| `{it.control.name}` | {it.title} | {accepted} | {' | '.join(cells)} |"


def _code(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def plain(found: Listed | Text | None) -> dict[str, Any]:
    """As JSON: `controls` with parameters and clauses, and the `texts` that clauses are of, with their sources."""
    match found:
        case None:
            return {"controls": [_plain(it) for it in every()], "texts": [_plain_text(it) for it in clauses.texts()]}
        case Listed():
            cited = {clause.text for clause in found.clauses}
            texts = [_plain_text(it) for it in clauses.texts() if it.name in cited]
            return {"controls": [_plain(found)], "texts": texts}
        case Text():
            rows = [it for it in every() if any(clause.text == found.name for clause in it.clauses)]
            return {"controls": [_plain(it) for it in rows], "texts": [_plain_text(found)]}


def _plain_text(text: Text) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(text)


def _plain(it: Listed) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "name": it.control.name,
        "kind": it.control.kind,
        "title": it.title,
        "remedy": it.control.remedy,
        "parameters": [asdict(one) for one in it.accepted],
        "clauses": [asdict(clause) for clause in it.clauses],
    }
