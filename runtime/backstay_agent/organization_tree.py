"""Reads the organization from AWS Organizations: units, accounts, tags, and who administers backup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_aws import arns
from backstay_contract.organization import Account, Organization, Root, Unit
from backstay_contract.organizations import Targets

BACKUP_SERVICE = "backup.amazonaws.com"
_WORKERS = 16


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
        accounts = {item["Id"]: item for item in self.accounts()}
        with ThreadPoolExecutor(_WORKERS) as pool:
            tags = dict(zip(accounts, pool.map(self._tags, accounts), strict=True))
        return Organization(
            id=about["Id"],
            management_account=about["MasterAccountId"],
            backup_account=next(iter(self.backup_administrators()), None),
            regions=tuple(regions),
            root=Root(accounts=self._accounts(root, accounts, tags), units=self._units(root, accounts, tags)),
        )

    def accounts(self) -> list[dict[str, Any]]:
        """The active accounts."""
        return [item for item in self._list("ListAccounts", "Accounts") if item.get("Status", "ACTIVE") == "ACTIVE"]

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

    def _units(
        self, parent: str, known: Mapping[str, Any], tags: Mapping[str, dict[str, str]], above: str = ""
    ) -> tuple[Unit, ...]:
        found = list(self._list("ListOrganizationalUnitsForParent", "OrganizationalUnits", ParentId=parent))
        self.unit_paths |= {item["Id"]: f"{above}{item['Name']}" for item in found}
        return tuple(
            Unit(
                name=item["Name"],
                accounts=self._accounts(item["Id"], known, tags),
                units=self._units(item["Id"], known, tags, f"{above}{item['Name']}/"),
            )
            for item in sorted(found, key=lambda item: str(item["Name"]))
        )

    def _accounts(
        self, parent: str, known: Mapping[str, Any], tags: Mapping[str, dict[str, str]]
    ) -> tuple[Account, ...]:
        found = [
            item for item in self._list("ListAccountsForParent", "Accounts", ParentId=parent) if item["Id"] in known
        ]
        ordered = sorted(found, key=lambda item: (str(item["Name"]), str(item["Id"])))
        return tuple(Account(id=item["Id"], name=item["Name"], tags=tags[item["Id"]]) for item in ordered)

    def _tags(self, account: str) -> dict[str, str]:
        found = self._list("ListTagsForResource", "Tags", ResourceId=account)
        return {tag["Key"]: tag["Value"] for tag in sorted(found, key=lambda tag: str(tag["Key"]))}

    def _call(self, operation: str, **members: Any) -> dict[str, Any]:
        return self.aws.call(self.aws.caller(), self.aws.region, "organizations", operation, **members)

    def _list(self, operation: str, member: str, **members: Any) -> Iterator[dict[str, Any]]:
        return self.aws.pages(self.aws.caller(), self.aws.region, "organizations", operation, member, **members)


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
