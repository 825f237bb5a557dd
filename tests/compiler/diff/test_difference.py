"""A difference is of meaning: exact over all resources, silent where nothing changes, and confirmed one by one."""

from __future__ import annotations

import datetime
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.compiler.prove.policies import draw

from backstay import ir
from backstay.diff.meaning import Shortfall, shortfalls, side
from backstay_aws.selection import Selection, matches

NOW = datetime.date(2026, 11, 29)
KEYS, VALUES = ("backup", "env", "team"), ("gold", "silver", "prod", "tmp-1", "a", "tmpx", "god", "")


def _pair(seed: int, other: int) -> tuple[ir.Model, ir.Model]:
    return draw(seed).model, draw(other).model


def _found(old: ir.Model, new: ir.Model) -> list[Shortfall]:
    (before,), (after,) = old.shapes, new.shapes
    return list(shortfalls(side(old, before, NOW), side(new, after, NOW)))


def _taken(selection: Selection, arn: str, tags: dict[str, str]) -> bool:
    return matches(selection, arn=arn, resource_type="RDS", tags=tags, opted_in=lambda _: True)


def _kept(model: ir.Model, arn: str, tags: dict[str, str]) -> int:
    """How long the recovery points of a resource are kept at most; 0: it has none."""
    (shape,) = model.shapes
    return max(
        (
            plan.rules[0].lifecycle.delete_after or 0
            for plan in shape.plans
            if any(_taken(one.selection, arn, tags) for one in plan.selections)
        ),
        default=0,
    )


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_loss_is_told_if_and_only_if_some_resource_loses(seed: int, other: int) -> None:
    """Held against resources drawn at random; and every witness has really lost what is said."""
    old, new = _pair(seed, other)
    found = [one for one in _found(old, new) if one.aspect in ("backup", "points", "plan")]
    for one in found:
        arn, tags = one.witness.arn.replace("100000000010", "$account"), dict(one.witness.tags)
        if one.witness.type == "RDS":
            assert _kept(new, arn, tags) < _kept(old, arn, tags)
    dice = random.Random(seed)
    for _ in range(60):
        tags = {key: dice.choice(VALUES) for key in KEYS if dice.random() < 0.7}
        arn = f"arn:aws:rds:eu-central-1:$account:db:{dice.choice(('x', 'ledger', 'ledger-12'))}"
        if _kept(new, arn, tags) < _kept(old, arn, tags):
            assert found


def test_the_same_policies_differ_in_nothing() -> None:
    """In no direction, whatever they are."""
    for seed in range(40):
        model = draw(seed).model
        assert _found(model, model) == []


@pytest.mark.parametrize("seed", range(6))
def test_more_is_no_loss(seed: int) -> None:
    """A plan more takes nothing away."""
    model = draw(seed).model
    (shape,) = model.shapes
    (extra,) = draw(seed + 100).model.shapes
    added = replace(shape, plans=(*shape.plans, *(replace(plan, name=f"more-{plan.name}") for plan in extra.plans)))
    assert _found(model, replace(model, shapes=(added,))) == []
