"""Controls that would not see it if the policies got worse."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from backstay.ir import Shape
from backstay.lint import demands
from backstay.lint.context import Context
from backstay.lint.examples import policy
from backstay.lint.gaps import shortest_gap
from backstay.lint.rule import Problem, Rule
from backstay.lint.scopes import plans_about
from backstay.lint.site import ControlSite
from backstay.lint.source import plain
from backstay.lint.words import days

_HALF = 2
_MISSED = 3  # with so many intervals, two backups in a row can be missing


class ControlLooserThanPolicy(Rule):
    """A control asks for what the policies give, or nearly."""

    CODE = "AUD006"
    NAME = "control-looser-than-policy"
    SEVERITY = "advice"
    WHOLE = True
    SUMMARY = "A control that asks for half of what the plans do, or less"
    WHY = (
        "The control stays green while retention is halved, or while two backups in a row are missing. It proves less "
        "than the policies promise."
    )
    SOURCES = (plain("a bound far from what is measured tells nothing"),)
    VALID = (
        policy(frameworks='Framework("acme", controls=[Control.minimum_retention(keep=days(30))])'),
        policy(frameworks='Framework("acme", controls=[Control.last_recovery_point(within=hours(30))])'),
    )
    INVALID = (
        policy(frameworks='Framework("acme", controls=[Control.minimum_retention(keep=days(7))])'),
        policy(frameworks='Framework("acme", controls=[Control.last_recovery_point(within=days(7))])'),
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Controls of retention and of the last recovery point against all plans that they are about."""
        for site in context.controls:
            if site.control.name == demands.RETENTION and site.control.scope is None:
                yield from self._retention(site)
            elif site.control.name == demands.LAST_POINT:
                yield from self._last_point(site, context.start)

    def _retention(self, site: ControlSite) -> Iterator[Problem]:
        wanted, least = demands.number(site.control, "requiredRetentionDays"), _shortest_kept(site.shape)
        if wanted is not None and least is not None and wanted * _HALF <= least:
            yield self.problem(
                site,
                "keep",
                f"control `minimum_retention` of framework `{site.framework.name}` asks for {days(wanted)}, and every "
                f"rule keeps for {days(least)} or more",
                label=days(wanted),
                help=f"ask for `keep=days({least})`",
            )

    def _last_point(self, site: ControlSite, start: datetime.datetime) -> Iterator[Problem]:
        wanted = demands.age(site.control, "recoveryPointAge")
        gaps = [shortest_gap(plan.rules, start) for plan in plans_about(site.control.scope, site.shape)]
        rarest = max((one for one in gaps if one is not None), default=None)
        if wanted is not None and rarest is not None and None not in gaps and wanted >= _MISSED * rarest:
            yield self.problem(
                site,
                "within",
                f"control `last_recovery_point` of framework `{site.framework.name}` allows {demands.hours(wanted)}, "
                f"and all plans back up {demands.every(rarest)} or more often",
                label=demands.hours(wanted),
                help=f"allow little more than {demands.hours(rarest)}",
            )


def _shortest_kept(shape: Shape) -> int | None:
    """The shortest retention of a place; None if there is none."""
    kept = [rule.lifecycle.delete_after for plan in shape.plans for rule in plan.rules]
    return min((one for one in kept if one is not None), default=None)
