"""Copies that do not leave an air-gapped vault."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Vault
from backstay.lint.abilities import unable
from backstay.lint.air_gaps import gaps, made_there, selected
from backstay.lint.context import Context
from backstay.lint.copying import on_aws_key, travellers
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import CopySite
from backstay.lint.source import guide
from backstay.lint.vaults import Declared, declared
from backstay.lint.words import listed


class RefusedCopyOutOfAirGap(Rule):
    """What is made behind the air gap is copied from there."""

    CODE = "GAP008"
    NAME = "refused-copy-out-of-air-gap"
    SEVERITY = "error"
    SUMMARY = "A copy out of an air-gapped primary target to another air-gapped vault, or to a vault on AWS's own key"
    WHY = (
        "Recovery points of fully managed types are made in the air-gapped vault itself, and the rule's copies start "
        "there. AWS copies from one air-gapped vault to another on demand only, never by a plan, and to a standard "
        "vault only under a key of one's own. A warning where the plan selects by tags and may take such types."
    )
    SOURCES = (guide("logicallyairgappedvault"), guide("lag-vault-primary-backup"))
    VALID = (
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'far = AirGappedVault("far", region="eu-west-1", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage, far], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35),\n'
        '    copies=[Copy(to=far)])], select=[Select("volumes", where=resource_type("EBS"))])])',
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage, remote], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35),\n'
        '    copies=[Copy(to=remote)])], select=[Select("files", where=resource_type("EFS"))])])',
    )
    INVALID = tuple(
        f'cage = AirGappedVault("cage", min=days(7), max=days(90))\nfar = {far}\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage, far], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35),\n'
        f'    copies=[Copy(to=far)])], select=[Select("chosen", where={where})])])'
        for far, where in (
            ('AirGappedVault("far", region="eu-west-1", min=days(7), max=days(90))', 'resource_type("EFS")'),
            ('AirGappedVault("far", region="eu-west-1", min=days(7), max=days(90))', 'tag("backup") == "gold"'),
            ('Vault("far", region="eu-west-1")', 'resource_type("EFS")'),
        )
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Copies of rules with such a target, unless all their types are copied in front of the air gap."""
        known = gaps(context)
        for site in context.copies:
            direct = made_there(site)
            inside = bool(direct) or not _all_named(site)
            for destination in context.destinations(site) if site.rule.air_gapped is not None and inside else ():
                why = _refused(site, destination.vault, known)
                if why is not None:
                    yield self._told(site, direct, why, destination.accounts)

    def _told(
        self, site: CopySite, direct: tuple[str, ...], why: tuple[str, str], accounts: tuple[str, ...]
    ) -> Problem:
        target = site.rule.air_gapped.name if site.rule.air_gapped is not None else ""
        what = f" {listed(direct)}" if direct else ""
        return self.problem(
            site,
            "to",
            f"rule `{site.rule.name}` copies{what} out of air-gapped vault `{target}` to "
            f"`{site.copy.destination.name}`, {why[0]}",
            label="not from behind the air gap",
            help=why[1],
            others=[(site.rule.where.fields.get("into_air_gapped"), "made there"), *selected(site, direct)],
            severity=None if direct else "warning",
            accounts=accounts,
        )


def _all_named(site: CopySite) -> bool:
    return bool(site.plan.selections) and all(one.types for one in site.plan.selections)


def _refused(site: CopySite, vault: Vault | None, known: frozenset[Declared]) -> tuple[str, str] | None:
    """Why AWS does not make the copy, and what to do. Of a copy into its own source, and of keys that no type can do
    without, other rules speak."""
    target = site.rule.air_gapped
    if vault is None or target is None:
        return None
    if declared(vault) in known:
        same = (target.name, target.region) == (site.copy.destination.name, site.copy.destination.region)
        cure = "back up into the standard vault, and copy to both from there"
        return None if same else ("which is air-gapped too: no plan can do that", cure)
    spoken = unable(site.plan, "full_management", site.shape.region) or travellers(site) or not _all_named(site)
    if on_aws_key(vault) and not spoken:
        return "which is on AWS's own key", 'give the destination a key of your own: `key="alias/backup"`'
    return None
