"""A type that is selected and switched off at once."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.comparisons import author_name
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay_aws import catalog


class OptedOutType(Rule):
    """A type that AWS Backup must not touch is not backed up."""

    CODE = "SEL013"
    NAME = "opted-out-type"
    SEVERITY = "warning"
    SUMMARY = "A selection of a type that the settings switch off"
    WHY = (
        "Aurora, DocumentDB and Neptune are backed up only where AWS Backup is switched on for them; where it is off, "
        "selecting them does nothing, without an error. (Other types that a selection names are backed up even so.)"
    )
    SOURCES = (guide("assigning-resources"), seen("awslabs/landing-zone-accelerator-on-aws issue 302"))
    VALID = (
        'policy = Policy("p", attach=root(), vaults=[primary], settings=Settings(opt_in={"Aurora": True}),\n'
        '    plans=[Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
        '    select=[Select("clusters", where=resource_type("Aurora"))])])',
    )
    INVALID = (
        'policy = Policy("p", attach=root(), vaults=[primary], settings=Settings(opt_in={"Aurora": False}),\n'
        '    plans=[Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
        '    select=[Select("clusters", where=resource_type("Aurora"))])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections that name a type which always obeys the opt-in, where it is off."""
        for site in context.selections:
            off = {name for name, on in site.shape.opt_in if not on}
            for name in site.selection.types:
                row = catalog.resource_type(name)
                if row is not None and row.opt_in_always == "yes" and row.opt_in in off:
                    yield self.problem(
                        site,
                        "where",
                        f"selection `{author_name(site)}` takes `{name}`, which the settings switch off",
                        label="not backed up where it is off",
                        help=f'set `opt_in={{"{row.opt_in}": True}}`, or do not select the type',
                    )
