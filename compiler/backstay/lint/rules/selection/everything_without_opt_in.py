"""Everything, of whatever kinds that happens to be."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.comparisons import author_name
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay_aws.selection import Selection


class EverythingWithoutOptIn(Rule):
    """Who takes everything says which types that is."""

    CODE = "SEL011"
    NAME = "everything-without-opt-in"
    SEVERITY = "advice"
    WHOLE = True
    SUMMARY = "`Select.everything()` where no policy says which types are switched on"
    WHY = (
        "It takes the types that are switched on in the account and Region. Which these are depends on the day when "
        "AWS Backup was first used there: types that AWS added later are off. So accounts under one policy take "
        "different things, and nobody can read in the policy what is backed up."
    )
    SOURCES = (guide("assigning-resources"), guide("getting-started"))
    VALID = (
        'policy = Policy("p", attach=root(), vaults=[primary], settings=Settings(opt_in={"EBS": True, "RDS": True}),\n'
        '    plans=[Plan("all", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
        "    select=[Select.everything()])])",
        'Select("gold", where=tag("backup") == "gold")',
    )
    INVALID = ('Select("orders", where=resource_type("DynamoDB")), Select.everything()',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections of everything in places without any opt-in."""
        for site in context.selections:
            if _everything(site.selection.selection) and not site.shape.opt_in:
                yield self.problem(
                    site,
                    None,
                    f"selection `{author_name(site)}` takes every type that is switched on, and no policy says which",
                    label="which types?",
                    help='say which types are on and which are off: `Settings(opt_in={"EBS": True, "RDS": True, …})`',
                )


def _everything(chosen: Selection) -> bool:
    """Whether a selection asks for no tag and no type; some may be kept out."""
    conditions = chosen.string_equals + chosen.string_not_equals + chosen.string_like + chosen.string_not_like
    return chosen.resources == ("*",) and not conditions
