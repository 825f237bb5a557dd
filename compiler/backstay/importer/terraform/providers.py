"""Providers: which account and Region a resource is deployed to, as far as the configuration says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from backstay.importer.cloudformation.undecided import undecided
from backstay.importer.found import Scope, Unknown
from backstay.importer.terraform.values import ACCOUNT, REGION, plain

_ROLE_ACCOUNT = re.compile(r"arn:[a-z-]+:iam::([0-9]{12}):role/")
_IDENTITY: Final = ("assume_role", "assume_role_with_web_identity", "profile", "access_key", "allowed_account_ids")


@dataclass(frozen=True, slots=True)
class Provider:
    """A configured provider. `identity` is equal for providers that surely speak for one account."""

    name: str
    identity: str
    account: str | None = None
    region: str | None = None

    @property
    def scope(self) -> Scope:
        """Where its resources are."""
        return Scope(self.account, self.region)

    def account_from(self, other: Provider) -> str | Unknown:
        """This provider's account, as it is named in what `other` makes."""
        if self.account is not None and other.account != self.account:
            return self.account
        if self.identity == other.identity:
            return ACCOUNT
        return undecided(f"account of {self.name}", f"the account of the provider `{self.name}` is not known")

    def region_from(self, other: Provider) -> str | Unknown:
        """This provider's Region, as it is named in what `other` makes."""
        if self == other or (self.region is not None and self.region == other.region):
            return REGION
        if self.region is not None:
            return self.region
        return undecided(f"region of {self.name}", f"the Region of the provider `{self.name}` is not known")


DEFAULT: Final = Provider("aws", "aws")


def configured(name: str, body: Mapping[str, Any]) -> Provider:
    """A provider from the values of its block."""
    region = body.get("region")
    told = {member: plain(body[member]) for member in _IDENTITY if body.get(member) is not None}
    found = _ROLE_ACCOUNT.search(repr(told))
    allowed = told.get("allowed_account_ids")
    account = found[1] if found is not None else None
    if account is None and isinstance(allowed, list) and len(allowed) == 1 and isinstance(allowed[0], str):
        account = allowed[0]
    return Provider(name, repr(told) if told else "aws", account, region if isinstance(region, str) else None)
