"""Random policies and questions, answered by us and by solvers of others: z3 over texts, CaDiCaL over cells."""

from __future__ import annotations

import datetime
import random
from typing import Any

import pytest
import z3
from pysat.solvers import Cadical153
from tests.compiler.prove.policies import Draw, draw

from backstay.dsl.condition import AllOf, AnyOf, Condition, NotOf, Tag, TagIn
from backstay.prove.answer import Answer
from backstay.prove.check import check
from backstay.prove.concrete import Thing, holds
from backstay.prove.requirement import prove
from backstay.prove.search import Covered, outside
from backstay_aws.selection import Selection, matches

NOW = datetime.date(2026, 11, 22)
QUICKLY, PATIENTLY = 1_000_000, 10_000_000
"""Steps that z3 may take for one question, which a busy machine does not make fewer; a million is half a second."""
NAMES = {
    # what a pattern of the drawn policies asks of the name of a database; None: it takes no database
    "*": "*",
    "arn:aws:rds:*:*:db:*": "*",
    "arn:aws:rds:*:*:db:ledger*": "ledger*",
    "arn:aws:rds:*:*:db:ledger-1*": "ledger-1*",
    "arn:aws:s3:::*": None,
}


class Texts:
    """A database as z3 sees it: its name, and for each tag whether it is there and what it says."""

    def __init__(self, *, absent: bool) -> None:
        self.absent = absent
        self.name = z3.String("name")
        self.values: dict[str, Any] = {}
        self.there: dict[str, Any] = {}

    def tag(self, key: str) -> tuple[Any, Any]:
        """Whether the tag is there, and its value."""
        if key not in self.values:
            self.values[key], self.there[key] = z3.String(f"v-{key}"), z3.Bool(f"t-{key}")
        return self.there[key], self.values[key]

    def compare(self, key: str, operator: str, text: str) -> Any:
        """One comparison, under the reading."""
        there, value = self.tag(key)
        same = value == z3.StringVal(text) if operator in ("==", "!=") else z3.InRe(value, pattern(text))
        if operator in ("==", "like"):
            return z3.And(there, same)
        return z3.If(there, z3.Not(same), z3.BoolVal(self.absent))

    def condition(self, condition: Condition) -> Any:
        """A condition, with `~` pushed down to the comparisons as the language says."""
        match condition:
            case AllOf():
                return z3.And(*map(self.condition, condition.items))
            case AnyOf():
                return z3.Or(*map(self.condition, condition.items))
            case NotOf():
                return self.opposite(condition.item)
            case TagIn():
                return z3.Or(*(self.compare(condition.key, "==", value) for value in condition.values))
            case Tag():
                return self.compare(condition.key, condition.operator, condition.value)
        raise AssertionError(condition)

    def opposite(self, condition: Condition) -> Any:
        """What `~` makes of a condition."""
        match condition:
            case AllOf():
                return z3.Or(*map(self.opposite, condition.items))
            case AnyOf():
                return z3.And(*map(self.opposite, condition.items))
            case NotOf():
                return self.condition(condition.item)
            case TagIn():
                return z3.And(*(self.compare(condition.key, "!=", value) for value in condition.values))
            case Tag():
                turned = {"==": "!=", "!=": "==", "like": "not like", "not like": "like"}[condition.operator]
                return self.compare(condition.key, turned, condition.value)
        raise AssertionError(condition)

    def called(self, arn: str) -> Any:
        """Whether the database's ARN is of a pattern."""
        name = NAMES[arn]
        return z3.BoolVal(name is not None) if name in (None, "*") else z3.InRe(self.name, pattern(name))

    def taken(self, selection: Selection) -> Any:
        """Whether a selection takes it, with everything opted in."""
        always = [
            self.compare(key, operator, text)
            for pairs, operator in (
                (selection.string_equals, "=="),
                (selection.string_not_equals, "!="),
                (selection.string_like, "like"),
                (selection.string_not_like, "not like"),
            )
            for key, text in pairs
        ]
        barred = [z3.Not(self.called(text)) for text in selection.not_resources]
        taken_in = [self.called(text) for text in selection.resources]
        taken_in += [self.compare(key, "==", text) for key, text in selection.list_of_tags]
        return z3.And(*always, *barred, z3.Or(*taken_in))


def pattern(text: str) -> Any:
    """A pattern with `*` as a regular expression of z3."""
    every = z3.Full(z3.ReSort(z3.StringSort()))
    pieces = [every if sign == "*" else z3.Re(sign) for sign in text]
    return z3.Concat(*pieces) if len(pieces) > 1 else pieces[0] if pieces else z3.Re("")


def by_z3(drawn: Draw, *, absent: bool, patience: int) -> bool | None:
    """Whether every resource is taken by a good selection; None where z3 gives up after so many of its own steps."""
    texts = Texts(absent=absent)
    solver = z3.Solver()
    solver.set("rlimit", patience)
    solver.add(texts.name != z3.StringVal(""), texts.condition(drawn.every))
    solver.add(*(z3.Not(texts.taken(one)) for one in drawn.good()))
    found = solver.check()
    return None if found == z3.unknown else bool(found == z3.unsat)


def agrees(seed: int, patience: int) -> tuple[Answer, bool]:
    """Our answer to the question of a seed, held against z3's under both readings, and whether z3 had one."""
    drawn = draw(seed)
    (answer,) = prove(drawn.model, NOW)
    proved = [by_z3(drawn, absent=absent, patience=patience) for absent in (True, False)]
    if None not in proved:
        expected = "PROVED" if all(proved) else "UNKNOWN" if any(proved) else "COUNTEREXAMPLE"
        assert answer.status == expected, (seed, answer)
    for one in answer.certificates:
        check(one, drawn.every, "aws")
    if answer.witness is not None:
        _confirm(drawn, answer)
    return answer, None not in proved


def _confirm(drawn: Draw, answer: Answer) -> None:
    """A witness is a resource that the question is about and that no good selection takes, under some reading."""
    assert answer.witness is not None
    own = answer.witness.arn
    for absent in (True, False):
        about = holds(drawn.every, Thing(own, "RDS", answer.witness.tags), absent=absent)
        taken = any(
            matches(
                one,
                arn=own,
                resource_type="RDS",
                tags=answer.witness.tags,
                opted_in=lambda _: True,
                absent_matches_not=absent,
            )
            for one in drawn.good()
        )
        if about and not taken:
            return
    raise AssertionError(answer)


def test_answers_are_z3s() -> None:
    """Each kind of answer occurs among the questions; z3 gives up on few."""
    answers = [agrees(seed, QUICKLY) for seed in range(60)]
    assert {answer.status for answer, _ in answers} == {"PROVED", "COUNTEREXAMPLE", "UNKNOWN"}
    assert sum(decided for _, decided in answers) > 50


@pytest.mark.parametrize("seed", [1002, 1028])
def test_a_proof_of_an_every_with_parts_and_opposites_is_verified(seed: int) -> None:
    """`~` over several values, under the reading that an absent tag differs from none; two ways into `every`."""
    answer, decided = agrees(seed, PATIENTLY)
    assert (answer.status, decided) == ("PROVED", True)


@pytest.mark.long
def test_two_thousand_answers_are_z3s() -> None:
    """Policies and questions of so many seeds that z3 decides 2,000 of them."""
    assert sum(agrees(seed, PATIENTLY)[1] for seed in range(1_000, 3_200)) >= 2_000


def test_the_search_agrees_with_cadical() -> None:
    """Two thousand problems over cells: one variable a cell, one clause a box."""
    dice = random.Random(7)
    outcomes = set()
    for _ in range(2_000):
        keys = {f"k{number}": (1 << dice.randint(1, 6)) - 1 for number in range(dice.randint(1, 5))}
        boxes = [_box(dice, keys) for _ in range(dice.randint(0, 25))]
        within = _box(dice, keys)
        found = isinstance(outside(within, boxes, keys), Covered)
        assert found == _covered(within, boxes, keys)
        outcomes.add(found)
    assert outcomes == {True, False}


def _box(dice: random.Random, keys: dict[str, int]) -> dict[str, int]:
    return {key: dice.randint(1, cells) for key, cells in keys.items() if dice.random() < 0.6}


def _covered(within: dict[str, int], boxes: list[dict[str, int]], keys: dict[str, int]) -> bool:
    names: dict[tuple[str, int], int] = {}
    for key, cells in keys.items():
        for cell in range(cells.bit_length()):
            names[key, cell] = len(names) + 1
    with Cadical153() as solver:
        for key, cells in keys.items():
            possible = cells & within.get(key, cells)
            solver.add_clause([names[key, cell] for cell in range(cells.bit_length()) if possible >> cell & 1])
            row = [names[key, cell] for cell in range(cells.bit_length())]
            for index, one in enumerate(row):
                for other in row[index + 1 :]:
                    solver.add_clause([-one, -other])
        for box in boxes:
            outside_of = [
                names[key, cell]
                for key, cells in box.items()
                for cell in range(keys[key].bit_length())
                if not cells >> cell & 1
            ]
            solver.add_clause(outside_of)
        return not solver.solve()
