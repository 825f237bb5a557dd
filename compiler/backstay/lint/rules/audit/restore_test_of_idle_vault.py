"""Restore tests of vaults in which nothing is."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.examples import policy
from backstay.lint.fillers import Fillers
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain
from backstay.lint.tested import plainly_named, standing

_TEST = 'RestoreTest("weekly", at=weekly("sun", "06:00"), vaults=[{vault}], types=["RDS"])'


class RestoreTestOfIdleVault(Rule):
    """A restore test looks into vaults that are filled."""

    CODE = "AUD037"
    NAME = "restore-test-of-idle-vault"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A restore test of a vault that no policy declares, or that no rule and no copy fills"
    WHY = "The test finds no recovery point there, restores nothing, and does not fail: it proves nothing."
    SOURCES = (plain("an empty vault has nothing to restore"),)
    VALID = (policy(restore_tests=_TEST.format(vault="primary")),)
    INVALID = (
        policy(vaults="primary, second", restore_tests=_TEST.format(vault="second")),
        policy(restore_tests=_TEST.format(vault='"primry"')),
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Vaults that tests name without a pattern."""
        fillers = Fillers(context)
        for site in context.restore_tests:
            known = standing(site.shape)
            for name in plainly_named(site.test):
                if name in known and fillers.of(site.shape, name):
                    continue
                there = name in known
                why = "which no rule and no copy fills" if there else "which no policy declares there"
                yield self.problem(
                    site,
                    "vaults",
                    f"restore test `{site.test.name}` looks into vault `{name}`, {why}",
                    label="nothing in it" if there else "no such vault",
                    help="name a vault that rules or copies fill",
                    others=[(one.where.span, "declared here") for one in site.shape.vaults if one.name == name],
                )
