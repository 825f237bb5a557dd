"""An air-gapped vault in a Region that has none."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.air_gaps import air_gapped_rules, without_air_gap
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide


class AirGapInUnsupportedRegion(Rule):
    """Not every Region has air-gapped vaults."""

    CODE = "GAP002"
    NAME = "air-gap-in-unsupported-region"
    SEVERITY = "error"
    SUMMARY = "An air-gapped vault in a Region in which AWS has none"
    WHY = (
        "AWS does not make the vault there, so what was to be isolated is not. The catalogue has the Regions, with the "
        "date on which AWS's pages were read; of a Region of which they say nothing, this rule says nothing."
    )
    SOURCES = (guide("logicallyairgappedvault"), guide("backup-feature-availability"))
    VALID = ('AirGappedVault("cage", region="eu-west-1", min=days(7), max=days(90))',)
    INVALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35),\n'
        '    into_air_gapped="arn:aws:backup:ca-west-1:100000000010:backup-vault:cage")',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Air-gapped vaults where they stand, and as primary targets."""
        for site in context.air_gapped_vaults:
            if without_air_gap(site.shape.region):
                yield self.problem(
                    site,
                    "region",
                    f"air-gapped vault `{site.vault.name}` would stand in {site.shape.region}, where AWS has none",
                    label=f"none in {site.shape.region}",
                    help="pin it to another Region by `region=`, or use a `Vault` with a compliance lock there",
                )
        for rule, reference in air_gapped_rules(context):
            if without_air_gap(reference.region) and rule.shape.air_gapped(reference.name) is None:
                yield self.problem(
                    rule,
                    "into_air_gapped",
                    f"rule `{rule.rule.name}` backs up into air-gapped vault `{reference.name}` in {reference.region}, "
                    "where AWS has none",
                    label=f"none in {reference.region}",
                    help="leave `into_air_gapped` out there, and copy to an air-gapped vault in another Region",
                )
