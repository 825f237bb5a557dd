"""Everything of an account at once."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Plan, Shape
from backstay.ir import Rule as Written
from backstay.lint.context import Context, readable
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import RuleSite
from backstay.lint.source import guide, seen
from backstay.lint.words import first_few
from backstay_aws.cron import never_fires

_CROWD = 4  # plans
_SHOWN = 3

_Start = tuple[int, int, str]
_PLAN = (
    'Plan("{0}", rules=[Rule("{0}", at=daily("{1}"), into=primary, keep=days(35))],\n'
    '     select=[Select("{0}", where=tag("tier") == "{0}")])'
)


class CrowdedMinute(Rule):
    """Plans of an account should not all start at once."""

    CODE = "SCH019"
    NAME = "crowded-minute"
    SEVERITY = "advice"
    SUMMARY = "Four plans or more of an account that start in the same minute"
    WHY = (
        "Services limit how many snapshots and copies of an account run at once, and a resource has one job at a time. "
        "What starts together waits for one another, and a job that has not begun when its start window ends is not "
        "made up for. A quarter of an hour between tiers costs nothing."
    )
    SOURCES = (
        guide("aws-backup-limits"),
        seen("05:00 UTC, AWS's default, is the most frequent start in public policies"),
    )
    VALID = (
        ",\n".join(
            _PLAN.format(name, at) for name, at in zip("abcd", ("05:00", "05:15", "05:30", "05:45"), strict=True)
        ),
        ",\n".join(_PLAN.format(name, "05:00") for name in "abc")
        + ',\nPlan("d", rules=[Rule("leap", at=cron("0 5 30 2 ? *"), into=primary, keep=days(35))],\n'
        '     select=[Select("d", where=tag("tier") == "d")])',
    )
    INVALID = (
        ",\n".join(_PLAN.format(name, "05:00") for name in "abcd"),
        '*[Plan(name, rules=[Rule("daily", at=daily("05:00"), into=primary, keep=days(35))],\n'
        '     select=[Select(name, where=tag("tier") == name)]) for name in ("one", "two", "three", "four", "five")]',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Times of day at which rules of many plans of a shape start; rules with several times a day are left out."""
        for shape in context.model.shapes:
            for (hour, minute, zone), found in _starts(shape).items():
                if len({plan.name for plan, _ in found}) < _CROWD:
                    continue
                able = [(plan, rule) for plan, rule in found if _fires(rule, context)]
                names = tuple(dict.fromkeys(plan.name for plan, _ in able))
                if len(names) >= _CROWD:
                    yield self._told(shape, f"{hour:02}:{minute:02} {zone}", names, able)

    def _told(self, shape: Shape, time: str, names: tuple[str, ...], found: list[tuple[Plan, Written]]) -> Problem:
        plan, rule = found[-1]
        others = dict.fromkeys(other.where.fields.get("at") for _, other in found[:-1])
        shown = [span for span in others if span is not None and span != rule.where.field("at")]
        path = (plan.where.policy, plan.name, rule.name)
        return self.problem(
            RuleSite(rule.where, path, (shape,), shape.accounts, plan, rule),
            "at",
            f"{len(names)} plans of an account start at {time}: {first_few(names)}",
            label=time,
            help="start them a quarter of an hour apart",
            others=[(span, time) for span in shown[:_SHOWN]],
        )


def _fires(rule: Written, context: Context) -> bool:
    """Whether a rule starts some day; of one that does not, another rule speaks."""
    cron = readable(rule)
    return cron is not None and not never_fires(cron, context.start)


def _starts(shape: Shape) -> dict[_Start, list[tuple[Plan, Written]]]:
    """The rules of a shape that back something up and start once on their days, by time of day."""
    found: dict[_Start, list[tuple[Plan, Written]]] = {}
    for plan in shape.plans:
        for rule in plan.rules if plan.selections else ():
            cron = readable(rule)
            if cron is not None and len(cron.hours) == len(cron.minutes) == 1:
                found.setdefault((cron.hours[0], cron.minutes[0], rule.timezone), []).append((plan, rule))
    return found
