"""A key with too many cells: what a promise needs of them is cut alone; where that is too many too, it is unknown."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from backstay import ir
from backstay.prove import cells, patterns, takes
from backstay.prove.requirement import prove

Make = Callable[[str], ir.Model]
NOW = datetime.date(2026, 11, 22)
LETTERS = "abcdefghijklmnopqrst"
POLICY = """
main = Vault("main")
def plan(name, keep, conditions):
    rule = Rule("daily", at=daily("03:00"), keep=days(keep), into=main, start_within=hours(1))
    return Plan(name, rules=[rule], select=[Select(f"s{{n}}", where=one) for n, one in enumerate(conditions)])
good = plan("good", 400, [{good}])
other = plan("other", {keep}, [tag("name").like("*" + sign + "*") for sign in "{letters}"])
base = Policy("base", attach=root(), plans=[good, other], vaults=[main])
promise = Require("kept", every=tag("name").like("prod-*"), under=ou("Prod"), types=["RDS"], keep=days(400))
"""


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few cells that the test is quick; the search for kinds is the same."""

    def cut(key: str, atoms: object, *, may_be_absent: bool = True) -> cells.Cells:
        return cells.cut(key, atoms, may_be_absent=may_be_absent, most=200)  # type: ignore[arg-type]

    monkeypatch.setattr(takes, "cut", cut)


def ask(model: Make, good: str, keep: int) -> tuple[str, tuple[str, ...]]:
    """The answer's status and notes."""
    (answer,) = prove(model(POLICY.format(good=good, keep=keep, letters=LETTERS)), NOW)
    return answer.status, answer.notes


def test_patterns_that_do_not_matter_are_left_out(model: Make) -> None:
    """Twenty patterns of a plan that keeps too little make a million cells; the promise is proved without them."""
    assert ask(model, 'tag("name").like("prod*")', 35)[0] == "PROVED"


def test_a_refutation_without_them_is_one_with_them(model: Make) -> None:
    """What is left out could not have protected anything."""
    assert ask(model, 'tag("name").like("prod-a*")', 35)[0] == "COUNTEREXAMPLE"


def test_patterns_that_matter_are_not(model: Make) -> None:
    """Where each of them may be what protects, the answer is unknown, never proved."""
    status, notes = ask(model, 'tag("name").like("prod-a*")', 400)
    assert status == "UNKNOWN"
    assert "more combinations" in notes[0]


def test_the_fixture_does_what_it_says() -> None:
    """The patterns are too many, by themselves."""
    with pytest.raises(patterns.TooManyError):
        takes.cut("name", [cells.Atom("like", f"*{sign}*") for sign in LETTERS])
