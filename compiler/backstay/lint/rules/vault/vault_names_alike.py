"""Vaults whose names look like one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from backstay.lint.arrivals import arrivals
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api
from backstay.lint.vaults import AnySite, declared, every_vault
from backstay_contract.findings import Span


class VaultNamesAlike(Rule):
    """Unlike vaults should not be told apart by case alone."""

    CODE = "VLT056"
    NAME = "vault-names-alike"
    SEVERITY = "warning"
    SUMMARY = "Vault names that differ only by case, or by `-` and `_`"
    WHY = (
        "To AWS these are two vaults, each with its own lock, key and policy; to whoever reads a plan or an alarm they "
        "are one. A rule or a copy that names the wrong one writes where nobody looks."
    )
    SOURCES = (api("CreateBackupVault"),)
    VALID = ('Vault("acme-daily"), Vault("acme-weekly")',)
    INVALID = (
        'Vault("acme-primary"), Vault("Acme_Primary")',
        'policy = Policy("p", attach=ou("Workloads"), vaults=[Vault("Main"), Vault("main")], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into="main", keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Names of all accounts and Regions, folded; told at all but the one that is used, or was written first."""
        groups: dict[str, list[AnySite]] = defaultdict(list)
        for site in every_vault(context):
            groups[_folded(site.vault.name)].append(site)
        for sites in groups.values():
            if len({site.vault.name for site in sites}) > 1:
                usual = min(sites, key=lambda site: _rank(context, site))
                yield from (self._told(site, usual) for site in sites if site.vault.name != usual.vault.name)

    def _told(self, site: AnySite, usual: AnySite) -> Problem:
        return self.problem(
            site,
            "name",
            f"`{usual.vault.name}` and `{site.vault.name}` are two vaults",
            label=f"not `{usual.vault.name}`",
            help="spell them alike if they are meant to be one, else give one of them another name",
            others=[(usual.where.field("name"), f"not `{site.vault.name}`")],
        )


def _rank(context: Context, site: AnySite) -> tuple[bool, Span]:
    """Sorts vaults: those into which something comes, then as written."""
    known = arrivals(context)
    unused = declared(site.vault) not in known.backups | known.copies
    return unused, site.where.span or Span("", 0, 0, 0, 0)


def _folded(name: str) -> str:
    return name.casefold().replace("_", "-")
