"""Full management switched for a type that has no such switch."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, seen
from backstay.lint.words import listed

MANAGED = ("CloudFormation", "DSQL", "DynamoDB", "EFS")
"""The keys of `ResourceTypeManagementPreference` that AWS is seen to have (Backup API `DescribeRegionSettings`, tests
of the Terraform provider; read 2026-11)."""


class ManagementOfOtherType(Rule):
    """Few types leave it to us who manages their backups."""

    CODE = "ACC021"
    NAME = "management-of-other-type"
    SEVERITY = "warning"
    SUMMARY = "`full_management` for a resource type for which AWS has no such setting"
    WHY = (
        "AWS Backup manages the backups of most types fully or not at all, and asks nobody. It is seen to refuse "
        "opt-ins of types that it does not know, with all other settings of the Region; expect the same here."
    )
    SOURCES = (
        api("UpdateRegionSettings"),
        seen("hashicorp/terraform-provider-aws issue 21801, and its tests of region settings"),
    )
    VALID = ('policy = Policy("p", attach=root(), settings=Settings(full_management={"DynamoDB": True}))',)
    INVALID = (
        'policy = Policy("p", attach=root(), settings=Settings(full_management={"Dynamo": True}))',
        'policy = Policy("p", attach=root(), settings=Settings(full_management={"RDS": True}))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Keys of the management preferences that AWS is not seen to have."""
        for site in context.settings:
            for name, _ in site.shape.management:
                if name not in MANAGED:
                    close = get_close_matches(name, MANAGED, 1)
                    yield self.problem(
                        site,
                        "full_management",
                        f"`full_management` names `{name}`, for which AWS has no such setting",
                        label="not one of its types",
                        help=f"did you mean `{close[0]}`?"
                        if close
                        else f"take it out; the types are {listed(MANAGED)}",
                        where=site.shape.management_where.get(name),
                    )
