"""Two plans that back up one resource equally often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from backstay.ir import Plan
from backstay.ir import Rule as Written
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import RuleSite
from backstay.lint.source import plain, seen
from backstay.lint.spacing import longest
from backstay.lint.takings import takings
from backstay.lint.words import every, first_few


class BackedUpTwice(Rule):
    """One daily backup is enough."""

    CODE = "SEL045"
    NAME = "backed-up-twice"
    SEVERITY = "advice"
    WHOLE = True
    INVENTORY = True
    SUMMARY = "Resources of the inventory that two plans back up equally often, at different times"
    WHY = (
        "Rules of one plan that meet make one backup; plans know nothing of each other, so each makes its own, and "
        "both are paid for. Mostly a resource has the tags of two tiers. (Asked only with `--inventory`.)"
    )
    SOURCES = (seen("NHSDigital/terraform-aws-backup, README on resources under several plans"), plain("plans add up"))
    VALID = (
        'Plan("a", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
        '     select=[Select("gold", where=tag("backup") == "gold")]),\n'
        'Plan("b", rules=[Rule("monthly", at=monthly(1, "09:00"), into=second, keep=days(90))],\n'
        '     select=[Select("team", where=tag("team") == "a")])',
    )
    INVALID = (
        'Plan("a", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
        '     select=[Select("gold", where=tag("backup") == "gold")]),\n'
        'Plan("b", rules=[Rule("nightly", at=daily("23:00"), into=second, keep=days(35))],\n'
        '     select=[Select("team", where=tag("team") == "a")])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Plans with resources of one before, where a rule of each leaves the same time between starts; each once."""
        found = takings(context)
        for site in context.plans if found.reached else ():
            taken = {row.arn for one in site.plan.selections for row in found.by(one)}
            for other in site.shape.plans:
                if other is site.plan:
                    break
                both = taken & {row.arn for one in other.selections for row in found.by(one)}
                pair = _alike(other, site.plan, context) if both else None
                if pair is not None:
                    where = RuleSite(
                        pair[1].where, (*site.path, pair[1].name), site.shapes, site.accounts, site.plan, pair[1]
                    )
                    yield self._told(where, other, pair[0], both, context)
                    break

    def _told(self, site: RuleSite, other: Plan, first: Written, both: set[str], context: Context) -> Problem:
        often = every(longest(site.rule, context.start) or 0)
        count = "1 resource" if len(both) == 1 else f"{len(both)} resources"
        return self.problem(
            site,
            "at",
            f"plans `{other.name}` and `{site.plan.name}` both back up {count} of the inventory {often}",
            label=often,
            help="leave one of the tags off, or bar one selection's resources from the other",
            notes=[f"of both: {first_few(sorted(both))}"],
            others=[(first.where.fields.get("at"), f"`{first.name}` of `{other.name}`")],
        )


def _alike(one: Plan, other: Plan, context: Context) -> tuple[Written, Written] | None:
    """A rule of each that start equally often and not together; of those that do, another rule speaks."""
    gaps: dict[int, list[Written]] = defaultdict(list)
    for rule in one.rules:
        gap = longest(rule, context.start)
        if gap is not None and not rule.continuous:
            gaps[gap].append(rule)
    for rule in other.rules:
        for before in gaps.get(longest(rule, context.start) or 0, ()) if not rule.continuous else ():
            if (before.schedule, before.timezone) != (rule.schedule, rule.timezone):
                return before, rule
    return None
