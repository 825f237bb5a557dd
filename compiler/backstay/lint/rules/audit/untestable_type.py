"""Restore tests of types that AWS does not test."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import ability
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide
from backstay.lint.words import listed
from backstay_aws import catalog


class UntestableType(Rule):
    """Restore testing knows ten types."""

    CODE = "AUD016"
    NAME = "untestable-type"
    SEVERITY = "error"
    SUMMARY = "A restore test of a resource type that restore testing does not have"
    WHY = "AWS refuses the selection, so nothing of it is tested. Restores of such a type are to be tried by hand."
    SOURCES = (api("RestoreTestingSelectionForCreate"), guide("feature-availability"))
    VALID = ('RestoreTest("weekly", at=weekly("sun", "06:00"), types=["RDS", "EFS"])',)
    INVALID = (
        'RestoreTest("weekly", at=weekly("sun", "06:00"), types=["Timestream"])',
        'RestoreTest("weekly", at=weekly("sun", "06:00"), select=[RestoreSelect("vms", type="VirtualMachine")])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections of types without the ability."""
        for site in context.restore_selections:
            if ability(site.selection.type, "restore_testing", site.shape.region) == "no":
                can = [row.name for row in catalog.resource_types() if row.restore_testing == "yes"]
                yield self.problem(
                    site,
                    "type",
                    f"restore test `{site.test.name}` restores `{site.selection.type}`, which AWS cannot test",
                    label=f"no restore testing for `{site.selection.type}`",
                    help=f"take the type out; AWS tests {listed(sorted(can))}",
                )
