"""Names of accounts, units and resource types that policies mention, checked against what there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from backstay.dsl import Policy, Vault
from backstay.dsl.target import AccountRef, Ou
from backstay.dsl.vault import CopyAdmission
from backstay.resolve import targets
from backstay.resolve.problem import nearest, problem, second, several
from backstay.resolve.tree import Tree, is_id
from backstay.source import Sources
from backstay_aws import catalog
from backstay_contract.findings import Finding, Span


@dataclass(frozen=True, slots=True)
class Names:
    """Checks names against an organization and the catalogue."""

    tree: Tree
    sources: Sources
    places: Callable[[str], Span | None] = lambda _: None  # where the organization file has an account

    def check(self, policies: Iterable[Policy]) -> Iterator[Finding]:
        """A complaint for each unit, account, type or Region that is not there, and each name of two accounts."""
        used = {region for regions in {member.regions for member in self.tree.members} for region in regions}
        for policy in policies:
            yield from self._target(policy)
            yield from self._opt_ins(policy)
            yield from self._regions(policy, used)
            for vault in vaults_of(policy):
                yield from self._vault(vault)

    def _target(self, policy: Policy) -> Iterator[Finding]:
        for atom in targets.atoms(policy.attach) if policy.attach is not None else ():
            span = self.sources.where(atom)[0]
            if isinstance(atom, AccountRef):
                yield from self._account(atom.account, span)
            elif isinstance(atom, Ou) and targets.unit_path(atom) not in self.tree.units:
                help_ = nearest(atom.path, ("/".join(path) for path in self.tree.units))
                yield problem("unknown-unit", f"the organization has no unit `{atom.path}`", span, help=help_)

    def _regions(self, policy: Policy, used: set[str]) -> Iterator[Finding]:
        """Regions that neither AWS nor the organization has: they would silently limit the policy."""
        for name in policy.regions or ():
            if name not in used and catalog.region(name) is None:
                span, places = self.sources.where(policy)
                help_ = nearest(name, used)
                yield problem("unknown-region", f"there is no Region `{name}`", places.get("regions", span), help=help_)

    def _vault(self, vault: Vault) -> Iterator[Finding]:
        span, places = self.sources.where(vault)
        if vault.account is not None:
            yield from self._account(vault.account, places.get("account", span))
        for part in vault.access.parts if vault.access is not None else ():
            if isinstance(part, CopyAdmission):
                at = self.sources.where(part)[1].get("accounts") or places.get("access", span)
                for account in part.accounts:
                    if not is_id(account):  # an id may be of an account outside the organization
                        yield from self._account(account, at)

    def _account(self, account: str, span: Span | None) -> Iterator[Finding]:
        found = self.tree.find(account)
        if not found:
            known = self.tree.by_id if is_id(account) else self.tree.by_name
            message = f"the organization has no account `{account}`"
            yield problem("unknown-account", message, span, help=nearest(account, known))
        elif len(found) > 1:
            ids = several((member.id for member in found), 9)
            message = f"{len(found)} accounts are named `{account}`: {ids}"
            others = [label for member in found for label in second(self.places(member.id), f"this is {member.id}")]
            help_ = "write the twelve digits of the one that is meant"
            yield problem("ambiguous-account", message, span, others=others, help=help_)

    def _opt_ins(self, policy: Policy) -> Iterator[Finding]:
        if policy.settings is None or not policy.settings.opt_in:
            return
        known = {row.opt_in for row in catalog.resource_types()}
        span, places = self.sources.where(policy.settings)
        for name in dict(policy.settings.opt_in):
            if name not in known:
                message = f"AWS Backup has no opt-in for a resource type `{name}`"
                yield problem("unknown-resource-type", message, places.get("opt_in", span), help=nearest(name, known))


def vaults_of(policy: Policy) -> list[Vault]:
    """The vaults that a policy declares and those that its rules name, each written one once."""
    found = list(policy.vaults)
    for rule in (rule for plan in policy.plans for rule in plan.rules or ()):
        named = [rule.into, *(copy.to for copy in rule.copies or ())]
        found += [vault for vault in named if isinstance(vault, Vault)]
    return list({id(vault): vault for vault in found}.values())
