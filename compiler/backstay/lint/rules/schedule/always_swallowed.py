"""A rule whose backup is never made, because its start window always meets that of a rule that keeps longer."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Rule as Written
from backstay.lint.context import Context
from backstay.lint.meetings import always_meet, clock, unreached
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import kept, minutes


class AlwaysSwallowed(Rule):
    """A rule should make a backup of its own some day."""

    CODE = "SCH027"
    NAME = "always-swallowed"
    SEVERITY = "warning"
    SUMMARY = (
        "A rule that never makes a backup, since its start window always meets that of one that keeps as long or longer"
    )
    WHY = (
        "If the start windows of two rules of a plan overlap for a resource, AWS makes one backup, by the rule that "
        "keeps longer. Where they overlap every time, the other rule does nothing at all, and who counts on two "
        "backups a day has one. Without `start_within=` a window is eight hours long."
    )
    SOURCES = (guide("plan-options-and-configuration"),)
    VALID = (
        'Rule("night", at=daily("02:00"), into=primary, keep=days(14), start_within=hours(1)),\n'
        'Rule("noon", at=daily("12:00"), into=primary, keep=days(35), start_within=hours(1))',
    )
    INVALID = (
        'Rule("night", at=daily("02:00"), into=primary, keep=days(14)),\n'
        'Rule("morning", at=daily("06:00"), into=primary, keep=days(35))',
        'Rule("monthly", at=monthly(1, "05:00"), into=primary, keep=years(5)),\n'
        'Rule("quarterly", at=cron("0 5 1 JAN,APR,JUL,OCT ? *"), into=primary, keep=years(5))',
        'Rule("night", at=daily("01:40"), into=primary, keep=days(35)),\n'
        'Rule("evening", at=daily("19:40"), into=primary, keep=days(35))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules that meet one rule of their plan whenever they start; what only they reach, another rule says."""
        for site in context.rules:
            for winner in site.plan.rules:
                if not _wins(winner, site.rule, site.plan.rules):
                    continue
                mine, other = clock(site.rule), clock(winner)
                if mine and other and always_meet(mine, other, context.start):
                    yield self.problem(
                        site,
                        "at",
                        _message(winner, site.rule),
                        label=f"may start for {minutes(site.rule.start_window)}",
                        help="move the two further apart than their start windows, or drop this rule",
                        others=[(winner.where.field("at"), f"may start for {minutes(winner.start_window)}")],
                    )
                    break


def _wins(winner: Written, loser: Written, rules: tuple[Written, ...]) -> bool:
    """Whether AWS takes one rule's backup for the other's; of two that keep alike, the first is said to win."""
    mine, theirs = winner.lifecycle.delete_after, loser.lifecycle.delete_after
    if winner is loser or winner.continuous or loser.continuous:
        return False
    if mine == theirs:
        return rules.index(winner) < rules.index(loser)
    longer = theirs is not None and (mine is None or mine > theirs)
    return longer and not unreached(winner, loser)


def _message(winner: Written, loser: Written) -> str:
    keeps = kept(winner.lifecycle.delete_after)
    if winner.lifecycle.delete_after == loser.lifecycle.delete_after:
        if (winner.schedule, winner.timezone) == (loser.schedule, loser.timezone):
            return f"rules `{winner.name}` and `{loser.name}` start together and keep {keeps}: AWS makes one backup"
        return (
            f"the start window of rule `{loser.name}` always overlaps that of `{winner.name}`, and both keep {keeps}: "
            "AWS makes one backup"
        )
    return (
        f"rule `{loser.name}` never makes a backup: whenever it starts, AWS makes the one of rule `{winner.name}`, "
        f"kept {keeps}"
    )
