"""Full management switched off for a type that plans need it for."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import named_types, unable
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import RuleSite
from backstay.lint.source import guide, seen
from backstay.lint.words import listed, them, these
from backstay_contract.findings import Severity


class NeededManagementOff(Rule):
    """A DynamoDB table's backups travel only with the advanced features."""

    CODE = "ACC022"
    NAME = "needed-management-off"
    SEVERITY = "warning"
    SUMMARY = "Full management switched off for a type whose copies or cold storage need it"
    WHY = (
        "Without the advanced features AWS copies no backup of a DynamoDB table, not even within the account, and "
        "ignores cold storage and air-gapped targets for it. An error where such a type is to be copied, since every "
        "copy fails."
    )
    SOURCES = (guide("advanced-ddb-backup"), seen("hashicorp/terraform-provider-aws issue 22012"))
    VALID = (
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, remote],\n'
        '    settings=Settings(full_management={"DynamoDB": True}),\n'
        '    plans=[Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35),\n'
        '    copies=[Copy(to=remote)])], select=[Select("tables", where=resource_type("DynamoDB"))])])',
    )
    INVALID = (
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, remote],\n'
        '    settings=Settings(full_management={"DynamoDB": False}),\n'
        '    plans=[Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35),\n'
        '    copies=[Copy(to=remote)])], select=[Select("tables", where=resource_type("DynamoDB"))])])',
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary],\n'
        '    settings=Settings(full_management={"DynamoDB": False}),\n'
        '    plans=[Plan("gold", rules=[Rule("monthly", at=monthly(1, "03:00"), into=primary, keep=years(1),\n'
        '    cold_after=days(30))], select=[Select("tables", where=resource_type("DynamoDB"))])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules of plans that name such a type where it is off, one problem for each thing that they want of it."""
        for site in context.rules:
            off = {name for name, on in site.shape.management if not on} & set(named_types(site.plan))
            for column, field, wish, severity in _wishes(site) if off else ():
                types = [name for name in unable(site.plan, column, site.shape.region, "mixed") if name in off]
                if types:
                    yield self.problem(
                        site,
                        field,
                        f"full management of {listed(types)} is switched off, and rule `{site.rule.name}` "
                        f"{wish.format(them(types))}",
                        label="not without full management",
                        help=f"set `full_management={{{_on(types)}}}`, or keep {these(types)} out of the plan",
                        others=[
                            (site.shape.management_where[name].field("full_management"), "switched off")
                            for name in types
                        ],
                        severity=severity,
                    )


def _on(types: list[str]) -> str:
    return ", ".join(f'"{name}": True' for name in types)


def _wishes(site: RuleSite) -> Iterator[tuple[str, str, str, Severity]]:
    """What a rule wants that the catalogue has a column for: column, keyword, words, and how bad it is without."""
    if site.rule.copies:
        yield "same_region", "copies", "copies {}", "error"
    if site.rule.lifecycle.cold_after is not None:
        yield "cold_storage", "cold_after", "moves {} to cold storage", "warning"
    if site.rule.air_gapped is not None:
        yield "air_gap", "into_air_gapped", "backs {} up into an air-gapped vault", "warning"
