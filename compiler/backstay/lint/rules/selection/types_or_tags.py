"""A type joined to a tag by `|`."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import PlanSelection
from backstay.lint.arn_forms import is_form
from backstay.lint.comparisons import author_name
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import SelectionSite
from backstay.lint.source import seen
from backstay.lint.words import listed


class TypesOrTags(Rule):
    """A type and a tag are mostly meant together."""

    CODE = "SEL002"
    NAME = "types-or-tags"
    SEVERITY = "advice"
    SUMMARY = "One selection that takes all resources of a type, or those of any type that have a tag"
    WHY = (
        "`|` takes either: every resource of the type, tagged or not, and everything with the tag, whatever it is. "
        "Mostly those of the type that have the tag are meant. AWS's own lists join the same way, so configurations "
        "that were imported often say it by accident."
    )
    SOURCES = (seen("aws/aws-cdk issue 18911, hashicorp/terraform-provider-aws pull 49870"),)
    VALID = (
        'Select("both", where=resource_type("RDS") & (tag("backup") == "gold"))',
        'Select("databases", where=resource_type("RDS")), Select("gold", where=tag("backup") == "gold")',
        'Select("one-more", where=resource("arn:aws:s3:::ledger") | (tag("backup") == "gold"))',
    )
    INVALID = ('Select("either", where=resource_type("RDS") | (tag("backup") == "gold"))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections by whole types that are one alternative of the author's, tags alone being another."""
        for site in context.selections:
            if not _whole_types(site.selection):
                continue
            other = next((one for one in _alternatives(site) if _tags_alone(one)), None)
            if other is not None:
                key = next(key for key, _ in other.selection.list_of_tags + other.selection.string_equals)
                yield self.problem(
                    site,
                    "where",
                    f"selection `{author_name(site)}` takes every {listed(site.selection.types)} whatever its tags, "
                    f"and whatever has the tag `{key}`",
                    label="`|` takes either",
                    help="join them with `&` to take only what is both, or write two selections to say that both are",
                )


def _alternatives(site: SelectionSite) -> Iterator[PlanSelection]:
    """The other AWS selections of the same `Select`."""
    mine = site.selection
    return (one for one in site.plan.selections if one is not mine and one.where.span == mine.where.span)


def _whole_types(one: PlanSelection) -> bool:
    chosen = one.selection
    conditions = chosen.string_equals + chosen.string_not_equals + chosen.string_like + chosen.string_not_like
    return bool(one.types) and not conditions and not chosen.not_resources and all(map(is_form, chosen.resources))


def _tags_alone(one: PlanSelection) -> bool:
    chosen = one.selection
    return bool(chosen.list_of_tags or (chosen.resources == ("*",) and chosen.string_equals))
