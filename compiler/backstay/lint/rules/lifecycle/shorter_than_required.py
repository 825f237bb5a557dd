"""A requirement that keeps for longer than every rule does."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.reach import reach
from backstay.lint.required import promises
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain
from backstay.lint.words import days

_PLAN = (
    'policy = Policy("p", attach=ou("Workloads"), vaults=[primary], plans=[Plan("gold",\n'
    '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
    '    select=[Select("gold", where=tag("backup") == "gold")])])\n'
)
_REQUIRE = 'promise = Require("gold", every=tag("backup") == "gold", under=ou("{}"), keep=days({}))'


class ShorterThanRequired(Rule):
    """Some rule should keep for as long as the requirement says."""

    CODE = "LIF024"
    NAME = "shorter-than-required"
    SEVERITY = "warning"
    SUMMARY = "A requirement whose `keep` is longer than every rule of its accounts keeps"
    WHY = (
        "The promise cannot be kept by any resource, whatever plan selects it: its oldest recovery point is gone "
        "before the day for which it was promised. Copies are counted, too."
    )
    SOURCES = (plain("what no rule keeps is not kept"),)
    VALID = (
        _PLAN + _REQUIRE.format("Workloads", 35),
        _PLAN + _REQUIRE.format("Backup", 90),
    )
    INVALID = (_PLAN + _REQUIRE.format("Workloads", 90),)

    def check(self, context: Context) -> Iterator[Problem]:
        """Requirements that no rule of a shape serves."""
        for promise in promises(context):
            keep = promise.requirement.node.keep
            plan, rule = max(promise.rules, key=lambda one: reach(one[1]))
            longest = reach(rule)
            if keep is None or longest >= keep.count or (site := promise.site(context, plan)) is None:
                continue
            yield self.problem(
                site,
                "keep",
                f"requirement `{promise.requirement.name}` asks for {days(keep.count)}, but rule `{rule.name}` of "
                f"plan `{plan.name}`, which keeps longest, keeps for {days(int(longest))}",
                label=f"no rule keeps for {days(keep.count)}",
                help=f"keep for {days(keep.count)} in a rule or in a copy of it",
                others=[(rule.where.fields.get("keep"), days(int(longest)))],
            )
