"""Recovery points that nothing protects from deletion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from backstay.lint.arrivals import arrivals
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import VaultSite
from backstay.lint.source import guide
from backstay.lint.vault_statements import PolicyStatement, policy_statements
from backstay.lint.vaults import Declared, declared
from backstay_aws import arns
from backstay_aws.access import denies

_DELETE = "backup:DeleteRecoveryPoint"
_ANYBODY = "backstay-somebody"  # a role of which no policy speaks


class DeletableRecoveryPoints(Rule):
    """A policy for a vault should forbid deletion, or the vault be locked."""

    CODE = "VLT037"
    NAME = "deletable-recovery-points"
    SEVERITY = "advice"
    WHOLE = True
    SUMMARY = "A vault access policy that does not deny deletion, without a lock"
    WHY = (
        "The policy says who may come in and leaves open who may destroy: whoever may use AWS Backup in the account "
        "can delete every recovery point by hand, and so can a stolen password. Audit Manager's control on manual "
        "deletion fails for such a vault. A warning where the policy denies deletion, and excepts every role by name."
    )
    SOURCES = (guide("controls-and-remediation"), guide("create-a-vault-access-policy"), guide("vault-lock"))
    VALID = (
        'cage = Vault("cage", access=Access.deny_deletes())\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[cage])',
        'cage = Vault("cage", access=Access.deny_deletes(except_=["arn:aws:iam::*:role/emergency"]))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[cage])',
        'cage = Vault("cage", lock=Lock.governance(min=days(7), max=years(8)),\n'
        "    access=Access.allow_copies_from(organization=True))\n"
        'policy = Policy("p", attach=ou("Workloads"), vaults=[cage])',
    )
    INVALID = (
        'Vault("cage", access=Access.allow_copies_from(organization=True))',
        'Vault("cage", access=Access.deny_deletes(except_=["arn:aws:iam::*:role/*"]))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Unlocked vaults with a policy by which any role of the account may delete."""
        excepting = dict(_denials(context))
        foreign = arrivals(context).foreign  # those without a lock are another rule's business
        for site in context.vaults:
            name, policy = declared(site.vault), site.vault.policy
            hollow = excepting.get(name)
            if policy is None or site.vault.lock is not None or hollow is False:
                continue
            if (hollow or name not in foreign) and not _denied(context, site, policy):
                yield self._told(site, hollow=bool(hollow))

    def _told(self, site: VaultSite, *, hollow: bool) -> Problem:
        what = (
            "denies deletion, but excepts every role" if hollow else "does not deny deletion, and the vault has no lock"
        )
        return self.problem(
            site,
            "access",
            f"the access policy of vault `{site.vault.name}` {what}",
            label="denies nobody" if hollow else "says nothing of deletion",
            help="name the few roles that may delete" if hollow else "add `+ Access.deny_deletes()`, or a lock",
            severity="warning" if hollow else None,
        )


def _denied(context: Context, site: VaultSite, policy: Mapping[str, Any]) -> bool:
    """Whether the vault's policy forbids deletion to a role of the account of which nobody has thought."""
    account, partition = site.accounts[0], context.model.partition
    return denies(
        policy,
        _DELETE,
        principal_account=account,
        principal_arn=arns.role(partition, account, _ANYBODY),
        organization=context.model.organization,
        org_path=None,
        vault_arn=arns.vault(partition, site.shape.region, account, site.vault.name),
    )


def _denials(context: Context) -> Iterator[tuple[Declared, bool]]:
    """The vaults whose policies deny deletion to everybody; and whether that depends on who asks, and nothing else."""
    for one in policy_statements(context):
        if one.denies and "*" in one.principals and one.named(frozenset({_DELETE.casefold()})):
            yield declared(one.site.vault), _keys(one) <= {"aws:principalarn"}


def _keys(one: PolicyStatement) -> set[str]:
    condition = one.body.get("Condition")
    blocks = condition.values() if isinstance(condition, Mapping) else ()
    return {str(key).casefold() for block in blocks if isinstance(block, Mapping) for key in block}
