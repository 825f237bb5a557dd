"""Create a table from a description and fill it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from backstay_local.data.errors import DataError
from backstay_local.data.pieces import Wish

from .driver import chosen, tag_list

_BATCH = 25
"""Most items of one BatchWriteItem. Source: DynamoDB API reference."""
_INDEX = ("IndexName", "KeySchema", "Projection")


def create_table(client: Any, table: Mapping[str, Any], wish: Wish) -> tuple[str, str]:
    """Create the table that the metadata name; return its name and ARN once it is active."""
    name = wish.get("targetTableName")
    if not name:
        raise DataError("The restore metadata need targetTableName.")
    members: dict[str, Any] = {
        "TableName": name,
        **chosen(table, ("AttributeDefinitions", "KeySchema")),
        **_billing(table),
        **_indexes(table),
        **_encryption(table, wish),
    }
    if "TableClassSummary" in table:
        members["TableClass"] = table["TableClassSummary"]["TableClass"]
    if wish.flag("deletionProtection"):
        members["DeletionProtectionEnabled"] = True
    if wish.tags:
        members["Tags"] = tag_list(wish.tags)
    arn = client.create_table(**members)["TableDescription"]["TableArn"]
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    return name, arn


def fill(client: Any, name: str, items: Iterable[Mapping[str, Any]]) -> None:
    """Put all items, in batches, again where DynamoDB asks for it."""
    source = iter(items)
    while batch := list(islice(source, _BATCH)):
        waiting: dict[str, Any] = {name: [{"PutRequest": {"Item": item}} for item in batch]}
        while waiting := client.batch_write_item(RequestItems=waiting).get("UnprocessedItems", {}):
            time.sleep(0.05)


def _on_demand(table: Mapping[str, Any]) -> bool:
    return bool(table.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST")


def _billing(table: Mapping[str, Any]) -> dict[str, Any]:
    if _on_demand(table):
        return {"BillingMode": "PAY_PER_REQUEST"}
    return {"BillingMode": "PROVISIONED", "ProvisionedThroughput": _throughput(table)}


def _throughput(described: Mapping[str, Any]) -> dict[str, int]:
    units = described["ProvisionedThroughput"]
    return {name: units[name] for name in ("ReadCapacityUnits", "WriteCapacityUnits")}


def _indexes(table: Mapping[str, Any]) -> dict[str, Any]:
    indexes: dict[str, Any] = {}
    if table.get("LocalSecondaryIndexes"):
        indexes["LocalSecondaryIndexes"] = [chosen(index, _INDEX) for index in table["LocalSecondaryIndexes"]]
    if table.get("GlobalSecondaryIndexes"):
        indexes["GlobalSecondaryIndexes"] = [
            chosen(index, _INDEX) | ({} if _on_demand(table) else {"ProvisionedThroughput": _throughput(index)})
            for index in table["GlobalSecondaryIndexes"]
        ]
    return indexes


def _encryption(table: Mapping[str, Any], wish: Wish) -> dict[str, Any]:
    """The encryption asked for; without a wish that of the original."""
    source_key = table.get("SSEDescription", {}).get("KMSMasterKeyArn")
    kind = wish.get("encryptionType") or ("KMS" if source_key else "Default")
    if kind in ("Default", "Owned"):
        return {}
    if kind != "KMS":
        raise DataError(f"encryptionType must be Default, Owned or KMS, not {kind}.")
    key = wish.get("kmsMasterKeyArn", source_key)
    return {"SSESpecification": {"Enabled": True, "SSEType": "KMS"} | ({"KMSMasterKeyId": key} if key else {})}
