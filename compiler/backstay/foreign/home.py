"""Where a file is deployed to, in each reading: the account, Region, partition and organization, as far as it says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from backstay.foreign.values import mapping
from backstay.importer.found import Found
from backstay.importer.write.things import strings
from backstay_aws import arns

ORGANIZATION = "o-unknown000"
ACCOUNTS = ("111122223333", "444455556666", "777788889999")
"""AWS's accounts of examples: what the account of a file that names none is called."""
REGIONS = {
    # partition → the Regions of what names none
    "aws": ("us-east-1", "eu-west-1", "ap-southeast-2"),
    "aws-us-gov": ("us-gov-west-1", "us-gov-east-1"),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
}
_USUAL = "aws"
_OWN = ("$account", "$region")
_ID = re.compile(r"[0-9]{12}")
_ORGANIZATION = re.compile(r"\bo-[a-z0-9]{10,32}\b")


@dataclass(frozen=True, slots=True)
class Home:
    """Where what names no place of its own is deployed to."""

    account: str
    region: str
    partition: str
    organization: str


def homes(found: Sequence[Found], *, portable: bool = False) -> Iterator[Home]:
    """A home for each reading.

    An account or a Region that the file speaks of may be its own or another one: it is both in turn. Only the roles of
    selections are sure to be of the own account, since AWS Backup takes no others. `portable`: the file leaves its
    partition to the place where it is deployed (`AWS::Partition`).
    """
    said = [text for one in found for text in strings(one.body)]
    named = [arn for text in said if text.startswith("arn:") and (arn := arns.parse(text)) is not None]
    partition = _partition(found, named, portable=portable)
    accounts = Counter(arn.account for arn in named if _ID.fullmatch(arn.account))
    regions = Counter(arn.region for arn in named if _region(arn.region, partition))
    own = _of_roles(found)
    organization = next((one for text in said for one in _ORGANIZATION.findall(text)), ORGANIZATION)
    yield from map(
        Home,
        (own,) * 3 if own else _own([one for one, _ in accounts.most_common()], ACCOUNTS),
        _own([one for one, _ in regions.most_common()], REGIONS[partition]),
        (partition,) * 3,
        (ORGANIZATION, organization, ORGANIZATION),
    )


def _own(spoken: Sequence[str], others: Sequence[str]) -> tuple[str, str, str]:
    """What a file's own account or Region is in each reading: none that it speaks of, and the first two of these."""
    strange = next((one for one in others if one not in spoken), others[0])
    first, second, *_ = [*spoken, *(one for one in others if one != strange), *others]
    return strange, first, second


def _region(name: str, partition: str) -> bool:
    return name.isascii() and name.count("-") >= 2 and "*" not in name and arns.partition_of(name) == partition


def _of_roles(found: Iterable[Found]) -> str | None:
    """The one account that the roles of selections are of, if they name one."""
    bodies = (mapping(one.body.get("BackupSelection")) for one in found if one.kind == "selection")
    roles = (arns.parse(role) for body in bodies if isinstance(role := body.get("IamRoleArn"), str))
    accounts = {role.account for role in roles if role is not None and _ID.fullmatch(role.account)}
    return accounts.pop() if len(accounts) == 1 else None


def _partition(found: Iterable[Found], named: Iterable[Any], *, portable: bool) -> str:
    """The partition of the Regions that the file is for; else the one that most of its ARNs are of.

    ARNs of the own account say nothing where the file leaves its partition open. Of two that are named as often, the
    unusual one is meant: `arn:aws:` is what examples have.
    """
    for one in found:
        for region in (one.where.region or "").split(","):
            if region and arns.partition_of(region) in REGIONS:
                return arns.partition_of(region)
    votes = Counter(arn.partition for arn in named if arn.partition in REGIONS)
    if portable:
        votes.pop(_USUAL, None)
    most = max(votes.values(), default=0)
    winners = [one for one, count in votes.items() if count == most]
    return next((one for one in winners if one != _USUAL), _USUAL)


def at_home(value: Any, partition: str, *, portable: bool) -> Any:
    """A value with the ARNs of the own account in its partition: readers of templates write `arn:aws:` for both."""
    if partition == _USUAL:
        return value
    if isinstance(value, str):
        own = portable or any(word in value for word in _OWN)
        return f"arn:{partition}:{value.removeprefix('arn:aws:')}" if own and value.startswith("arn:aws:") else value
    if isinstance(value, dict):
        return {key: at_home(item, partition, portable=portable) for key, item in value.items()}
    return [at_home(item, partition, portable=portable) for item in value] if isinstance(value, list) else value
