"""A malware scan that is not set up."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide

_PLAN = (
    'Plan("p", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35), scan="FULL_SCAN")],\n'
    '     select=[Select("gold", where=tag("backup") == "gold")]{0})'
)


class ScanWithoutSettings(Rule):
    """A scan needs types and a role."""

    CODE = "GEN013"
    NAME = "scan-without-settings"
    SEVERITY = "error"
    SUMMARY = "A rule that scans for malware in a plan without scan settings"
    WHY = (
        "A scan takes both: the rule says how, the plan says which types and in which role. Without the settings "
        "nothing is scanned, and recovery points pass for clean that nobody has looked at."
    )
    SOURCES = (api("ScanAction"), api("ScanSetting"), guide("malware-protection"))
    VALID = (_PLAN.format(', scan=Scan(types=["EBS"], role="backup/Scanner")'),)
    INVALID = (_PLAN.format(""),)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules with a scan whose plan has no settings."""
        for site in context.rules:
            if site.rule.scan is not None and site.plan.scan is None:
                yield self.problem(
                    site,
                    "scan",
                    f"rule `{site.rule.name}` scans for malware, but plan `{site.plan.name}` does not say what, and by "
                    "which role",
                    label="nothing is scanned",
                    help='add `scan=Scan(types=["EBS"], role="…")` to the plan',
                )
