"""Controls and restore tests of types that nothing backs up."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint import demands
from backstay.lint.abilities import ability
from backstay.lint.context import Context
from backstay.lint.examples import policy
from backstay.lint.fillers import Fillers
from backstay.lint.rule import Problem, Rule
from backstay.lint.scopes import taken_types
from backstay.lint.site import RestoreSelectionSite
from backstay.lint.source import plain
from backstay.lint.tested import looked_into
from backstay.lint.words import listed, them, these

_RDS = 'Select("databases", where=resource_type("RDS"))'


class AuditOfUnselectedType(Rule):
    """What is audited or tested is backed up first."""

    CODE = "AUD027"
    NAME = "audit-of-unselected-type"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A control or a restore test of a resource type that no plan of its accounts selects"
    WHY = (
        "No plan takes such resources, so every one of them fails the control; and a restore test finds no recovery "
        "point, restores nothing, and does not fail. Told where all selections name their types."
    )
    SOURCES = (plain("what is not backed up can neither be compliant nor be restored"),)
    VALID = (
        policy(select=_RDS, frameworks='Framework("acme", controls=[Control.in_backup_plan(types=["RDS"])])'),
        policy(restore_tests='RestoreTest("weekly", at=weekly("sun", "06:00"), types=["EFS"])'),
        policy(select=_RDS, restore_tests='RestoreTest("weekly", at=weekly("sun", "06:00"), types=["Timestream"])'),
        policy(select=_RDS, frameworks='Framework("acme", controls=[Control.in_backup_plan(types=["Timestream"])])'),
    )
    INVALID = (
        policy(select=_RDS, frameworks='Framework("acme", controls=[Control.in_backup_plan(types=["EFS"])])'),
        policy(select=_RDS, restore_tests='RestoreTest("weekly", at=weekly("sun", "06:00"), types=["EFS"])'),
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Types of controls and of restore selections against those that the plans beside them name."""
        yield from self._controls(context)
        fillers = Fillers(context)
        for site in context.restore_selections:
            taken = taken_types(site.shape)
            missing = taken is not None and site.selection.type not in taken and _testable(site)
            if taken is not None and missing and not _from_elsewhere(fillers, site):
                yield self.problem(
                    site,
                    "type",
                    f"restore test `{site.test.name}` restores `{site.selection.type}`, and the plans of its accounts "
                    f"select {listed(sorted(taken))} only",
                    label="nothing to restore",
                    help="select the type in a plan, or take it out of the test",
                )

    def _controls(self, context: Context) -> Iterator[Problem]:
        for site in context.controls:
            scope, taken = site.control.scope, taken_types(site.shape)
            missing = [] if scope is None or taken is None else [one for one in scope.types if one not in taken]
            missing = [one for one in missing if "::" not in one and not demands.blind(site.control.name, one)]
            if taken is not None and missing:
                yield self.problem(
                    site,
                    "types",
                    f"control `{demands.word(site.control.name)}` of framework `{site.framework.name}` is about "
                    f"{listed(missing)}, and the plans of its accounts select {listed(sorted(taken))} only",
                    label=f"no plan takes {listed(missing)}",
                    help=f"select {these(missing)} in a plan, or take {them(missing)} out of the control",
                )


def _testable(site: RestoreSelectionSite) -> bool:
    """Whether AWS can test the type at all; where not, rule `untestable-type` says so."""
    return ability(site.selection.type, "restore_testing", site.shape.region) != "no"


def _from_elsewhere(fillers: Fillers, site: RestoreSelectionSite) -> bool:
    """Whether copies come into a vault that the test looks into: they may be of any account's resources."""
    found = (one for name in looked_into(site.shape, site.test) for one in fillers.of(site.shape, name))
    return any(one.copy is not None for one in found)
