"""A selection with more entries than AWS takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from backstay.lint.comparisons import author_name
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay_aws.selection import Selection, to_api
from backstay_aws.selection_shape import SelectionProblem, problems

_QUOTAS: Mapping[SelectionProblem, tuple[str, int, Callable[[Selection], int]]] = {
    # what there is too much of, how much AWS takes, how much there is
    SelectionProblem.RESOURCES_PLAIN: ("ARNs", 500, lambda one: _plain(one.resources)),
    SelectionProblem.RESOURCES_WILDCARD: ("ARN patterns", 30, lambda one: _wild(one.resources)),
    SelectionProblem.NOT_RESOURCES_PLAIN: ("excluded ARNs", 500, lambda one: _plain(one.not_resources)),
    SelectionProblem.NOT_RESOURCES_WILDCARD: ("excluded ARN patterns", 30, lambda one: _wild(one.not_resources)),
    SelectionProblem.TAGS: ("tags", 30, lambda one: len(one.list_of_tags)),
    SelectionProblem.CONDITIONS: ("conditions", 30, lambda one: _conditions(one)),
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
            chosen = site.selection.selection
            body = to_api(chosen, site.selection.name, site.selection.role_arn)
            for found in problems(body):
                if found in _QUOTAS:
                    what, most, count = _QUOTAS[found]
                    yield self.problem(
                        site,
                        "where",
                        f"selection `{author_name(site)}` has {count(chosen)} {what}; AWS takes {most}",
                        label=f"at most {most} {what}",
                        help="split it into several selections, or select by one tag",
                    )


def _wild(arns: tuple[str, ...]) -> int:
    return sum("*" in arn for arn in arns)


def _plain(arns: tuple[str, ...]) -> int:
    return len(arns) - _wild(arns)


def _conditions(one: Selection) -> int:
    return sum(map(len, (one.string_equals, one.string_not_equals, one.string_like, one.string_not_like)))
