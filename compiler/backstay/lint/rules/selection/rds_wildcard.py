"""A pattern of RDS ARNs that takes other databases too."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.arn_forms import service, whole_types
from backstay.lint.comparisons import Named, author_name, compared, named
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import SelectionSite
from backstay.lint.source import guide
from backstay.lint.words import listed
from backstay_aws import catalog


class RdsWildcard(Rule):
    """Aurora, DocumentDB and Neptune have ARNs of RDS."""

    CODE = "SEL012"
    NAME = "rds-wildcard"
    SEVERITY = "warning"
    SUMMARY = "An ARN pattern of RDS that takes several kinds of databases"
    WHY = (
        "Aurora, DocumentDB, Neptune and RDS Multi-AZ clusters all have ARNs that begin with `arn:aws:rds:`, and "
        "clusters of all four look alike. The plan then backs up databases that its author did not think of, and rules "
        "that suit one kind (continuous backup, copies) do not suit another."
    )
    SOURCES = (guide("assigning-resources-json"),)
    VALID = (
        'Select("instances", where=resource("arn:aws:rds:*:*:db:*"))',
        'Select("ledger", where=resource("arn:aws:rds:*:*:cluster:ledger*"))',
        'Select("aurora", where=resource("arn:aws:rds:*:*:cluster:*") & (tag("engine") == "aurora"))',
    )
    INVALID = (
        'Select("databases", where=resource("arn:aws:rds:*"))',
        'Select("clusters", where=resource("arn:aws:rds:eu-central-1:*:cluster:*"))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Patterns that were written as ARNs; of types written by name the resolver says the same."""
        for site in context.selections:
            off = {name for name, on in site.shape.opt_in if not on}
            if any(one.wanted for one in compared(site)):
                continue  # the tag says which are meant
            for one in named(site):
                if one.taken and service(one.arn) == "rds" and "resource_type" not in (context.written(one.span) or ""):
                    types = [name for name in whole_types(one.arn) if _opt_in(name) not in off]
                    if len(types) > 1:
                        yield self._told(site, one, types)

    def _told(self, site: SelectionSite, one: Named, types: list[str]) -> Problem:
        return self.problem(
            site,
            "where",
            f"selection `{author_name(site)}` takes {listed(types)} by `{one.arn}`",
            label=f"takes {len(types)} types",
            help="ask for a tag as well, one that only the databases carry that are meant: `& (tag(…) == …)`",
            span=one.span,
        )


def _opt_in(name: str) -> str:
    row = catalog.resource_type(name)
    return row.opt_in if row is not None else name
