"""Recovery points that are gone before the next is made."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.intervals import interval
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import days


class RetentionBelowInterval(Rule):
    """There should always be one recovery point."""

    CODE = "LIF012"
    NAME = "retention-below-interval"
    SEVERITY = "error"
    SUMMARY = "A retention shorter than the time to the next backup"
    WHY = (
        "The last recovery point is deleted before the next one exists, so for part of every period there is nothing "
        "to restore from. An error if no other rule of the plan fills the gap, else a warning."
    )
    SOURCES = (guide("point-in-time-recovery"),)
    VALID = ('Rule("weekly", at=weekly("sun", "03:00"), into=primary, keep=days(14))',)
    INVALID = ('Rule("weekly", at=weekly("sun", "03:00"), into=primary, keep=days(5))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules whose retention is shorter than their longest interval."""
        for site in context.rules:
            gap = interval(site.rule, context.start)
            keep = site.rule.lifecycle.delete_after
            if gap is None or keep is None or keep < 1 or keep >= gap:
                continue
            filled = any(
                other is not site.rule
                and (longest := interval(other, context.start)) is not None
                and (other.lifecycle.delete_after is None or other.lifecycle.delete_after >= longest)
                for other in site.plan.rules
            )
            yield self.problem(
                site,
                "keep",
                f"rule `{site.rule.name}` deletes its recovery points after {days(keep)}, "
                f"but makes the next only after {gap:g} days",
                label=days(keep),
                help=f"keep for more than {gap:g} days",
                others=[(site.where.fields.get("at"), f"up to {gap:g} days apart")],
                severity="warning" if filled else None,
            )
