"""Looks at an organization and its accounts for `org bootstrap`. Reads only; what AWS does not tell becomes a value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.bootstrap.read_roles import RoleReader
from backstay_agent.bootstrap.read_sets import SetReader
from backstay_agent.bootstrap.seen import Features, Roles, Seen, SeenSet, Unreadable
from backstay_agent.bootstrap.template import wanted_sets
from backstay_agent.bootstrap.wish import POLICY_TYPE, STACK_SETS, Wish, home_of, partition_of
from backstay_agent.organization_tree import OrganizationReader
from backstay_aws.backup_actions import BACKUP

# Organizations API reference, ParentId; read 2026-11.
_ID = re.compile("r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}")
T = TypeVar("T")
Tick = Callable[[int, int], None]


def observe(own: Aws, entered: Aws, wish: Wish, workers: int, tick: Tick | None = None) -> Seen:
    """Everything that a wish is about. `entered` reaches accounts through the role that lets us in there.

    Raises AwsProblem when the organization itself cannot be read.
    """
    reader = OrganizationReader(own)
    about = _organizations(own, "DescribeOrganization")["Organization"]
    root = reader.roots()[0]
    management = about["MasterAccountId"]
    every = {item["Id"]: item["Name"] for item in reader.accounts()}
    accounts = {one: every[one] for one in sorted(every) if not wish.accounts or one in wish.accounts}
    features = _features(own, about)
    sets: Mapping[str, SeenSet] | Unreadable = {}
    reached: tuple[str, ...] = ()
    if wish.via == "stackset":
        units = wish.units or (root["Id"],)
        reached = tuple(sorted((_inside(own, units, root["Id"], every) - {management}) & set(accounts)))
        partition = partition_of(own.region)
        names = [one.name for one in wanted_sets(wish, partition, management)]
        stack_sets = SetReader(own, managing=own.caller() == management)
        sets = _told(lambda: {name: found for name in names if (found := stack_sets.read(name, every)) is not None})
    looked_into = [account for account in accounts if wish.via == "direct" or account == management]
    return Seen(
        at=own.now,
        region=own.region,
        caller=own.caller(),
        organization=about["Id"],
        management=management,
        features=features,
        root=root["Id"],
        policy_type=_enabled(root),
        trusted=_told(lambda: _trusted(own)),
        administrators=_told(lambda: {service: _administrators(own, service) for service in (BACKUP, STACK_SETS)}),
        delegation=_told(lambda: _delegation(own)),
        settings=_told(lambda: _settings(own)),
        accounts=accounts,
        every=frozenset(every),
        roles=_roles(own, entered, wish, looked_into, management, workers, tick),
        stack_sets=sets,
        reached=reached,
    )


def unit_ids(aws: Aws, names: Iterable[str]) -> dict[str, str | None]:
    """The ids of units that were given as ids or as paths such as `Workloads/Prod`; None where there is none such.

    Raises AwsProblem.
    """
    return {name: name if _ID.fullmatch(name) else _walk(aws, name) for name in names}


def _walk(aws: Aws, path: str) -> str | None:
    place = aws.caller(), aws.region, "organizations"
    here: str | None = OrganizationReader(aws).roots()[0]["Id"]
    for step in filter(None, path.split("/")):
        listed = aws.pages(*place, "ListOrganizationalUnitsForParent", "OrganizationalUnits", ParentId=here)
        here = next((item["Id"] for item in listed if item["Name"] == step), None)
        if here is None:
            return None
    return here


def _features(aws: Aws, about: Mapping[str, Any]) -> Features:
    if about["FeatureSet"] == "ALL":
        return "all"
    place = aws.caller(), aws.region, "organizations"
    asked = aws.pages(
        *place, "ListHandshakesForOrganization", "Handshakes", Filter={"ActionType": "ENABLE_ALL_FEATURES"}
    )
    return "asked" if any(one["State"] in ("REQUESTED", "OPEN", "ACCEPTED") for one in asked) else "billing"


def _enabled(root: Mapping[str, Any]) -> bool:
    return any(item["Type"] == POLICY_TYPE and item["Status"] == "ENABLED" for item in root.get("PolicyTypes", ()))


def _trusted(aws: Aws) -> frozenset[str]:
    place = aws.caller(), aws.region, "organizations"
    listed = aws.pages(*place, "ListAWSServiceAccessForOrganization", "EnabledServicePrincipals")
    return frozenset(item["ServicePrincipal"] for item in listed)


def _administrators(aws: Aws, service: str) -> tuple[str, ...]:
    place = aws.caller(), aws.region, "organizations"
    listed = aws.pages(*place, "ListDelegatedAdministrators", "DelegatedAdministrators", ServicePrincipal=service)
    return tuple(sorted(item["Id"] for item in listed))


def _delegation(aws: Aws) -> Mapping[str, Any] | None:
    try:
        found = _organizations(aws, "DescribeResourcePolicy")
    except AwsProblem as problem:
        if problem.code != "ResourcePolicyNotFoundException":
            raise
        return None
    document: Mapping[str, Any] = json.loads(found["ResourcePolicy"]["Content"])
    return document


def _settings(aws: Aws) -> Mapping[str, str]:
    found = aws.call(aws.caller(), aws.region, "backup", "DescribeGlobalSettings")
    return dict(sorted(found["GlobalSettings"].items()))


def _roles(
    own: Aws, entered: Aws, wish: Wish, accounts: Iterable[str], management: str, workers: int, tick: Tick | None
) -> dict[str, Roles | Unreadable]:
    names = [wish.role.rpartition("/")[2], *(["AWSBackupDefaultServiceRole"] if wish.service_role else [])]
    home, wanted = home_of(wish, management), list(accounts)

    def look(account: str) -> Roles | Unreadable:
        reader = RoleReader(own if account == own.caller() else entered, account)
        needed = names[1:] if account == home else names
        return _told(lambda: {name: found for name in needed if (found := reader.read(name)) is not None})

    with ThreadPoolExecutor(max(1, workers)) as pool:
        found: dict[str, Roles | Unreadable] = {}
        for number, roles in enumerate(pool.map(look, wanted), 1):
            found[wanted[number - 1]] = roles
            if tick:
                tick(number, len(wanted))
    return found


def _inside(aws: Aws, units: Iterable[str], root: str, every: Mapping[str, str]) -> set[str]:
    """The accounts in units and in all below them; those of the root need no asking."""
    if root in units:
        return set(every)
    place = aws.caller(), aws.region, "organizations"
    found: set[str] = set()
    todo = list(units)
    while todo:
        unit = todo.pop()
        listed = aws.pages(*place, "ListAccountsForParent", "Accounts", ParentId=unit)
        found |= {item["Id"] for item in listed}
        below = aws.pages(*place, "ListOrganizationalUnitsForParent", "OrganizationalUnits", ParentId=unit)
        todo += [item["Id"] for item in below]
    return found & set(every)


def _told(read: Callable[[], T]) -> T | Unreadable:
    try:
        return read()
    except AwsProblem as problem:
        return Unreadable(f"{problem.code} from {problem.operation}: {problem.message}")


def _organizations(aws: Aws, operation: str, **members: Any) -> dict[str, Any]:
    return aws.call(aws.caller(), aws.region, "organizations", operation, **members)
