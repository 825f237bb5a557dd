"""Compares what no resource and no vault gains or loses by: tests, audits, reports, holds, settings. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from backstay import ir
from backstay.diff.change import Change, Direction, Kind

if TYPE_CHECKING:
    from backstay.diff.sided import Document
    from backstay.diff.vaults import Places
    from backstay_contract.findings import Span

_TEST_NAME = "RestoreTestingPlan/RestoreTestingPlanName"
# Kind → what a reader calls it, its noun in a build and the path to its name there, and where a model has it.
_PARTS: Sequence[tuple[Kind, str, str, str, str]] = (
    ("restore-test", "restore test", "restore_testing_plans", _TEST_NAME, "restore_tests"),
    ("framework", "framework", "frameworks", "FrameworkName", "frameworks"),
    ("report", "report", "report_plans", "ReportPlanName", "reports"),
    ("legal-hold", "legal hold", "legal_holds", "Title", "legal_holds"),
    ("tiering", "tiering", "tiering_configurations", "TieringConfiguration/TieringConfigurationName", "tiering"),
)  # fmt: skip
_TESTED = "restore_testing_selections"


def compare(at: Places, old: ir.Shape, new: ir.Shape, before: Document, after: Document) -> Iterator[Change]:
    """Every difference of the rest of two shapes, of which the documents are given too."""
    for kind, word, noun, path, member in _PARTS:
        one, other = _named(before, noun, path), _named(after, noun, path)
        for key in sorted(one.keys() | other.keys()):
            if one.get(key) != other.get(key):
                direction = _direction(one.get(key), other.get(key))
                told = {"lost": "Goes", "gained": "Is new", "changed": "Changes"}[direction]
                yield at.change(kind, direction, told, f"{word} {key}", _place(member, key, new, old))
    yield from _settings(at, "opted in", dict(old.opt_in), dict(new.opt_in), new.opt_in_where)
    yield from _settings(
        at, "fully managed by AWS Backup", dict(old.management), dict(new.management), new.management_where
    )


def _named(said: Document, noun: str, path: str) -> dict[str, Any]:
    """The parts of a noun by name; a restore test with its selections."""
    found = {}
    for part in said.get(noun, ()):
        name: Any = part
        for step in path.split("/"):
            name = name[step]
        tested = [one for one in said.get(_TESTED, ()) if one["RestoreTestingPlanName"] == name]
        found[str(name)] = (part, tested if noun == "restore_testing_plans" else None)
    return found


def _place(member: str, name: str, *shapes: ir.Shape) -> Span | None:
    """Where a part was written, on the new side if it is there."""
    parts = (one for shape in shapes for one in getattr(shape, member))
    return next(
        (one.where.span for one in parts if name in (getattr(one, "name", ""), getattr(one, "title", ""))), None
    )


def _settings(
    at: Places, word: str, before: Mapping[str, bool], after: Mapping[str, bool], where: Mapping[str, ir.Where]
) -> Iterator[Change]:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old != new:
            direction: Direction = "lost" if new is False else "gained" if new and old is False else "changed"
            what = f"{_said(old)} → {_said(new)} ({word})"
            yield at.change(
                "setting", direction, what, f"resource type {key}", where[key].span if key in where else None
            )


def organization(old: ir.Model, new: ir.Model) -> Iterator[Change]:
    """What changed for the organization as a whole: its settings, and what the policies promise."""
    before, after = dict(old.global_settings), dict(new.global_settings)
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            direction: Direction = "lost" if after.get(key) != "true" else "gained"
            what = f"{before.get(key, 'not said')} → {after.get(key, 'not said')}"
            place = new.global_where.span if new.global_where else None
            yield Change("setting", direction, what, f"organization setting {key}", (), place=place)
    promised, kept = ({one.name: one for one in model.requirements} for model in (old, new))
    for name in sorted(promised.keys() - kept.keys()):
        yield Change(
            "policy", "lost", "Is not promised any more", f"requirement “{name}”", (), place=promised[name].where.span
        )
    for name in sorted(kept.keys() - promised.keys()):
        yield Change(
            "policy", "gained", "Is promised from now on", f"requirement “{name}”", (), place=kept[name].where.span
        )
    for name in sorted(promised.keys() & kept.keys()):
        if promised[name].node != kept[name].node:
            yield Change(
                "policy", "changed", "Promises something else", f"requirement “{name}”", (), place=kept[name].where.span
            )


def _direction(one: object, other: object) -> Direction:
    return "gained" if one is None else "lost" if other is None else "changed"


def _said(value: bool | None) -> str:
    return "not said" if value is None else "on" if value else "off"
