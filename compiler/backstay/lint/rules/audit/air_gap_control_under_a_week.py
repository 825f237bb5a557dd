"""Controls of air gaps that are evaluated more often than copies arrive."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint import demands
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide

_DAY, _WEEK = 24, 7 * 24


class AirGapControlUnderAWeek(Rule):
    """Copies into air-gapped vaults are given a week."""

    CODE = "AUD021"
    NAME = "air-gap-control-under-a-week"
    SEVERITY = "warning"
    SUMMARY = "A control that wants a recovery point in an air-gapped vault within less than seven days"
    WHY = (
        "AWS advises seven days or more: copies into an air-gapped vault take their time, and with less the control is "
        "non-compliant although everything works. Without `within` AWS takes one day."
    )
    SOURCES = (guide("controls-and-remediation"),)
    VALID = ('Framework("acme", controls=[Control.air_gapped(within=days(7))])',)
    INVALID = (
        'Framework("acme", controls=[Control.air_gapped()])',
        'Framework("acme", controls=[Control.air_gapped(within=hours(48))])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Controls of air gaps with a short age, as far as AWS takes it."""
        for site in context.controls:
            wanted = demands.age(site.control, "recoveryPointAge")
            if site.control.name == demands.AIR_GAP and wanted is not None and _DAY <= wanted < _WEEK:
                yield self.problem(
                    site,
                    "within",
                    f"control `air_gapped` of framework `{site.framework.name}` allows {demands.hours(wanted)}; AWS "
                    "advises 7 days or more",
                    label=demands.hours(wanted),
                    help="write `within=days(7)`",
                )
