"""Restore tests that look back less far than the backups are apart."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from backstay.lint import demands
from backstay.lint.context import Context
from backstay.lint.examples import policy
from backstay.lint.fillers import Filler, Fillers
from backstay.lint.gaps import DAY, shortest_gap
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import RestoreTestSite
from backstay.lint.source import api, guide
from backstay.lint.tested import declares_all, reached, sources
from backstay.lint.words import days

_WEEKLY = 'Rule("weekly", at=weekly("sun", "03:00"), into=primary, keep=days(35))'
_TEST = 'RestoreTest("weekly", at=weekly("wed", "06:00"), vaults=[primary], types=["RDS"], look_back=days({days}))'


class LookBackBelowInterval(Rule):
    """A restore test looks back at least to the last backup."""

    CODE = "AUD015"
    NAME = "look-back-below-interval"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A restore test that looks back less far than the backups which it could take are apart"
    WHY = (
        "On most of its runs there is no recovery point young enough, so nothing is restored, and nothing fails "
        "either: the test is green because it is empty. AWS counts back from the moment at which the job runs."
    )
    SOURCES = (guide("restore-testing"), api("RestoreTestingRecoveryPointSelection"))
    VALID = (policy(rules=_WEEKLY, restore_tests=_TEST.format(days=7)),)
    INVALID = (policy(rules=_WEEKLY, restore_tests=_TEST.format(days=3)),)

    def decided(self, problem: Problem, context: Context) -> bool:
        """Where all vaults that the test looks into are declared in the file, and with them what fills them."""
        return declares_all(problem.where, context)

    def check(self, context: Context) -> Iterator[Problem]:
        """Tests against whatever fills the vaults that they look into most often."""
        fillers = Fillers(context)
        for site in context.restore_tests:
            apart = _apart(fillers, site, context.start)
            if apart is not None and apart > site.test.look_back * DAY:
                yield self.problem(
                    site,
                    "look_back",
                    f"restore test `{site.test.name}` looks back {days(site.test.look_back)}, and the backups in its "
                    f"vaults are up to {demands.hours(apart)} apart",
                    label=days(site.test.look_back),
                    help=f"look back `days({-(-apart // DAY):g})` or more",
                    notes=["a run that finds no recovery point restores nothing, and does not fail"],
                )


def _apart(fillers: Fillers, site: RestoreTestSite, start: datetime.datetime) -> float | None:
    """The gap of the rule or copy that comes most often; None if there is always something, or nobody knows."""
    found = [one for one in sources(fillers, site.shape, site.test) if _wanted(site, one)]
    return None if any(one.continuous for one in found) else shortest_gap((one.rule for one in found), start)


def _wanted(site: RestoreTestSite, filler: Filler) -> bool:
    return any(reached(selection, filler) for selection in site.test.selections)
