"""A rule with more copies than AWS takes."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay_aws.catalog import limit


class TooManyCopies(Rule):
    """A rule has five copies at most."""

    CODE = "CPY014"
    NAME = "too-many-copies"
    SEVERITY = "error"
    SUMMARY = "A rule with more than five copies"
    WHY = "The quota is fixed: AWS refuses the plan, so nothing in it is backed up."
    SOURCES = (guide("aws-backup-limits"),)
    VALID = ("Copy(to=central), Copy(to=remote)",)
    INVALID = ('*[Copy(to=Vault(f"v{n}", region="eu-west-1")) for n in range(6)]',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules over the quota."""
        most = limit("copies_per_rule")
        for site in context.rules:
            count = len(site.rule.copies)
            if count > most:
                yield self.problem(
                    site,
                    "copies",
                    f"rule `{site.rule.name}` makes {count} copies; AWS takes at most {most}",
                    label=f"{count} copies",
                    help="copy to fewer vaults, or let a second rule make some of them",
                )
