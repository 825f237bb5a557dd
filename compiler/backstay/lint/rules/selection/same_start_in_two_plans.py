"""A resource that two plans back up at the same moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from backstay.ir import Plan, Shape
from backstay.ir import Rule as Written
from backstay.lint.containment import within
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import RuleSite
from backstay.lint.source import guide
from backstay.lint.takings import Takings, takings
from backstay.lint.words import first_few

Start = tuple[Plan, Written]
Group = Sequence[Start]

_SHOWN = 3

_TWO = (
    'Plan("a", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
    '     select=[Select("all", where=tag("backup").isin(["gold", "silver"]))]),\n'
    'Plan("b", rules=[Rule("daily", at=daily("{0}"), into=second, keep=days(35))],\n'
    '     select=[Select("gold", where=tag("backup") == "gold")])'
)


class SameStartInTwoPlans(Rule):
    """Two plans that take the same resources start apart."""

    CODE = "SEL023"
    NAME = "same-start-in-two-plans"
    SEVERITY = "warning"
    SUMMARY = "Two plans that take the same resources and start at the same moment"
    WHY = (
        "AWS runs one job of a resource at a time. The second backup waits for the first, may run out of its start "
        "window, and otherwise makes a second recovery point of the same hour, which is paid for too. (Rules of one "
        "plan would have made one recovery point, by the rule that keeps it longest.)"
    )
    SOURCES = (guide("aws-backup-limits"), guide("plan-options-and-configuration"))
    VALID = (_TWO.format("09:00"),)
    INVALID = (_TWO.format("03:00"),)

    def check(self, context: Context) -> Iterator[Problem]:
        """Plans with an equal start, where one takes what another takes or the inventory shows that both take one.

        One finding for all places: of groups that lie within another, at the same rule, the widest is told.
        """
        found: dict[object, list[tuple[Shape, Group]]] = defaultdict(list)
        for shape, group in _everywhere(context):
            found[group[-1][1].where.field("at"), group[-1][0].name].append((shape, group))
        for groups in found.values():
            unlike = {_names(group): group for _, group in groups}
            widest = sorted(unlike, key=len, reverse=True)
            for shape, group in groups:
                names = _names(group)
                yield self._told(shape, unlike[next(one for one in widest if names <= one)])

    def _told(self, shape: Shape, group: Group) -> Problem:
        plan, rule = group[-1]
        path = (plan.where.policy, plan.name, rule.name)
        others = dict.fromkeys((other.where.fields.get("at"), f"`{one.name}` starts too") for one, other in group[:-1])
        return self.problem(
            RuleSite(rule.where, path, (shape,), shape.accounts, plan, rule),
            "at",
            f"plans {first_few(one.name for one, _ in group)} take some of the same resources, and start at the same "
            "time",
            label=f"{rule.schedule}, {rule.timezone}",
            help="make their rules one plan, or start one of them some hours later",
            others=[one for one in others if one[0] != rule.where.field("at")][:_SHOWN],
            here=True,
        )


def _names(group: Group) -> frozenset[str]:
    return frozenset(plan.name for plan, _ in group)


def _everywhere(context: Context) -> Iterator[tuple[Shape, Group]]:
    """The groups of every shape, each set of plans once."""
    taken = takings(context)
    for shape in context.model.shapes:
        told: set[frozenset[str]] = set()
        for starts in _together(shape):
            for group in _groups(starts, taken):
                if _names(group) not in told:
                    yield shape, group
                told.add(_names(group))


def _together(shape: Shape) -> Iterable[Sequence[Start]]:
    """The plans of a shape by the moments at which they start, each with its first rule that does."""
    found: dict[tuple[str, str], dict[str, Start]] = {}
    for plan in shape.plans:
        for rule in plan.rules:
            found.setdefault((rule.schedule, rule.timezone), {}).setdefault(plan.name, (plan, rule))
    return [tuple(starts.values()) for starts in found.values() if len(starts) > 1]


def _groups(starts: Sequence[Start], taken: Takings) -> Iterator[list[Start]]:
    """Plans of which each takes something that another of its group takes."""
    groups: list[list[Start]] = []
    for start in starts:
        joined: list[list[Start]] = []
        apart: list[list[Start]] = []
        for group in groups:
            met = any(_overlap(start[0], other, taken) for other, _ in group)
            (joined if met else apart).append(group)
        groups = [*apart, [*(one for group in joined for one in group), start]]
    return (group for group in groups if len(group) > 1)


def _overlap(one: Plan, other: Plan, taken: Takings) -> bool:
    """Whether some resource is surely taken by both plans."""
    pairs = [(first, second) for first in one.selections for second in other.selections]
    if any(within(a.selection, b.selection) or within(b.selection, a.selection) for a, b in pairs):
        return True
    arns = {row.arn for first in one.selections for row in taken.by(first)}
    return any(row.arn in arns for second in other.selections for row in taken.by(second))
