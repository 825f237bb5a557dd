"""Names of accounts, units and resource types that policies mention, checked against what there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cache

from backstay.dsl import Access, Node, Policy, Report, RestoreTest, Rule, Tiering, Vault
from backstay.dsl.air_gapped import AirGappedVault
from backstay.dsl.condition import ResourceType
from backstay.dsl.framework import Control
from backstay.dsl.plan import Scan
from backstay.dsl.requirement import Require
from backstay.dsl.restore import RestoreSelect
from backstay.dsl.target import AccountRef, Ou, Target
from backstay.dsl.vault import CopyAdmission, CopyDeparture
from backstay.resolve import targets
from backstay.resolve.conditions import comparisons
from backstay.resolve.nouns import PINNED
from backstay.resolve.problem import nearest, problem, second, several
from backstay.resolve.tree import Tree, is_id
from backstay.source import Sources
from backstay_aws import catalog
from backstay_contract.findings import Finding, Span

AnyVault = Vault | AirGappedVault

WHOLE = "ROOT"
"""The organization among a report's accounts (Backup API `ReportSetting`, read 2026-11)."""

TYPED: dict[type[Node], tuple[str, ...]] = {
    Rule: ("index",),
    Scan: ("types",),
    Control: ("types",),
    RestoreTest: ("types",),
    RestoreSelect: ("type",),
    Tiering: ("types",),
    Require: ("types",),
}
"""Fields that name resource types."""


@dataclass(frozen=True, slots=True)
class Names:
    """Checks names against an organization and the catalogue."""

    tree: Tree
    sources: Sources
    places: Callable[[str], Span | None] = lambda _: None  # where the organization file has an account

    def check(self, policies: Iterable[Policy], requirements: Iterable[Require] = ()) -> Iterator[Finding]:
        """A complaint for each unit, account, type or Region that is not there, and each name of two accounts."""
        used = {region for regions in {member.regions for member in self.tree.members} for region in regions}
        for policy in policies:
            yield from self._target(policy.attach)
            yield from self._opt_ins(policy)
            yield from self._regions(policy, used)
            yield from self._types(policy)
            for vault in vaults_of(policy):
                yield from self._vault(vault)
            for report in policy.reports:
                yield from self._report(report)
        for requirement in requirements:
            yield from self._target(requirement.under)
            yield from self._regions(requirement, used)
            yield from self._types(requirement)
            for said in comparisons(requirement.every) if requirement.every is not None else ():
                if isinstance(said, ResourceType) and not known_type(said.type, ResourceType):
                    yield unknown_type(said.type, self.sources.where(said)[0])

    def _target(self, target: Target | None) -> Iterator[Finding]:
        for atom in targets.atoms(target) if target is not None else ():
            span = self.sources.where(atom)[0]
            if isinstance(atom, AccountRef):
                yield from self._account(atom.account, span)
            elif isinstance(atom, Ou):
                yield from self._unit(atom.path, span)

    def _unit(self, path: str, span: Span | None) -> Iterator[Finding]:
        if tuple(path.split("/")) not in self.tree.units:
            help_ = nearest(path, ("/".join(one) for one in self.tree.units))
            yield problem("unknown-unit", f"the organization has no unit `{path}`", span, help=help_)

    def _report(self, report: Report) -> Iterator[Finding]:
        """Accounts and units of a report; `ROOT` is the whole organization, an `ou-…` is AWS's own id of a unit."""
        span, places = self.sources.where(report)
        for account in report.accounts or ():
            if account != WHOLE and not is_id(account):
                yield from self._account(account, places.get("accounts", span))
        for unit in report.units or ():
            if not unit.startswith("ou-"):
                yield from self._unit(unit, places.get("units", span))

    def _types(self, node: Node) -> Iterator[Finding]:
        """Resource types that AWS Backup does not know, in the fields and conditions that name some.

        Selections of plans are left to the resolver of conditions, which says the same of them.
        """
        for one in walk(node):
            for field in TYPED.get(type(one), ()):
                value = getattr(one, field) or ()
                for name in (value,) if isinstance(value, str) else value:
                    if isinstance(name, str) and not known_type(name, type(one)):
                        span, places = self.sources.where(one)
                        yield unknown_type(name, places.get(field, span))

    def _regions(self, policy: Policy | Require, used: set[str]) -> Iterator[Finding]:
        """Regions that neither AWS nor the organization has: they would silently limit the policy."""
        for name in policy.regions or ():
            if name not in used and catalog.region(name) is None:
                span, places = self.sources.where(policy)
                help_ = nearest(name, used)
                yield problem("unknown-region", f"there is no Region `{name}`", places.get("regions", span), help=help_)

    def _vault(self, vault: AnyVault) -> Iterator[Finding]:
        span, places = self.sources.where(vault)
        if vault.account is not None:
            yield from self._account(vault.account, places.get("account", span))
        for part in access_parts(vault):
            if isinstance(part, (CopyAdmission, CopyDeparture)):
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


def vaults_of(policy: Policy) -> list[AnyVault]:
    """The vaults that a policy declares or names anywhere, each written one once."""
    found = (node for start in (*policy.vaults, policy) for node in walk(start) if isinstance(node, PINNED))
    return list({id(vault): vault for vault in found}.values())


def access_parts(vault: AnyVault) -> tuple[object, ...]:
    """The parts of a vault's access policy."""
    return vault.access.parts if isinstance(vault.access, Access) else ()


def walk(node: Node) -> Iterator[Node]:
    """A node and all nodes in it, parents first."""
    stack: list[object] = [node]
    while stack:
        value = stack.pop()
        if isinstance(value, Node):
            yield value
            stack.extend([getattr(value, name) for name in _fields(type(value).__name__)])
        elif isinstance(value, tuple):
            stack.extend(value[::-1])


@cache
def _fields(kind: str) -> tuple[str, ...]:
    """The names of a kind's fields, the last first."""
    return tuple(field.name for field in fields(Node.registry[kind]))[::-1]


def known_type(name: str, kind: type[Node]) -> bool:
    """Whether AWS knows a resource type where a node of a kind names it.

    Scans take `ALL`; the scope of a control also takes AWS Config's names, such as `AWS::Backup::BackupVault`.
    """
    if catalog.resource_type(name) is not None:
        return True
    return (kind is Scan and name == "ALL") or (kind is Control and "::" in name)


def unknown_type(name: str, span: Span | None) -> Finding:
    """The complaint of a resource type that there is not."""
    known = {row.name for row in catalog.resource_types()}
    return problem(
        "unknown-resource-type", f"AWS Backup knows no resource type `{name}`", span, help=nearest(name, known)
    )
