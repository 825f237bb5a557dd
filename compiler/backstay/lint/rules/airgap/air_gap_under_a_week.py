"""An air-gapped vault with too low a minimum."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide
from backstay.lint.words import days
from backstay_aws.catalog import limit


class AirGapUnderAWeek(Rule):
    """An air-gapped vault keeps everything for a week at least."""

    CODE = "GAP001"
    NAME = "air-gap-under-a-week"
    SEVERITY = "error"
    SUMMARY = "An air-gapped vault whose minimum is under 7 days"
    WHY = "AWS does not make the vault, so every rule and every copy into it fails."
    SOURCES = (api("CreateLogicallyAirGappedBackupVault"), guide("logicallyairgappedvault"))
    VALID = ('AirGappedVault("cage", min=days(7), max=days(90))',)
    INVALID = ('AirGappedVault("cage", min=days(3), max=days(90))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Minima under AWS's least."""
        least = limit("air_gap_retention_days_min")
        for site in context.air_gapped_vaults:
            if site.vault.minimum < least:
                yield self.problem(
                    site,
                    "min",
                    f"air-gapped vault `{site.vault.name}` keeps for at least {days(site.vault.minimum)}; "
                    f"AWS takes no minimum under {days(least)}",
                    label=f"at least {days(least)}",
                    help=f"use `min=days({least})` or more, and keep as long in the rules and copies into it",
                )
