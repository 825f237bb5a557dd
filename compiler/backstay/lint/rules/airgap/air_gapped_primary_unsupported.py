"""Types that never reach the air-gapped vault that they are backed up into."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import ability, named_types
from backstay.lint.air_gaps import air_gapped_rules, kept_out, selected
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import listed, their, them, these


class AirGappedPrimaryUnsupported(Rule):
    """What cannot be behind the air gap stays in front of it."""

    CODE = "GAP004"
    NAME = "air-gapped-primary-unsupported"
    SEVERITY = "warning"
    SUMMARY = "A rule with an air-gapped vault as primary target, for resource types that it cannot hold"
    WHY = (
        "AWS backs these types up into the standard vault only, and the job completes as if all were well; its "
        "message says LOGICALLY_AIR_GAPPED_BACKUP_VAULT_NOT_SUPPORTED, which nobody reads. Advice where only one kind "
        "of a type can (DynamoDB with its advanced features), and no policy switches it on."
    )
    SOURCES = (guide("lag-vault-primary-backup"), guide("backup-feature-availability"))
    VALID = (
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35))],\n'
        '    select=[Select("files", where=resource_type("EFS"))])])',
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage],\n'
        '    settings=Settings(full_management={"DynamoDB": True}), plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35))],\n'
        '    select=[Select("tables", where=resource_type("DynamoDB"))])])',
    )
    INVALID = tuple(
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35))],\n'
        f'    select=[Select("databases", where=resource_type("{name}"))])])'
        for name in ("RDS", "DynamoDB")
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules with such a target whose plans name such types."""
        for site, reference in air_gapped_rules(context):
            region = site.shape.region
            never = kept_out(site, region)
            partly = tuple(
                name
                for name in named_types(site.plan)
                if ability(name, "air_gap", region) == "mixed" and not dict(site.shape.management).get(name)
            )
            kinds = f"holds one of {their(partly)} kinds only"
            for types, how in ((never, f"cannot hold {them(never)}"), (partly, kinds)):
                if types:
                    yield self.problem(
                        site,
                        "into_air_gapped",
                        f"rule `{site.rule.name}` backs up {listed(types)} into air-gapped vault `{reference.name}`, "
                        f"which {how}",
                        label=f"only in `{site.rule.vault}`",
                        help=f"give {these(types)} a plan of {their(types)} own, into a vault under a compliance lock"
                        if types is never
                        else "switch the advanced features on: `Settings(full_management={…})`",
                        others=selected(site, types),
                        severity=None if types is never else "advice",
                    )
