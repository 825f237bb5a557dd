"""Scan settings that no rule uses."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide

_PLAN = (
    'Plan("p", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35){0})],\n'
    '     select=[Select("gold", where=tag("backup") == "gold")], '
    'scan=Scan(types=["EBS"], role="backup/Scanner"))'
)


class IdleScanSettings(Rule):
    """Settings for scans are for rules that scan."""

    CODE = "GEN026"
    NAME = "idle-scan-settings"
    SEVERITY = "warning"
    SUMMARY = "A plan with scan settings of which no rule scans"
    WHY = (
        "A scan takes both: the plan's settings, and a rule that says how to scan. Without such a rule nothing is "
        "scanned, though the plan reads as if it were."
    )
    SOURCES = (guide("malware-protection"),)
    VALID = (_PLAN.format(', scan="FULL_SCAN"'),)
    INVALID = (_PLAN.format(""),)

    def check(self, context: Context) -> Iterator[Problem]:
        """Plans with settings and without a scan."""
        for site in context.plans:
            if site.plan.scan is not None and not any(rule.scan for rule in site.plan.rules):
                yield self.problem(
                    site,
                    "scan",
                    f"plan `{site.plan.name}` says what is scanned for malware, and none of its rules scans",
                    label="nothing is scanned",
                    help='add `scan="INCREMENTAL_SCAN"` to a rule',
                )
