"""Roles and keys that Backstay makes in some accounts, and expects to find in others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from backstay.ir import ACCOUNT
from backstay.lint.comparisons import author_name
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import AirGappedSite, VaultSite
from backstay.lint.source import plain
from backstay_aws import arns

_Accounts = Mapping[str, set[str]]
_PLAN = (
    'Plan("gold", role={role}, rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
    '    select=[Select("gold", where=tag("backup") == "gold")])'
)
_TWO = (
    'apps = Policy("apps", attach=ou("Workloads"), vaults=[primary], plans=[{apps}])\n'
    'backup = Policy("backup", attach=ou("Backup"), vaults=[primary], plans=[{backup}])'
)
_MANAGED = _PLAN.format(role='Role("backup/Runner", manage=True)')
_NAMED = _PLAN.format(role='"backup/Runner"')


class ManagedInPart(Rule):
    """A role or key that is managed is managed wherever it is named."""

    CODE = "CHG007"
    NAME = "managed-in-part"
    SEVERITY = "warning"
    SUMMARY = "A role or key named without `manage=True`, which other accounts get with it"
    WHY = (
        "In some accounts Backstay makes the role or key; in these it takes for granted that one is there. If it is "
        "not, every job fails. Most often `manage=True` was added in one file and not in the other."
    )
    SOURCES = (plain("what is made in one account is not there in another"),)
    VALID = (_TWO.format(apps=_MANAGED, backup=_MANAGED), _TWO.format(apps=_NAMED, backup=_NAMED))
    INVALID = (
        _TWO.format(apps=_MANAGED, backup=_NAMED),
        'apps = Policy("apps", attach=ou("Workloads"), vaults=[Vault("apps", key=Key("alias/b", manage=True))])\n'
        'backup = Policy("backup", attach=ou("Backup"), vaults=[Vault("backup", key="alias/b")])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Roles of selections, and keys of vaults, against the accounts that get them made."""
        yield from self._roles(context, _managed_roles(context))
        keys = {key.alias for shape in context.model.shapes for key in shape.keys}
        for site in _vaults(context):
            arn = arns.parse(site.vault.key_arn or "")
            alias = arn.resource if arn is not None and arn.account == ACCOUNT else None
            if alias in keys and all(alias not in [key.alias for key in shape.keys] for shape in site.shapes):
                yield self.problem(
                    site,
                    "key",
                    f"vault `{site.vault.name}` is encrypted by `{alias}`, which is made in other accounts or Regions "
                    "and not here",
                    label="has to be there",
                    help=f'write `Key("{alias}", manage=True)` here too',
                )

    def _roles(self, context: Context, managed: _Accounts) -> Iterator[Problem]:
        for site in context.selections if managed else ():
            role = site.selection.role_arn
            missing = tuple(one for one in site.accounts if one not in managed[role]) if role in managed else ()
            if missing:
                name = role.partition(":role/")[2]
                yield self.problem(
                    site,
                    "role",
                    f"selection `{author_name(site)}` of plan `{site.plan.name}` runs as `{name}`, which is made in "
                    "other accounts and not here",
                    label="has to be there",
                    help=f'write `Role("{name}", manage=True)` here too',
                    accounts=missing,
                )


def _vaults(context: Context) -> Iterator[VaultSite | AirGappedSite]:
    yield from context.vaults
    yield from context.air_gapped_vaults


def _managed_roles(context: Context) -> _Accounts:
    """The accounts in which each role, by ARN, is made."""
    found: dict[str, set[str]] = defaultdict(set)
    for site in context.roles:
        path = f"{site.role.path}{site.role.name}"
        found[arns.role(context.model.partition, ACCOUNT, path)].update(site.accounts)
    return found
