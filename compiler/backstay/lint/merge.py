"""Tells a problem that many accounts share as one finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from backstay.lint.fix import Fix, Spot, spot
from backstay.lint.rule import Problem
from backstay.lint.words import plainly
from backstay_contract.findings import Finding, in_order

Key = tuple[object, ...]
_SHOWN = 3


def merge(problems: Iterable[Problem]) -> tuple[Finding, ...]:
    """Findings in the order of the files, each with how many accounts have it and what brought it to them."""
    return merged(problems)[0]


def merged(problems: Iterable[Problem]) -> tuple[tuple[Finding, ...], Mapping[Spot, Fix]]:
    """The same, and what puts findings right, where all who have one agree on it."""
    groups: dict[Key, list[Problem]] = {}
    for problem in problems:
        groups.setdefault(key(problem), []).append(problem)
    found = [(_finding(group), {problem.fix for problem in group}) for group in groups.values()]
    fixes = {spot(finding): fix for finding, agreed in found if len(agreed) == 1 for fix in agreed if fix is not None}
    return tuple(in_order(finding for finding, _ in found)), fixes


def key(problem: Problem) -> Key:
    """What makes two problems one for a reader: all that would be printed of them."""
    return (problem.code, problem.severity, problem.message, problem.span, problem.label, problem.help, problem.others)


def _finding(group: list[Problem]) -> Finding:
    first = group[0]
    accounts = len(frozenset().union(*(problem.accounts for problem in group)))
    notes = dict.fromkeys(note for problem in group for note in problem.notes)
    if accounts:
        notes[_reach(group, accounts)] = None
    return Finding(
        first.code,
        first.name,
        first.severity,
        first.message,
        first.span,
        first.label,
        first.others,
        tuple(notes),
        first.help,
        accounts,
    )


def _reach(group: list[Problem], accounts: int) -> str:
    who = "1 account gets" if accounts == 1 else f"{accounts:,} accounts get"
    targets = _listed(problem.where.target for problem in group)
    named = {problem.where.policy for problem in group if problem.where.policy}
    through = f" from {targets}" if targets else ""
    regions = sorted({region for problem in group for region in problem.regions})
    where = f", in {plainly(regions)}" if regions else ""
    policies = f" ({'policy' if len(named) == 1 else 'policies'} {_listed(named)})" if named else ""
    return f"{who} this{through}{policies}{where}"


def _listed(names: Iterable[str]) -> str:
    """Names in backticks, the first few of them."""
    found = [f"`{name}`" for name in sorted(set(names)) if name]
    shown = found if len(found) <= _SHOWN else [*found[:_SHOWN], f"{len(found) - _SHOWN} more"]
    return plainly(shown) if shown else ""
