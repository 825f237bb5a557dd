"""A resource as a test imagines it: of a type, in an account and Region, with tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from backstay import explain
from backstay.prove.answer import Witness
from backstay.prove.text import sentence
from backstay.testing.wrong import UnknownError, unknown
from backstay_aws import arns, catalog
from backstay_aws.selection import types_of

if TYPE_CHECKING:
    from backstay.testing.account import Account
    from backstay.testing.org import Org
    from backstay_aws.catalog import ResourceType


class MakeResource(Protocol):
    """What the fixture `resource` is, for the annotations of tests: `def test_x(resource: MakeResource) -> None`."""

    def __call__(
        self,
        type: str,  # noqa: A002
        account: str | Account | None = None,
        region: str | None = None,
        tags: Mapping[str, str] | None = None,
        arn: str | None = None,
        *,
        name: str = "any",
    ) -> Resource:
        """As `Org.resource`."""


@dataclass(frozen=True)
class Resource:
    """A resource that there could be. Made by the fixture `resource`, or by `Org.resource`."""

    type: str
    account: Account
    region: str
    tags: Mapping[str, str]
    arn: str
    org: Org = field(repr=False, compare=False)

    def __str__(self) -> str:
        return sentence(self.witness)

    @property
    def judged(self) -> explain.Resource:
        """The resource as `explain` judges it."""
        return explain.Resource(self.arn, self.type, self.tags)

    @property
    def witness(self) -> Witness:
        """The resource as `prove` tells of it."""
        account = self.account
        return Witness(account.id, account.name, account.unit, self.region, self.type, self.arn, self.tags)

    def tagged(self, **tags: str | None) -> Resource:
        """The same resource with some tags more or other; None takes one away."""
        kept = {key: value for key, value in {**self.tags, **tags}.items() if value is not None}
        return Resource(self.type, self.account, self.region, tags_of(kept), self.arn, self.org)


def made(
    org: Org, kind: str, account: str | Account | None, region: str | None, tags: Any, arn: str | None, name: str
) -> Resource:
    """A resource of the organization. Raises `UnknownError` for a type, account, Region or ARN that there is not."""
    __tracebackhide__ = True
    row = type_of(kind)
    parsed = arns.parse(arn) if arn is not None else None
    if arn is not None and (parsed is None or kind not in types_of(arn)):
        raise UnknownError(f"`{arn}` is no ARN" + (f" of type {kind}" if parsed is not None else ""))
    where = account or (parsed.account if parsed is not None else "")
    if not where:
        raise UnknownError("say in which account the resource is: account=…")
    host = org.find(where) if isinstance(where, str) else where
    chosen = _region(host, region or (parsed.region if parsed is not None else ""))
    if arn is None:
        arn = row.arn.format(partition=org.model.partition, region=chosen, account=host.id).replace("*", name)
    return Resource(kind, host, chosen, tags_of(tags), arn, org)


def type_of(kind: str) -> ResourceType:
    """A resource type by the API's name. Raises `UnknownError`."""
    __tracebackhide__ = True
    row = catalog.resource_type(kind)
    if row is None:
        raise unknown("resource type of AWS Backup", kind, (one.name for one in catalog.resource_types()))
    return row


def _region(account: Account, wanted: str) -> str:
    """The Region that is meant: the account's only one where none is named."""
    __tracebackhide__ = True
    if not wanted and len(account.regions) == 1:
        return account.regions[0]
    if not wanted:
        raise UnknownError(f"{account.name} uses {', '.join(account.regions)}: say which is meant, region=…")
    if wanted not in account.regions:
        raise unknown(f"Region of {account.name}", wanted, account.regions)
    return wanted


def tags_of(tags: Any) -> Mapping[str, str]:
    """Tags by key, sorted. Raises `UnknownError` for what is no dictionary of text to text."""
    __tracebackhide__ = True
    found = dict(tags or {})
    wrong = [key for key, value in found.items() if not isinstance(key, str) or not isinstance(value, str)]
    if wrong:
        raise UnknownError(f"the tag {wrong[0]!r} is {found[wrong[0]]!r}: keys and values of tags are text")
    return dict(sorted(found.items()))
