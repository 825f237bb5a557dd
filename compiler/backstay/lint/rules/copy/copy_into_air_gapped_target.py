"""A copy into the air-gapped vault that the rule backs up into already."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import ACCOUNT
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide


class CopyIntoAirGappedTarget(Rule):
    """An air-gapped primary target needs no copy into itself."""

    CODE = "CPY027"
    NAME = "copy-into-air-gapped-target"
    SEVERITY = "warning"
    SUMMARY = "A copy into the air-gapped vault that is the rule's primary target"
    WHY = (
        "With `into_air_gapped` AWS puts the recovery points into that vault itself, and reads the rule's copies from "
        "there: the copy has its own source as destination. AWS does not say what comes of it; nothing that it could "
        "add is not there already."
    )
    SOURCES = (guide("lag-vault-primary-backup"),)
    VALID = (
        'cage = AirGappedVault("cage", min=days(7), max=days(90), key="alias/backup")\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage, remote], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35),\n'
        '    copies=[Copy(to=remote)])], select=[Select("files", where=resource_type("EFS"))])])',
    )
    INVALID = (
        'cage = AirGappedVault("cage", min=days(7), max=days(90), key="alias/backup")\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35),\n'
        '    copies=[Copy(to=cage)])], select=[Select("files", where=resource_type("EFS"))])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Copies whose destination is the air-gapped target of their rule."""
        for site in context.copies:
            target, to = site.rule.air_gapped, site.copy.destination
            own = (ACCOUNT, *(site.accounts if len(site.accounts) == 1 else ()))
            if target is None or (target.name, target.region) != (to.name, to.region):
                continue
            if target.account == to.account or {target.account, to.account} <= set(own):
                yield self.problem(
                    site,
                    "to",
                    f"rule `{site.rule.name}` copies to `{to.name}`, into which it backs up already",
                    label="the same vault",
                    help="drop the copy, or `into_air_gapped`",
                    others=[(site.rule.where.fields.get("into_air_gapped"), "the primary target")],
                )
