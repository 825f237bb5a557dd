"""A frequent rule that ends before the next rarer one has a recovery point."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.intervals import interval
from backstay.lint.reach import reach
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain
from backstay.lint.words import days

_OPERATIONAL = 32  # days: what is rarer than monthly is an archive, nobody restores yesterday's damage from it
_HOLE = 7  # days


class HoleBetweenTiers(Rule):
    """Each tier should reach back to the next one."""

    CODE = "LIF022"
    NAME = "hole-between-tiers"
    SEVERITY = "advice"
    SUMMARY = "A tier that is deleted a week or more before the next rarer one is sure to have a recovery point"
    WHY = (
        "With dailies for a week and then monthlies, damage that is noticed after ten days can only be undone by going "
        "back to the first of the month: up to three weeks of good work are lost with it. Each tier should be kept "
        "for as long as the next one takes from one backup to the next."
    )
    SOURCES = (plain("grandfather, father and son leave no hole if each reaches to the next"),)
    VALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(7)),\n'
        'Rule("weekly", at=weekly("sun", "12:00"), into=primary, keep=days(35)),\n'
        'Rule("monthly", at=monthly(1, "20:00"), into=primary, keep=years(1))',
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(7), copies=[Copy(to=central, keep=days(35))]),\n'
        'Rule("monthly", at=monthly(1, "20:00"), into=primary, keep=years(1))',
    )
    INVALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(7)),\n'
        'Rule("monthly", at=monthly(1, "20:00"), into=primary, keep=years(1))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules that are kept longer than all that is more frequent, of which nothing reaches far enough."""
        for site in context.rules:
            gap, keep = interval(site.rule, context.start), site.rule.lifecycle.delete_after
            if gap is None or gap > _OPERATIONAL or (keep is not None and keep < gap):
                continue
            finer = [one for one in site.plan.rules if (interval(one, context.start) or gap) < gap]
            tier = max(finer, key=reach, default=None)
            if tier is None or reach(tier) >= reach(site.rule) or reach(tier) > gap - _HOLE:
                continue
            ends = days(int(reach(tier)))
            yield self.problem(
                site,
                "at",
                f"rule `{tier.name}` keeps for {ends}, but rule `{site.rule.name}`, "
                f"the next rarer one, has up to {gap:g} days between two backups",
                label=f"up to {gap:g} days apart",
                help=f"keep `{tier.name}` for {gap:.0f} days, or add a rule between the two",
                others=[(tier.where.field("keep"), ends)],
            )
