"""Restore tests that ask for a kind of recovery point which is not there."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import ability
from backstay.lint.context import Context
from backstay.lint.examples import policy
from backstay.lint.fillers import Filler, Fillers
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import RestoreSelectionSite
from backstay.lint.source import api, guide
from backstay.lint.tested import declares_all, reached, sources

_SNAPSHOT, _CONTINUOUS = "SNAPSHOT", "CONTINUOUS"
_RDS = 'Select("databases", where=resource_type("RDS"))'
_TEST = 'RestoreTest("weekly", at=weekly("sun", "06:00"), vaults=[primary], types=["{type}"], points=["{points}"])'
_PITR = 'Rule("continuous", at=daily("03:00"), into=primary, keep=days(35), continuous=True)'


class RestoreKindMismatch(Rule):
    """A restore test asks for the recovery points that there are."""

    CODE = "AUD017"
    NAME = "restore-kind-mismatch"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A restore test of continuous recovery points where there are snapshots only, or the other way round"
    WHY = (
        "The test finds nothing to restore, and does not fail. A rule is continuous only for types that can be; copies "
        "are always snapshots. A test that says nothing takes snapshots."
    )
    SOURCES = (api("RestoreTestingRecoveryPointSelection"), guide("restore-testing"), guide("point-in-time-recovery"))
    VALID = (
        policy(rules=_PITR, select=_RDS, restore_tests=_TEST.format(type="RDS", points=_CONTINUOUS)),
        policy(restore_tests=_TEST.format(type="RDS", points=_SNAPSHOT)),
    )
    INVALID = (
        policy(restore_tests=_TEST.format(type="RDS", points=_CONTINUOUS)),
        policy(rules=_PITR, select=_RDS, restore_tests=_TEST.format(type="RDS", points=_SNAPSHOT)),
        policy(rules=_PITR, restore_tests=_TEST.format(type="EBS", points=_CONTINUOUS)),
    )

    def decided(self, problem: Problem, context: Context) -> bool:
        """Where all vaults that the test looks into are declared in the file, and with them what fills them."""
        return declares_all(problem.where, context)

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections against all that fills the vaults of their test."""
        fillers = Fillers(context)
        for site in context.restore_selections:
            found = [one for one in sources(fillers, site.shape, site.test) if reached(site.selection, one)]
            kinds = {_kind(site, one) for one in found}
            if kinds and kinds.isdisjoint(site.test.point_types):
                there = "snapshots" if kinds == {_SNAPSHOT} else "continuous recovery points"
                asked = "continuous recovery points" if kinds == {_SNAPSHOT} else "snapshots"
                yield self.problem(
                    site,
                    None,
                    f"restore test `{site.test.name}` takes {asked} of `{site.selection.type}`, and its vaults have "
                    f"{there} only",
                    label=f"no {asked}",
                    help=f'ask for `points=["{kinds.pop()}"]`, or make such backups',
                    span=site.test.where.field("points"),
                    others=[(found[0].rule.where.span, f"makes {there}")],
                )


def _kind(site: RestoreSelectionSite, filler: Filler) -> str:
    able = ability(site.selection.type, "continuous", site.shape.region) != "no"
    return _CONTINUOUS if filler.continuous and able else _SNAPSHOT
