"""Tiering of types that have one warm tier only."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import ability
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide
from backstay.lint.words import listed, them
from backstay_aws import catalog


class TieringUnsupported(Rule):
    """The cheaper warm tier is for S3."""

    CODE = "CST009"
    NAME = "tiering-unsupported"
    SEVERITY = "error"
    SUMMARY = "A tiering configuration of a resource type that has no cheaper warm tier"
    WHY = "AWS takes no other types in a tiering configuration, so nothing of it moves, that of S3 included."
    SOURCES = (api("ResourceSelection"), guide("backup-tiering"))
    VALID = ('Tiering("warm", vault=primary, after=days(60), types=["S3"])',)
    INVALID = ('Tiering("warm", vault=primary, after=days(60), types=["S3", "EFS"])',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Types without the ability, by the catalogue."""
        for site in context.tiering:
            types = dict.fromkeys(row.type for row in site.tiering.resources)
            unable = [name for name in types if ability(name, "tiering", site.shape.region) == "no"]
            if unable:
                can = [row.name for row in catalog.resource_types() if row.tiering == "yes"]
                yield self.problem(
                    site,
                    "types",
                    f"tiering `{site.tiering.name}` is of {listed(unable)}, which AWS does not tier",
                    label=f"no cheaper tier for {listed(unable)}",
                    help=f"leave {them(unable)} out; AWS tiers {listed(can)}",
                )
