"""A malware scan of types that have none."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import ability
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide
from backstay.lint.words import listed, these
from backstay_aws import catalog

_PLAN = (
    'Plan("p", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35), scan="FULL_SCAN")],\n'
    '     select=[Select("gold", where=tag("backup") == "gold")], '
    'scan=Scan(types=["{0}"], role="backup/Scanner"))'
)


class UnscannableType(Rule):
    """Only some recovery points can be scanned."""

    CODE = "GEN027"
    NAME = "unscannable-type"
    SEVERITY = "error"
    SUMMARY = "Scan settings for a resource type whose recovery points cannot be scanned"
    WHY = "AWS takes EBS, EC2, S3 or `ALL`, and refuses the plan otherwise, so nothing in it is backed up."
    SOURCES = (api("ScanSetting"), guide("malware-protection"))
    VALID = (_PLAN.format("EBS"), _PLAN.format("ALL"))
    INVALID = (_PLAN.format("RDS"),)

    def check(self, context: Context) -> Iterator[Problem]:
        """Settings that name such types."""
        able = [row.name for row in catalog.resource_types() if row.malware_scan == "yes"]
        for site in context.plans:
            scan = site.plan.scan
            types = () if scan is None else tuple(name for name in scan.types if name != "ALL")
            unable = [name for name in types if ability(name, "malware_scan", site.shape.region) == "no"]
            if scan is not None and unable:
                yield self.problem(
                    site,
                    "types",
                    f"plan `{site.plan.name}` scans {listed(unable)} for malware, which AWS cannot",
                    label=f"only {listed(able)}",
                    help=f"scan {listed(able, 'or')}, or drop {these(unable)}",
                    where=scan.where,
                )
