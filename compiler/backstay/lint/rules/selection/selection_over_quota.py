"""A selection with more entries than AWS takes."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay_aws.selection import to_api
from backstay_aws.selection_shape import SelectionProblem, problems

_QUOTAS = {
    SelectionProblem.RESOURCES_PLAIN: ("ARNs", 500),
    SelectionProblem.RESOURCES_WILDCARD: ("ARN patterns", 30),
    SelectionProblem.NOT_RESOURCES_PLAIN: ("excluded ARNs", 500),
    SelectionProblem.NOT_RESOURCES_WILDCARD: ("excluded ARN patterns", 30),
    SelectionProblem.TAGS: ("tags", 30),
    SelectionProblem.CONDITIONS: ("conditions", 30),
}


class SelectionOverQuota(Rule):
    """Selections have fixed quotas."""

    CODE = "SEL009"
    NAME = "selection-over-quota"
    SEVERITY = "error"
    SUMMARY = "A selection with more ARNs, tags or conditions than AWS takes"
    WHY = "AWS refuses the selection: the plan then exists without it, and its resources are not backed up."
    SOURCES = (guide("assigning-resources"), guide("aws-backup-limits"))
    VALID = ('Select("gold", where=tag("app").isin(["a", "b", "c"]))',)
    INVALID = ('Select("gold", where=tag("app").isin([str(n) for n in range(31)]))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections over a quota; each quota is told by itself."""
        for site in context.selections:
            body = to_api(site.selection.selection, site.selection.name, site.selection.role_arn)
            for found in problems(body):
                if found in _QUOTAS:
                    what, most = _QUOTAS[found]
                    yield self.problem(
                        site,
                        "where",
                        f"selection `{site.selection.name}` has more {what} than AWS takes",
                        label=f"at most {most} {what}",
                        help="split it into several selections, or select by one tag",
                    )
