"""Who is calling: from the access key of a signature to an account and a principal."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from .wire.message import Request
    from .world.world import World

_SCOPE = re.compile(r"Credential=([^/,\s]+)/(\d{8})/([^/,\s]*)/([^/,\s]+)/aws4_request")
_ACCOUNT = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a SigV4 signature claims to be for."""

    access_key: str
    region: str
    service: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who the signature's key belongs to."""

    account: str
    principal: str


def scope(request: Request) -> Scope | None:
    """The credential scope in the Authorization header, or in the query of a presigned URL."""
    found = _SCOPE.search(request.headers.get("authorization", ""))
    if found is None:
        given = parse_qs(request.query).get("X-Amz-Credential", [""])[0]
        found = _SCOPE.fullmatch(f"Credential={given}")
    return None if found is None else Scope(found[1], found[3] or "us-east-1", found[4].lower())


def root(account: str, partition: str = "aws") -> Caller:
    """An account acting as itself."""
    return Caller(account, f"arn:{partition}:iam::{account}:root")


def new_key() -> tuple[str, str]:
    """A fresh access key and its secret, in AWS's form."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return "AKIA" + "".join(secrets.choice(alphabet) for _ in range(16)), secrets.token_urlsafe(30)


def is_account(text: str) -> bool:
    """Whether `text` is an account id."""
    return _ACCOUNT.fullmatch(text) is not None


class Keyring:
    """The access keys that are known: the management account's, the admitted ones, and those that IAM and STS gave out.

    Unknown keys are nobody's. moto would take them for the management account, which is the worst guess possible.
    Signatures are not recomputed: the key id alone decides.
    """

    def __init__(self, world: World, access_key: str, management_account: str, accept: Mapping[str, str]) -> None:
        self._world = world
        self.access_key = access_key
        self.management_account = management_account
        self.accept = dict(accept)

    def caller(self, access_key: str, partition: str = "aws") -> Caller | None:
        """Whose key this is."""
        if access_key == self.access_key:
            return root(self.management_account, partition)
        if access_key in self.accept:
            return root(self.accept[access_key], partition)
        found = self._world.principal(access_key)
        return None if found is None else Caller(*found)
