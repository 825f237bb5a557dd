"""A type that is backed up only where it is switched on, and no policy says whether it is."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.comparisons import author_name
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import SelectionSite
from backstay.lint.source import guide, seen
from backstay.lint.words import listed
from backstay_aws import catalog


class OptInLeftOpen(Rule):
    """Aurora, DocumentDB and Neptune always ask the settings."""

    CODE = "ACC032"
    NAME = "opt-in-left-open"
    SEVERITY = "advice"
    WHOLE = True
    SUMMARY = "A selection of Aurora, DocumentDB or Neptune while no policy switches the type on"
    WHY = (
        "These types are backed up only where AWS Backup is switched on for them, even if a plan names them. Left "
        "open, that depends on what somebody once clicked in each account and Region; where it is off nothing is "
        "backed up, and nothing fails."
    )
    SOURCES = (guide("assigning-resources"), seen("awslabs/landing-zone-accelerator-on-aws issue 302"))
    VALID = (
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary], settings=Settings(opt_in={"Neptune": True}),\n'
        '    plans=[Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(14))],\n'
        '    select=[Select("graphs", where=resource_type("Neptune"))])])',
        'Select("databases", where=resource_type("RDS"))',
    )
    INVALID = ('Select("graphs", where=resource_type("Neptune"))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections that name a type which always obeys the opt-in, where no policy says it."""
        for site in context.selections:
            keys = _open(site)
            if keys:
                wanted = ", ".join(f'"{key}": True' for key in keys)
                yield self.problem(
                    site,
                    "where",
                    f"selection `{author_name(site)}` takes {listed(keys)}, and no policy switches that on",
                    label="backed up only where it is switched on",
                    help=f"say so: `settings=Settings(opt_in={{{wanted}}})`",
                )


def _open(site: SelectionSite) -> tuple[str, ...]:
    """The opt-ins that the selection depends on, and that the policies leave open."""
    said = {name for name, _ in site.shape.opt_in}
    rows = (catalog.resource_type(name) for name in site.selection.types)
    asked = (row.opt_in for row in rows if row is not None and row.opt_in_always == "yes")
    return tuple(dict.fromkeys(key for key in asked if key not in said))
