"""The little of the world outside that keeping data needs; the embedded AWS's World has this shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from backstay_local.world.blocks import Blocks
    from backstay_local.world.declared import Register
    from backstay_local.world.objects import Objects

Touched = Callable[[str, str, str], bool]
"""Answers whether a service (boto3's name) was ever used in an account and Region, so that looking there pays."""


class Outside(Protocol):
    """Clients that act inside an account, and the keys of KMS."""

    @property
    def declared(self) -> Register:
        """The resources that were declared because no service has them."""

    @property
    def blocks(self) -> Blocks:
        """The blocks of EBS volumes."""

    @property
    def objects(self) -> Objects:
        """The objects of S3 buckets."""

    def client(self, service: str, account: str, region: str) -> Any:
        """A boto3 client that acts in that account and Region."""

    def encrypt(self, key_arn: str, plaintext: bytes) -> bytes:
        """Encrypt a few bytes under a KMS key; raises AwsError when the key cannot be used."""

    def decrypt(self, key_arn: str, blob: bytes) -> bytes:
        """Undo `encrypt`; raises AwsError when the key cannot be used."""


def everywhere(service: str, account: str, region: str) -> bool:
    """Say that any service may hold something anywhere: right always, and slow with many accounts."""
    return bool(service and account and region)
