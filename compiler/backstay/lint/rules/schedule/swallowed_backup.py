"""Two rules whose start windows meet, so that AWS takes one backup for both."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Rule as Written
from backstay.lint.context import Context
from backstay.lint.meetings import clock, first_meeting, unreached
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import listed


class SwallowedBackup(Rule):
    """Where windows of two rules meet, only the backup that is kept longer is made."""

    CODE = "SCH013"
    NAME = "swallowed-backup"
    SEVERITY = "warning"
    SUMMARY = "A rule whose backup AWS leaves out on some days, with the copy that only this rule makes"
    WHY = (
        "If the start windows of two rules of a plan overlap for a resource, AWS makes one backup, by the rule that "
        "keeps longer. The other rule's vault and copies get nothing that day. Usually that is harmless; here the "
        "rule that is left out has a vault or a copy that the other lacks."
    )
    SOURCES = (guide("plan-options-and-configuration"),)
    VALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=central)]),\n'
        'Rule("monthly", at=monthly(1, "03:00"), into=primary, keep=years(1), copies=[Copy(to=central)])',
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35), start_within=hours(2),\n'
        "     copies=[Copy(to=central)]),\n"
        'Rule("monthly", at=monthly(1, "12:00"), into=primary, keep=years(1))',
    )
    INVALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=central)]),\n'
        'Rule("monthly", at=monthly(1, "03:00"), into=primary, keep=years(1))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Pairs of rules of one plan, the longer kept one first."""
        for site in context.rules:
            for winner in site.plan.rules:
                lost = _lost(winner, site.rule)
                clocks = clock(winner), clock(site.rule)
                if lost and clocks[0] and clocks[1]:
                    day = first_meeting(clocks[0], clocks[1], context.start)
                    if day is not None:
                        yield self.problem(
                            site,
                            None,
                            f"on days such as {day:%Y-%m-%d} AWS makes the backup of rule `{winner.name}` instead of "
                            f"`{site.rule.name}`'s, and nothing reaches {listed(lost, 'or')}",
                            label="left out on such days",
                            help=f"give `{winner.name}` the same vault and copies, or move the windows apart",
                            others=[(winner.where.span, "starts within the same window and is kept longer")],
                        )


def _lost(winner: Written, loser: Written) -> tuple[str, ...]:
    """The vaults that get nothing when the winner's backup is made in the loser's place."""
    mine, theirs = winner.lifecycle.delete_after, loser.lifecycle.delete_after
    if winner is loser or theirs is None or (mine is not None and mine <= theirs):
        return ()
    if winner.continuous or loser.continuous:
        return ()
    return unreached(winner, loser)
