"""Recovery points that are neither indexed nor scanned, although the rule says so."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.air_gaps import air_gapped_rules, brought_there
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import listed

_ALL = "ALL"


class IndexOrScanInAirGap(Rule):
    """Behind the air gap nothing is searched."""

    CODE = "GAP010"
    NAME = "index-or-scan-in-air-gap"
    SEVERITY = "warning"
    SUMMARY = "A search index or malware scans of what goes into an air-gapped primary target"
    WHY = (
        "AWS indexes no recovery point in an air-gapped vault, and neither indexes nor scans those that wait in the "
        "standard vault to be copied there; the copies are not scanned by a schedule. Of EBS and EC2 nothing is "
        "scanned at all, and who searches after an attack finds nothing."
    )
    SOURCES = (guide("lag-vault-primary-backup"),)
    VALID = (
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, index=["S3"], keep=days(35),\n'
        '    copies=[Copy(to=cage)])], select=[Select("buckets", where=resource_type("S3"))])])',
    )
    INVALID = (
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35),\n'
        '    index=["S3"])], select=[Select("buckets", where=resource_type("S3"))])])',
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35),\n'
        '    scan="FULL_SCAN")], scan=Scan(types=["EBS"], role="backup/Scanner"),\n'
        '    select=[Select("volumes", where=resource_type("EBS"))])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules with such a target that ask for an index, or for scans of types that are copied there."""
        for site, reference in air_gapped_rules(context):
            rule, plan = site.rule, site.plan
            wanted = plan.scan.types if rule.scan is not None and plan.scan is not None else ()
            unscanned = tuple(name for name in brought_there(site) if name in wanted or _ALL in wanted)
            for field, types, verb in (("index", rule.index, "indexes"), ("scan", unscanned, "scans")):
                if types:
                    what = f"an index of {listed(types)}" if field == "index" else f"scans of {listed(types)}"
                    yield self.problem(
                        site,
                        field,
                        f"rule `{rule.name}` asks for {what}; "
                        f"AWS {verb} nothing that goes into air-gapped vault `{reference.name}`",
                        label="does nothing",
                        help=f"drop `{field}=`, or back up into the standard vault and copy to the air-gapped one",
                        others=[(site.where.fields.get("into_air_gapped"), "goes there")],
                    )
