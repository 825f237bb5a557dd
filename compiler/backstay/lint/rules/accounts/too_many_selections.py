"""A plan with more selections than AWS takes."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import PlanSelection
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import PlanSite
from backstay.lint.source import guide
from backstay_aws.catalog import limit
from backstay_contract.findings import Severity


class TooManySelections(Rule):
    """A plan has a hundred selections at most, and ten that ask for tags."""

    CODE = "ACC019"
    NAME = "too-many-selections"
    SEVERITY = "error"
    SUMMARY = "A plan with more than a hundred AWS selections, or more than ten that use tags"
    WHY = (
        "The quotas are fixed: AWS refuses the selections beyond them, and what they would take is not backed up. One "
        "`Select` may come to several AWS selections. More than ten with tags are a warning, since AWS does not say "
        "whether conditions count as tags."
    )
    SOURCES = (guide("aws-backup-limits"),)
    VALID = ('*[Select(f"s{n}", where=tag("app") == f"a{n}") for n in range(10)]',)
    INVALID = (
        '*[Select(f"s{n}", where=tag("app") == f"a{n}") for n in range(11)]',
        '*[Select(f"s{n}", where=resource(f"arn:aws:dynamodb:*:*:table/t{n}")) for n in range(101)]',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Plans over one of the quotas."""
        for site in context.plans:
            chosen = site.plan.selections
            tagged = [one for one in chosen if _by_tags(one)]
            most, most_tagged = limit("selections_per_plan"), limit("tag_selections_per_plan")
            if len(chosen) > most:
                yield self._told(site, chosen[most], f"{len(chosen)} AWS selections", most, "error")
            elif len(tagged) > most_tagged:
                what = f"{len(tagged)} AWS selections that use tags"
                yield self._told(site, tagged[most_tagged], what, most_tagged, "warning")

    def _told(self, site: PlanSite, extra: PlanSelection, what: str, most: int, severity: Severity) -> Problem:
        return self.problem(
            site,
            None,
            f"plan `{site.plan.name}` has {what}; AWS takes at most {most}",
            label=f"number {most + 1}",
            help="let one tag say what several selections say now, or split the plan",
            others=[(site.plan.where.span, "this plan")],
            severity=severity,
            span=extra.where.span,
        )


def _by_tags(one: PlanSelection) -> bool:
    chosen = one.selection
    conditions = chosen.string_equals + chosen.string_not_equals + chosen.string_like + chosen.string_not_like
    return bool(chosen.list_of_tags + conditions)
