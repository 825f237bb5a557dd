"""Timestream tables: retention, schema and magnetic writes; the records are not kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from backstay_local.data.canonical import plain
from backstay_local.data.errors import DataError
from backstay_local.data.outside import Outside
from backstay_local.data.pieces import Capture, Held, Wish
from backstay_local.data.resource import Resource

from .driver import chosen, tag_list, tags_of, texts

_API = "timestream-write"
_MEMORY, _MAGNETIC = "MemoryStoreRetentionPeriodInHours", "MagneticStoreRetentionPeriodInDays"


class Timestream:
    """Tables of Timestream for LiveAnalytics."""

    type = "Timestream"
    service = _API
    arns = "arn:*:timestream:*:*:database/*/table/*"
    holds_bytes = False

    def discover(self, outside: Outside, account: str, region: str) -> Iterator[Resource]:
        """The tables of every database of an account and Region."""
        client = outside.client(_API, account, region)
        for database in client.list_databases()["Databases"]:
            for table in client.list_tables(DatabaseName=database["DatabaseName"])["Tables"]:
                tags = tags_of(client.list_tags_for_resource(ResourceARN=table["Arn"])["Tags"])
                yield Resource(table["Arn"], "Timestream", account, region, table["TableName"], tags)

    def find(self, outside: Outside, arn: str, account: str, region: str) -> Resource | None:
        """The table of that ARN, if it exists."""
        return next((found for found in self.discover(outside, account, region) if found.arn == arn), None)

    def capture(self, outside: Outside, resource: Resource) -> Capture:
        """The table's description."""
        client = outside.client(_API, resource.account, resource.region)
        table = client.describe_table(DatabaseName=_database(resource.arn), TableName=resource.name)["Table"]
        return Capture(plain(table))

    def restore_metadata(self, description: Mapping[str, Any]) -> dict[str, str]:
        """A table of the same name in the same database."""
        names = chosen(description, ("DatabaseName", "TableName"))
        writes = description.get("MagneticStoreWriteProperties") or {}
        enabled = {"EnableMagneticStoreWrites": writes.get("EnableMagneticStoreWrites", False)}
        rejected = writes.get("MagneticStoreRejectedDataLocation")
        return texts(
            {
                **names,
                **chosen(description.get("RetentionProperties") or {}, (_MEMORY, _MAGNETIC)),
                **enabled,
                "MagneticStoreRejectedDataLocation": json.dumps(rejected, sort_keys=True) if rejected else None,
            }
        )

    def restore(self, outside: Outside, held: Held, wish: Wish) -> str:
        """Create an empty table in a database that is there; tags are not copied, as in AWS."""
        was = held.description
        client = outside.client(_API, wish.account, wish.region)
        database, name = wish.get("DatabaseName") or was["DatabaseName"], wish.get("TableName")
        if not name:
            raise DataError("The restore metadata need TableName.")
        if any(table["TableName"] == name for table in client.list_tables(DatabaseName=database)["Tables"]):
            raise DataError(f"The table {name} exists in database {database} already.")
        retention = was.get("RetentionProperties") or {}
        retention |= {key: int(value) for key, value in wish.given((_MEMORY, _MAGNETIC)).items()}
        members: dict[str, Any] = {**_schema(was), "RetentionProperties": retention}
        members["MagneticStoreWriteProperties"] = _writes(was, wish)
        if wish.tags:
            members["Tags"] = tag_list(wish.tags)
        made = client.create_table(DatabaseName=database, TableName=name, **members)
        return str(made["Table"]["Arn"])

    def delete(self, outside: Outside, resource: Resource) -> None:
        """Delete the table; its database stays."""
        client = outside.client(_API, resource.account, resource.region)
        client.delete_table(DatabaseName=_database(resource.arn), TableName=resource.name)


def _database(arn: str) -> str:
    return arn.partition(":database/")[2].partition("/")[0]


def _schema(was: Mapping[str, Any]) -> dict[str, Any]:
    """The schema in the form in which it can be given; moto describes what nobody set by empty texts."""
    keys = [{name: value for name, value in key.items() if value} for key in was["Schema"]["CompositePartitionKey"]]
    return {"Schema": {"CompositePartitionKey": keys}} if keys else {}


def _writes(was: Mapping[str, Any], wish: Wish) -> dict[str, Any]:
    """How late records are written, as wished, else as it was."""
    before = was.get("MagneticStoreWriteProperties") or {}
    writes = {
        "EnableMagneticStoreWrites": wish.flag(
            "EnableMagneticStoreWrites", before.get("EnableMagneticStoreWrites", False)
        )
    }
    rejected = wish.get("MagneticStoreRejectedDataLocation")
    location = json.loads(rejected) if rejected else before.get("MagneticStoreRejectedDataLocation")
    return writes | ({"MagneticStoreRejectedDataLocation": location} if location else {})
