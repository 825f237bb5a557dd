"""Restore selections that name resources and compare tags."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide

_ALL = "*"


class RestoreByArnAndTag(Rule):
    """A restore selection goes by ARNs or by tags."""

    CODE = "AUD013"
    NAME = "restore-by-arn-and-tag"
    SEVERITY = "error"
    SUMMARY = "A selection of a restore test that names resources by ARN and by tags"
    WHY = "AWS refuses the selection: conditions go with all resources of the type only. Nothing of it is tested."
    SOURCES = (api("RestoreTestingSelectionForCreate"), guide("restore-testing"))
    VALID = (
        'RestoreTest("weekly", at=weekly("sun", "06:00"), select=[\n'
        '    RestoreSelect("gold", type="RDS", where=tag("backup") == "gold"),\n'
        '    RestoreSelect("ledger", type="RDS", resources=["arn:aws:rds:eu-central-1:100000000010:db:ledger"])])',
    )
    INVALID = (
        'RestoreTest("weekly", at=weekly("sun", "06:00"), select=[RestoreSelect("gold", type="RDS",\n'
        '    where=tag("backup") == "gold", resources=["arn:aws:rds:eu-central-1:100000000010:db:ledger"])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections with both."""
        for site in context.restore_selections:
            chosen = site.selection
            named = [arn for arn in chosen.resources if arn != _ALL]
            if named and (chosen.string_equals or chosen.string_not_equals):
                yield self.problem(
                    site,
                    "resources",
                    f"selection `{chosen.name}` of restore test `{site.test.name}` names resources and compares tags; "
                    "AWS takes one or the other",
                    label=f"{len(named)} by ARN",
                    help="drop one of the two, or make two selections of them",
                    others=[(chosen.where.field("where"), "and by tags")],
                )
