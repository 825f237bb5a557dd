"""Restore tests that do not say what they restore, or leave it all out."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, plain

_ALL = "*"


class RestoreTestOfNothing(Rule):
    """A restore test restores something."""

    CODE = "AUD038"
    NAME = "restore-test-of-nothing"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A restore test without a selection, or one that excludes every vault that it includes"
    WHY = "AWS takes such a test and runs it on schedule. It restores nothing, and nothing fails."
    SOURCES = (guide("restore-testing"), plain("a test of nothing proves nothing"))
    VALID = ('RestoreTest("weekly", at=weekly("sun", "06:00"), types=["RDS"], exclude_vaults=[primary])',)
    INVALID = (
        'RestoreTest("weekly", at=weekly("sun", "06:00"))',
        'RestoreTest("weekly", at=weekly("sun", "06:00"), types=["RDS"], vaults=[primary], exclude_vaults=[primary])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Tests without selections, and tests whose vaults are all excluded."""
        for site in context.restore_tests:
            test = site.test
            if not test.selections:
                message = f"restore test `{test.name}` does not say what it restores"
                help_ = 'add `types=["RDS"]`, or `select=[RestoreSelect(…)]`'
                yield self.problem(site, None, message, label="no selection", help=help_)
            if _ALL in test.exclude_vaults or set(test.vaults) <= set(test.exclude_vaults):
                yield self.problem(
                    site,
                    "exclude_vaults",
                    f"restore test `{test.name}` excludes every vault that it includes",
                    label="all of them",
                    help="leave one of them in",
                    others=[(site.where.fields.get("vaults"), "the vaults that it includes")],
                )
