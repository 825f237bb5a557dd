"""Random policies and questions, for oracles: a model of one account with some plans, and one requirement."""

from __future__ import annotations

import random
from dataclasses import dataclass

from backstay import ir
from backstay.dsl import Require
from backstay.dsl.condition import AllOf, AnyOf, Condition, NotOf, Tag, TagIn
from backstay.dsl.duration import Days
from backstay.dsl.target import Root
from backstay_aws.lifecycle import Lifecycle
from backstay_aws.selection import Selection

KEYS = ("backup", "env", "team")
VALUES = ("gold", "silver", "prod", "tmp-1", "a")
PATTERNS = ("tmp*", "*", "g*d", "*1", "pro*", "*o*")
KEPT = (7, 35, 400)
NOWHERE = ir.Where(None)


@dataclass(frozen=True)
class Draw:
    """One random policy with its question."""

    model: ir.Model
    every: Condition
    keep: int

    def good(self) -> list[Selection]:
        """The selections of plans that keep long enough."""
        (shape,) = self.model.shapes
        kept = [plan for plan in shape.plans if (plan.rules[0].lifecycle.delete_after or 0) >= self.keep]
        return [one.selection for plan in kept for one in plan.selections]


def draw(seed: int) -> Draw:
    """The policy of a seed."""
    dice = random.Random(seed)
    plans = tuple(_plan(dice, number) for number in range(dice.randint(1, 4)))
    every, keep = _condition(dice, 2), dice.choice(KEPT)
    node = Require("r", every=every, under=Root(), types=["RDS"], keep=Days(keep))
    shape = ir.Shape("eu-central-1", ("100000000010",), ("",), plans, (), ())
    facts = ir.AccountFacts("100000000010", "shop", "", (), ("eu-central-1",))
    model = ir.Model(
        "o-acme0001",
        facts.id,
        None,
        "aws",
        (),
        {facts.id: facts},
        (shape,),
        (),
        None,
        (),
        (ir.Requirement("r", node, NOWHERE),),
    )
    return Draw(model, every, keep)


def _plan(dice: random.Random, number: int) -> ir.Plan:
    lifecycle = Lifecycle(None, dice.choice(KEPT))
    rule = ir.Rule("daily", "cron(0 5 ? * * *)", "UTC", True, "v", 60, 600, lifecycle, False, (), (), NOWHERE)
    chosen = tuple(
        ir.PlanSelection(f"s{one}", "arn:aws:iam::100000000010:role/b", _selection(dice), (), NOWHERE)
        for one in range(dice.randint(1, 3))
    )
    return ir.Plan(f"p{number}", (rule,), chosen, (), NOWHERE)


def _selection(dice: random.Random) -> Selection:
    def pairs(values: tuple[str, ...], most: int) -> tuple[tuple[str, str], ...]:
        return tuple((dice.choice(KEYS), dice.choice(values)) for _ in range(dice.randint(0, most)))

    arns = ("*", "arn:aws:rds:*:*:db:*", "arn:aws:rds:*:*:db:ledger*", "arn:aws:s3:::*")
    tags = pairs(VALUES, 2) if dice.random() < 0.4 else ()
    resources = () if tags and dice.random() < 0.7 else (dice.choice(arns),)
    barred = ("arn:aws:rds:*:*:db:ledger-1*",) if dice.random() < 0.2 else ()
    return Selection(
        resources, barred, tags, pairs(VALUES, 1), pairs(VALUES, 1), pairs(PATTERNS, 1), pairs(PATTERNS, 1)
    )


def _condition(dice: random.Random, depth: int) -> Condition:
    if depth and dice.random() < 0.6:
        parts = tuple(_condition(dice, depth - 1) for _ in range(2))
        return AllOf(parts) if dice.random() < 0.5 else AnyOf(parts)
    if depth and dice.random() < 0.2:
        return NotOf(_condition(dice, depth - 1))
    key = dice.choice(KEYS)
    match dice.randrange(4):
        case 0:
            return TagIn(key, tuple(dict.fromkeys(dice.choices(VALUES, k=2))))
        case 1:
            return Tag(key, "like", dice.choice(PATTERNS))
        case 2:
            return Tag(key, "!=", dice.choice(VALUES))
    return Tag(key, "==", dice.choice(VALUES))
