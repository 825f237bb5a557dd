"""Cold storage so early that warm backups cannot build on one another."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.kept import kept
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import days

_ADVISED = 8


class ColdWithinAWeek(Rule):
    """AWS advises eight days in warm storage."""

    CODE = "LIF007"
    NAME = "cold-within-a-week"
    SEVERITY = "warning"
    SUMMARY = "Recovery points that go cold before they are eight days old"
    WHY = (
        "Incremental backups build on one that is still warm. If it has gone cold, the next backup is a full one in "
        "warm storage: more is stored and billed than without cold storage."
    )
    SOURCES = (guide("plan-options-and-configuration"),)
    VALID = ('Rule("weekly", at=weekly("sun", "03:00"), into=primary, cold_after=days(8), keep=days(98))',)
    INVALID = ('Rule("weekly", at=weekly("sun", "03:00"), into=primary, cold_after=days(3), keep=days(98))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules and copies that go cold after one to seven days."""
        for one in kept(context):
            cold = one.lifecycle.cold_after
            if cold is not None and 1 <= cold < _ADVISED:
                yield self.problem(
                    one.site,
                    "cold_after",
                    f"{one.name} goes cold after {days(cold)}; AWS advises {_ADVISED} days or more",
                    label=f"less than {_ADVISED} days",
                    help=f"raise `cold_after` to days({_ADVISED})",
                )
