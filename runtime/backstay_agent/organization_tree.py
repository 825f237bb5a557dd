"""Reads the organization from AWS Organizations: units, accounts, tags, and who administers backup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_aws import arns
from backstay_contract.organization import Account, Organization, Root, Unit
from backstay_contract.organizations import Targets

BACKUP_SERVICE = "backup.amazonaws.com"
_WORKERS = 16


@dataclass(frozen=True, slots=True)
class _Node:
    """What stands directly below the root or a unit: active accounts and units, by name."""

    accounts: tuple[Mapping[str, Any], ...]
    units: tuple[Mapping[str, Any], ...]


class OrganizationReader:
    """Reads with the caller's own credentials (management account or delegated administrator). Raises AwsProblem."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        self.unit_paths: dict[str, str] = {}
        """Paths of the units that were read, by id."""

    def read(self, regions: Sequence[str]) -> Organization:
        """The whole tree, ordered by name; closed and suspended accounts are left out."""
        about = self._call("DescribeOrganization")["Organization"]
        root = self.roots()[0]["Id"]
        with ThreadPoolExecutor(_WORKERS) as pool:
            nodes = self._nodes(root, pool)
            accounts = [item["Id"] for node in nodes.values() for item in node.accounts]
            tags = dict(zip(accounts, pool.map(self._tags, accounts), strict=True))
        return Organization(
            id=about["Id"],
            management_account=about["MasterAccountId"],
            backup_account=next(iter(self.backup_administrators()), None),
            regions=tuple(regions),
            root=Root(accounts=_accounts(nodes[root], tags), units=_units(nodes, root, tags)),
        )

    def accounts(self) -> list[dict[str, Any]]:
        """The active accounts."""
        return [item for item in self._list("ListAccounts", "Accounts") if is_active(item)]

    def roots(self) -> list[dict[str, Any]]:
        """The roots of the tree (AWS has one)."""
        return list(self._list("ListRoots", "Roots"))

    def backup_administrators(self) -> list[str]:
        """The accounts that administer backup for the organization; none where AWS does not let us ask."""
        try:
            found = self._list(
                "ListDelegatedAdministrators", "DelegatedAdministrators", ServicePrincipal=BACKUP_SERVICE
            )
            return sorted(item["Id"] for item in found)
        except AwsProblem as problem:
            if problem.code in ("AccessDeniedException", "InvalidInputException"):
                return []
            raise

    def enabled_regions(self) -> list[str]:
        """The Regions of the caller's partition that its account has on; none where AWS does not let us ask."""
        partition = arns.partition_of(self.aws.region)
        return sorted(name for name in self._enabled_regions() if arns.partition_of(name) == partition)

    def _enabled_regions(self) -> list[str]:
        place = self.aws.caller(), self.aws.region
        wanted = ["ENABLED", "ENABLED_BY_DEFAULT"]
        try:
            listed = self.aws.pages(*place, "account", "ListRegions", "Regions", RegionOptStatusContains=wanted)
            return [item["RegionName"] for item in listed]
        except AwsProblem:
            pass
        try:
            answer = self.aws.call(*place, "ec2", "DescribeRegions")
        except AwsProblem:
            return []
        return [item["RegionName"] for item in answer["Regions"] if item.get("OptInStatus") != "not-opted-in"]

    def backup_policies(self) -> Iterator[tuple[str, str, Targets]]:
        """Name, content and targets of each backup policy, by name. The tree has to be read before: it has the units.

        AWS does not say in which order policies were attached to one target.
        """
        summaries = self._list("ListPolicies", "Policies", Filter="BACKUP_POLICY")
        for summary in sorted(summaries, key=lambda item: (item["Name"], item["Id"])):
            content = self._call("DescribePolicy", PolicyId=summary["Id"])["Policy"]["Content"]
            targets = self._list("ListTargetsForPolicy", "Targets", PolicyId=summary["Id"])
            yield summary["Name"], content, self._targets([it["TargetId"] for it in targets])

    def _targets(self, ids: Sequence[str]) -> Targets:
        """Ids of nodes as root, paths of units and accounts."""
        units = sorted(self.unit_paths[one] for one in ids if one in self.unit_paths)
        accounts = sorted(one for one in ids if one.isdigit())
        return Targets(root=any(one.startswith("r-") for one in ids), units=tuple(units), accounts=tuple(accounts))

    def _nodes(self, root: str, pool: Executor) -> dict[str, _Node]:
        """The root and every unit by id, read level by level, the nodes of a level side by side."""
        nodes: dict[str, _Node] = {}
        level = [root]
        while level:
            for identity, node in zip(level, pool.map(self._node, level), strict=True):
                nodes[identity] = node
                above = f"{self.unit_paths[identity]}/" if identity != root else ""
                self.unit_paths |= {item["Id"]: f"{above}{item['Name']}" for item in node.units}
            level = [item["Id"] for identity in level for item in nodes[identity].units]
        return nodes

    def _node(self, parent: str) -> _Node:
        """What stands directly below a node, by name. Its accounts are told as ListAccounts would."""
        units = self._list("ListOrganizationalUnitsForParent", "OrganizationalUnits", ParentId=parent)
        accounts = filter(is_active, self._list("ListAccountsForParent", "Accounts", ParentId=parent))
        return _Node(
            tuple(sorted(accounts, key=lambda item: (str(item["Name"]), str(item["Id"])))),
            tuple(sorted(units, key=lambda item: str(item["Name"]))),
        )

    def _tags(self, account: str) -> dict[str, str]:
        found = self._list("ListTagsForResource", "Tags", ResourceId=account)
        return {tag["Key"]: tag["Value"] for tag in sorted(found, key=lambda tag: str(tag["Key"]))}

    def _call(self, operation: str, **members: Any) -> dict[str, Any]:
        return self.aws.call(self.aws.caller(), self.aws.region, "organizations", operation, **members)

    def _list(self, operation: str, member: str, **members: Any) -> Iterator[dict[str, Any]]:
        return self.aws.pages(self.aws.caller(), self.aws.region, "organizations", operation, member, **members)


def is_active(account: Mapping[str, Any]) -> bool:
    """Whether an account, as Organizations lists it, is neither closed nor suspended nor still being activated.

    `State` tells it; `Status`, which told it before, ends in September 2026 (Organizations API reference, Account; read
    2026-11).
    """
    return bool(account.get("State", account.get("Status", "ACTIVE")) == "ACTIVE")


def _units(nodes: Mapping[str, _Node], parent: str, tags: Mapping[str, dict[str, str]]) -> tuple[Unit, ...]:
    return tuple(
        Unit(
            name=item["Name"],
            accounts=_accounts(nodes[item["Id"]], tags),
            units=_units(nodes, item["Id"], tags),
        )
        for item in nodes[parent].units
    )


def _accounts(node: _Node, tags: Mapping[str, dict[str, str]]) -> tuple[Account, ...]:
    return tuple(Account(id=item["Id"], name=item["Name"], tags=tags[item["Id"]]) for item in node.accounts)


def keep_regions(fresh: Organization, old: Organization) -> Organization:
    """The fresh tree with the Regions of single accounts that a person had written into the old one."""
    written = {account.id: account.regions for _, account in old.places() if account.regions is not None}
    return fresh.model_copy(update={"root": _with_regions(fresh.root, written)})


def _with_regions(part: Any, written: Mapping[str, tuple[str, ...]]) -> Any:
    accounts = tuple(
        account.model_copy(update={"regions": written.get(account.id, account.regions)}) for account in part.accounts
    )
    units = tuple(_with_regions(unit, written) for unit in part.units)
    return part.model_copy(update={"accounts": accounts, "units": units})
