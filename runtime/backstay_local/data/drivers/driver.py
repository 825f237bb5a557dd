"""What every driver does: find resources of one type, describe and read them, and create one from a backup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from backstay_local.data.outside import Outside
from backstay_local.data.pieces import Capture, Held, Wish
from backstay_local.data.resource import Resource


class Driver(Protocol):
    """A resource type; stateless but for caches of what can never change."""

    @property
    def type(self) -> str:
        """AWS Backup's name of the type."""

    @property
    def service(self) -> str:
        """boto3's name of the service that must have been used for resources to exist."""

    @property
    def arns(self) -> str:
        """A pattern that the ARNs of the type match."""

    @property
    def holds_bytes(self) -> bool:
        """Whether a backup holds the content, not only the description."""

    def discover(self, outside: Outside, account: str, region: str) -> Iterator[Resource]:
        """All resources of the type in an account and Region."""

    def find(self, outside: Outside, arn: str, account: str, region: str) -> Resource | None:
        """The resource of that ARN, or None."""

    def capture(self, outside: Outside, resource: Resource) -> Capture:
        """The resource as it is now; errors of the service pass through."""

    def restore_metadata(self, description: Mapping[str, Any]) -> dict[str, str]:
        """AWS's restore metadata that describe the original."""

    def restore(self, outside: Outside, held: Held, wish: Wish) -> str:
        """Create a resource and return its ARN; errors of the service pass through."""

    def delete(self, outside: Outside, resource: Resource) -> None:
        """Delete a resource and all it holds; errors of the service pass through."""


def tags_of(listed: Sequence[Mapping[str, str]] | None) -> dict[str, str]:
    """AWS's list of tags as a mapping."""
    return {tag["Key"]: tag["Value"] for tag in listed or ()}


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """A mapping of tags as AWS's list, in order."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def at_home(held: Held, wish: Wish) -> bool:
    """Whether a restore happens in the account and Region of the original, where its network and keys exist."""
    return (wish.account, wish.region) == (held.resource.account, held.resource.region)


def texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Restore metadata as AWS spells it: text only, `true` and `false`, and nothing for what is not set."""
    return {key: _text(value) for key, value in values.items() if value is not None and value != ""}


def chosen(description: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The members of a description that are set, of those named."""
    return {name: description[name] for name in names if description.get(name) not in (None, "", [], {})}


def encryption(description: Mapping[str, Any]) -> dict[str, Any]:
    """`Encrypted` and `KmsKeyId` of a described database; one that nobody chose a key for is under AWS's own for RDS.

    moto calls that one `default_kms_key_id`, and gives it to clusters without encryption, too.
    """
    if not description.get("StorageEncrypted"):
        return {"Encrypted": False}
    named = description.get("KmsKeyId")
    return {"Encrypted": True, "KmsKeyId": named if named and named != "default_kms_key_id" else "alias/aws/rds"}


def key_of(description: Mapping[str, Any], wish: Wish, *, home: bool) -> dict[str, str]:
    """The `KmsKeyId` of a restored database: the wish's, else at home the original's where it can be named."""
    if not description.get("StorageEncrypted"):
        return {}
    own = encryption(description)["KmsKeyId"]
    return ({"KmsKeyId": own} if home else {}) | wish.given(("KmsKeyId",))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
