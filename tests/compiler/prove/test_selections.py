"""What selections do to one another, over all resources that there could be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay import ir
from backstay.prove.overlaps import overlaps
from backstay.prove.selections import Remark, remarks
from backstay_aws.selection import matches

Make = Callable[[str], ir.Model]
POLICY = """
from backstay import resource_type
main = Vault("main")
def plan(name, *select):
    return Plan(name, rules=[Rule("daily", at=daily("03:00"), keep=days(35), into=main, start_within=hours(1))],
                select=list(select))
plans = [{plans}]
base = Policy("base", attach=root(), plans=plans, vaults=[main])
"""
DEAD = {
    "two values of one tag": '(tag("a") == "1") & (tag("a") == "2")',
    "a value that its own pattern refuses": '(tag("a") == "x-1") & ~tag("a").like("x*")',
    "a pattern within one that is refused": 'tag("a").like("*x-1*") & ~tag("a").like("*x*")',
}
SWALLOWED = {
    "a value within a pattern": ('tag("a") == "x-1"', ['tag("a").like("x*")'], ["s0"]),
    "by two together": (
        'tag("a").like("*")',
        ['tag("a").like("x*")', 'tag("a").like("*") & ~tag("a").like("x*")'],
        ["s0", "s1"],
    ),
    "the second of two that are equal": ('tag("a") == "x"', ['tag("a") == "x"'], ["s0"]),
    "one condition more": ('(tag("a") == "x") & (tag("b") == "y")', ['tag("a") == "x"'], ["s0"]),
}
NEEDED = {
    "what only one reading covers": ('tag("c") == "d"', ['tag("a") != "x"', 'tag("a") == "x"']),
    "a pattern that is wider": ('tag("a").like("x*")', ['tag("a") == "x-1"']),
}


def said(model: ir.Model, kind: str) -> list[Remark]:
    """The remarks of a kind."""
    return [one for one in remarks(model) if one.kind == kind]


def plan(*conditions: str, name: str = "p") -> str:
    """A plan with a selection for each condition, `s0` and so on."""
    chosen = ", ".join(f'Select("s{n}", where={text})' for n, text in enumerate(conditions))
    return f'plan("{name}", {chosen})'


@pytest.mark.parametrize("name", list(DEAD))
def test_what_takes_nothing_is_dead(model: Make, name: str) -> None:
    """However that is written; what stands beside it is not."""
    (one,) = said(model(POLICY.format(plans=plan(DEAD[name], 'tag("b") == "1"'))), "dead")
    assert (one.plan, one.selection) == ("p", "s0")
    assert one.where.span is not None


@pytest.mark.parametrize("name", list(SWALLOWED))
def test_what_others_of_the_plan_take_is_swallowed(model: Make, name: str) -> None:
    """And it is said by which."""
    small, wide, by = SWALLOWED[name]
    (one,) = said(model(POLICY.format(plans=plan(*wide, small))), "swallowed")
    assert (one.selection, list(one.by)) == (f"s{len(wide)}", [f"p/{other}" for other in by])


@pytest.mark.parametrize("name", list(NEEDED))
def test_what_takes_more_is_not(model: Make, name: str) -> None:
    """A selection is swallowed only if it is under both readings."""
    small, wide = NEEDED[name]
    found = said(model(POLICY.format(plans=plan(*wide, small))), "swallowed")
    assert f"s{len(wide)}" not in [one.selection for one in found]


def test_another_plan_swallows_nothing(model: Make) -> None:
    """Its rules are others: there a resource is under two plans."""
    made = model(
        POLICY.format(plans=plan('tag("a").like("x*")', name="p") + ", " + plan('tag("a") == "x-1"', name="q"))
    )
    assert not said(made, "swallowed")
    (one,) = said(made, "two plans")
    assert (one.plan, one.by) == ("p", ("q/s0",))
    assert one.witness is not None
    assert one.witness.tags == {"a": "x-1"}
    for shape in made.shapes:
        for own in shape.plans:
            assert matches(
                own.selections[0].selection,
                arn=one.witness.arn,
                resource_type=one.witness.type,
                tags=one.witness.tags,
                opted_in=lambda _: True,
            )


def test_two_plans_by_one_reading_only_is_said(model: Make) -> None:
    """A resource without the tag is under both only if it counts as one whose tag differs."""
    plans = plan('(tag("a") == "1") & (tag("b") != "2")', name="p") + ", "
    plans += plan('(tag("a") == "1") & ~tag("b").like("*")', name="q")
    (one,) = said(model(POLICY.format(plans=plans)), "two plans")
    assert "only if a resource that lacks a tag" in one.what


def test_plans_that_share_nothing_say_nothing(model: Make) -> None:
    """Other types, other values."""
    plans = plan('(tag("a") == "1") & resource_type("RDS")', name="p") + ", "
    plans += plan('(tag("a") == "1") & resource_type("S3")', name="q") + ", " + plan('tag("a") == "2"', name="r")
    assert remarks(model(POLICY.format(plans=plans))) == ()


KEYS = {"a": 0b111, "b": 0b1111}
box = st.fixed_dictionaries({}, optional={key: st.integers(1, cells) for key, cells in KEYS.items()})


@given(st.lists(st.tuples(box, st.sampled_from("pqr")), max_size=8))
def test_overlaps_are_what_looking_at_every_pair_finds(drawn: list[tuple[dict[str, int], str]]) -> None:
    """Each pair of owners once."""
    boxes, owners = [one for one, _ in drawn], [owner for _, owner in drawn]
    found = list(overlaps(boxes, owners, set(), KEYS))
    pairs = [frozenset((owners[one], owners[other])) for one, other in found]
    expected = {
        frozenset((owners[one], owners[other]))
        for one in range(len(boxes))
        for other in range(one)
        if owners[one] != owners[other]
        and all(boxes[one].get(key, cells) & boxes[other].get(key, cells) for key, cells in KEYS.items())
    }
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == expected
    for one, other in found:
        assert all(boxes[one].get(key, cells) & boxes[other].get(key, cells) for key, cells in KEYS.items())
