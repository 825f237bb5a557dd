"""DynamoDB tables: keys, indexes, billing, and every item exactly."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from backstay_aws.arns import parse, partition_of
from backstay_local.data.canonical import canonical, plain
from backstay_local.data.outside import Outside
from backstay_local.data.pieces import Capture, Held, Opened, Piece, Wish
from backstay_local.data.resource import Resource

from .driver import tags_of, texts
from .dynamodb_items import decoded, encoded
from .dynamodb_restore import create_table, fill

_CUT_ONE_IN = 64
_MOST_BYTES = 1024 * 1024


class DynamoDB:
    """Tables. Items are grouped by cuts that their content marks, so that one changed item rewrites one group."""

    type = "DynamoDB"
    service = "dynamodb"
    arns = "arn:*:dynamodb:*:*:table/*"
    holds_bytes = True

    def discover(self, outside: Outside, account: str, region: str) -> Iterator[Resource]:
        """The tables of an account and Region."""
        client = outside.client("dynamodb", account, region)
        for page in client.get_paginator("list_tables").paginate():
            for name in page["TableNames"]:
                yield _resource(client, name, account, region)

    def find(self, outside: Outside, arn: str, account: str, region: str) -> Resource | None:
        """The table of that ARN, if it exists."""
        client = outside.client("dynamodb", account, region)
        name = arn.partition("table/")[2]
        parsed = parse(arn)
        if "/" in name or parsed is None or (parsed.account, parsed.region) != (account, region):
            return None
        try:
            return _resource(client, name, account, region)
        except client.exceptions.ResourceNotFoundException:
            return None

    def capture(self, outside: Outside, resource: Resource) -> Capture:
        """The table and its items."""
        client = outside.client("dynamodb", resource.account, resource.region)
        table = client.describe_table(TableName=resource.name)["Table"]
        return Capture({"Table": plain(table), "Tags": dict(resource.tags)}, _pieces(client, resource.name))

    def restore_metadata(self, description: Mapping[str, Any]) -> dict[str, str]:
        """A table of the same name, encrypted as the original was."""
        table = description["Table"]
        key = table.get("SSEDescription", {}).get("KMSMasterKeyArn")
        return texts(
            {
                "targetTableName": table["TableName"],
                "encryptionType": "KMS" if key else "Default",
                "kmsMasterKeyArn": key,
            }
        )

    def restore(self, outside: Outside, held: Held, wish: Wish) -> str:
        """Create the table and put the items; scaling, TTL, streams and tags of the original stay out, as in AWS."""
        client = outside.client("dynamodb", wish.account, wish.region)
        name, arn = create_table(client, held.description["Table"], wish)
        fill(client, name, (item for entry in held.entries() for item in decoded(b"".join(held.parts(entry)))))
        return arn

    def delete(self, outside: Outside, resource: Resource) -> None:
        """Delete the table, unless it is protected from that."""
        outside.client("dynamodb", resource.account, resource.region).delete_table(TableName=resource.name)


def _resource(client: Any, name: str, account: str, region: str) -> Resource:
    arn = f"arn:{partition_of(region)}:dynamodb:{region}:{account}:table/{name}"
    tags = tags_of([tag for page in _tag_pages(client, arn) for tag in page.get("Tags", ())])
    return Resource(arn, "DynamoDB", account, region, name, tags)


def _tag_pages(client: Any, arn: str) -> Iterator[Mapping[str, Any]]:
    yield from client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)


def _pieces(client: Any, table: str) -> Iterator[Piece]:
    """Groups of items in the order of the scan, cut after items whose hash says so."""
    group: list[bytes] = []
    first = ""
    size = 0
    for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        for item in page["Items"]:
            spelled = canonical(encoded(item))
            digest = hashlib.sha256(spelled).digest()
            first = first or digest.hex()
            group.append(spelled)
            size += len(spelled)
            if int.from_bytes(digest[:4], "big") % _CUT_ONE_IN == 0 or size >= _MOST_BYTES:
                yield _piece(first, b"\n".join(group))
                group, first, size = [], "", 0
    if group:
        yield _piece(first, b"\n".join(group))


def _piece(name: str, content: bytes) -> Piece:
    return Piece(name, hashlib.sha256(content).hexdigest(), {}, partial(Opened, {}, (content,)))
