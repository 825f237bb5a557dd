"""Controls of resource types that Audit Manager does not look at."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint import demands
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import listed, them


class UnauditedType(Rule):
    """A control is about types that it can look at."""

    CODE = "AUD026"
    NAME = "unaudited-type"
    SEVERITY = "warning"
    SUMMARY = "A control narrowed down to a resource type that it does not look at"
    WHY = (
        "The control has nothing to evaluate, so it says nothing of these resources, whether they are backed up or "
        "not. It looks as if they were audited."
    )
    SOURCES = (guide("feature-availability"), guide("controls-and-remediation"))
    VALID = ('Framework("acme", controls=[Control.last_recovery_point(types=["RDS", "VirtualMachine"])])',)
    INVALID = (
        'Framework("acme", controls=[Control.in_backup_plan(types=["Timestream"])])',
        'Framework("acme", controls=[Control.air_gapped(within=days(7), types=["RDS"])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Types in scopes, by the catalogue."""
        for site in context.controls:
            scope, name = site.control.scope, site.control.name
            unseen = [one for one in scope.types if demands.blind(name, one)] if scope is not None else []
            if unseen:
                yield self.problem(
                    site,
                    "types",
                    f"control `{demands.word(name)}` of framework `{site.framework.name}` is about {listed(unseen)}, "
                    "which it does not look at",
                    label=f"says nothing of {listed(unseen)}",
                    help=f"take {them(unseen)} out, and watch {them(unseen)} by another way",
                )
