"""A selection that says only what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.comparisons import author_name, compared
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, seen


class ExclusionAlone(Rule):
    """A selection says what it takes."""

    CODE = "SEL038"
    NAME = "exclusion-alone"
    SEVERITY = "warning"
    SUMMARY = "A selection whose only conditions are `!=`, or not `like`"
    WHY = (
        "AWS does not say whether `!=` holds for a resource that does not have the tag at all. If it does, the "
        "selection takes everything, and all that is new as well; if not, it takes hardly anything. Either way the "
        "policy does not tell what is backed up."
    )
    SOURCES = (api("Conditions"), seen("cloudposse/terraform-aws-backup issue 93"))
    VALID = (
        'Select("gold", where=(tag("backup") == "gold") & (tag("env") != "tmp"))',
        'Select("volumes", where=resource_type("EBS") & (tag("backup") != "off"))',
    )
    INVALID = ('Select("most", where=tag("backup") != "off")', 'Select("most", where=~tag("env").like("tmp*"))')

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections of everything, with conditions that only keep out."""
        for site in context.selections:
            tests = tuple(compared(site))
            if tests and site.selection.selection.resources == ("*",) and not any(one.wanted for one in tests):
                yield self.problem(
                    site,
                    "where",
                    f"selection `{author_name(site)}` says what it leaves out (`{tests[0].key}`), not what it takes",
                    label="what of resources without this tag?",
                    help='name types or a tag that is wanted, and keep this beside it: `resource_type("EBS") & …`',
                )
