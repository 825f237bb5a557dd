"""A type that is switched off, and backed up all the same."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.comparisons import author_name
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide
from backstay_aws import arns, catalog
from backstay_aws.selection import type_patterns


class BypassedOptOut(Rule):
    """A selection by type does not ask for the opt-in."""

    CODE = "SEL014"
    NAME = "bypassed-opt-out"
    SEVERITY = "warning"
    SUMMARY = "A selection that names a type which the settings switch off, and which AWS backs up all the same"
    WHY = (
        "Switching a type off keeps it out of selections by tag and of `Select.everything()`. A selection that names "
        "the type takes it even so (all types but Aurora, DocumentDB and Neptune): one of the two words is not meant, "
        "and either backups are made that nobody wants to pay for, or the settings look safer than they are."
    )
    SOURCES = (guide("assigning-resources"), api("UpdateRegionSettings"))
    VALID = (
        'policy = Policy("p", attach=root(), vaults=[primary], settings=Settings(opt_in={"EBS": False}),\n'
        '    plans=[Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
        '    select=[Select("one", where=resource("arn:aws:ec2:*:*:volume/vol-1"))])])',
    )
    INVALID = (
        'policy = Policy("p", attach=root(), vaults=[primary], settings=Settings(opt_in={"EBS": False}),\n'
        '    plans=[Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
        '    select=[Select("volumes", where=resource_type("EBS"))])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections of whole types that are off; one resource by its ARN may well be an exception."""
        for site in context.selections:
            off = {name for name, on in site.shape.opt_in if not on}
            partition = arns.partition_of(site.shape.region)
            for name in site.selection.types if off else ():
                row = catalog.resource_type(name)
                whole = set(type_patterns(name, partition)) & set(site.selection.selection.resources)
                if row is not None and row.opt_in in off and row.opt_in_always == "no" and whole:
                    switch = site.shape.opt_in_where.get(row.opt_in)
                    yield self.problem(
                        site,
                        "where",
                        f"selection `{author_name(site)}` names `{name}`, which the settings switch off; AWS backs "
                        "it up all the same",
                        label="taken in spite of the opt-out",
                        help=f'leave `{name}` out of the selection, or drop `"{row.opt_in}": False`',
                        others=[(switch.span, "switched off here")] if switch is not None else (),
                    )
