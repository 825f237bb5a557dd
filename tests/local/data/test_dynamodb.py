"""Tables: every item exactly, and the table around them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_local.data import DataError
from backstay_local.data.canonical import canonical
from backstay_local.data.drivers.dynamodb_items import decoded, encoded

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
SCALAR = st.one_of(
    TEXT.map(lambda value: {"S": value}),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(lambda value: {"N": str(value)}),
    st.binary(max_size=20).map(lambda value: {"B": value}),
    st.booleans().map(lambda value: {"BOOL": value}),
    st.just({"NULL": True}),
    st.lists(st.binary(min_size=1, max_size=5), min_size=1, unique=True).map(lambda value: {"BS": value}),
    st.lists(TEXT, min_size=1, unique=True).map(lambda value: {"SS": value}),
)
VALUE: st.SearchStrategy[Any] = st.recursive(
    SCALAR,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda value: {"L": value}),
        st.dictionaries(TEXT, inner, max_size=3).map(lambda value: {"M": value}),
    ),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(TEXT, VALUE, max_size=4), min_size=1, max_size=4))
def test_items_read_back_exactly(items: list[dict[str, Any]]) -> None:
    """Every type of value, nested as deep as you like, is the same after it was kept."""
    lines = b"\n".join(canonical(encoded(item)) for item in items)
    assert list(decoded(lines)) == items


def _create(yard: Any, name: str = "orders", **more: Any) -> str:
    members: dict[str, Any] = {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    answer = yard.client("dynamodb").create_table(TableName=name, **(members | more))
    return str(answer["TableDescription"]["TableArn"])


def _put(yard: Any, *items: Mapping[str, Any], table: str = "orders") -> None:
    for item in items:
        yard.client("dynamodb").put_item(TableName=table, Item=item)


def _items(yard: Any, table: str) -> list[dict[str, Any]]:
    pages = yard.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    return sorted((item for page in pages for item in page["Items"]), key=lambda item: str(item["id"]))


def test_items_come_back_after_the_table_is_gone(yard: Any) -> None:
    """Numbers to the last digit, binary values, nested values and unicode survive the table."""
    arn = _create(yard)
    items: list[dict[str, Any]] = [
        {"id": {"S": "ü漢"}, "n": {"N": "123456789012345678901234567890.12345678"}, "b": {"B": b"\x00\xff"}},
        {"id": {"S": "deep"}, "m": {"M": {"l": {"L": [{"NULL": True}, {"BS": [b"\x01", b"\x02"]}]}}}},
        *({"id": {"S": f"many-{number:04}"}, "x": {"N": str(number)}} for number in range(300)),
    ]
    _put(yard, *items)
    before = _items(yard, "orders")
    stored = yard.backup(arn)
    yard.client("dynamodb").delete_table(TableName="orders")
    restored = yard.restore(stored, {"targetTableName": "again"})
    assert restored.endswith("table/again")
    assert _items(yard, "again") == before
    assert len(before) == len(items)


def test_the_table_itself_comes_back(yard: Any) -> None:
    """Keys, attributes, throughput and both kinds of index are those of the original."""
    arn = _create(
        yard,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("id", "at", "who")],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 7, "WriteCapacityUnits": 3},
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-who",
                "KeySchema": [{"AttributeName": "who", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 1},
            }
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": "by-id-who",
                "KeySchema": [
                    {"AttributeName": "id", "KeyType": "HASH"},
                    {"AttributeName": "who", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    yard.restore(yard.backup(arn), {"targetTableName": "again", "deletionProtection": "true"}, {"team": "rot"})
    was, now = (yard.client("dynamodb").describe_table(TableName=name)["Table"] for name in ("orders", "again"))
    for member in ("AttributeDefinitions", "KeySchema"):
        assert now[member] == was[member]
    assert now["ProvisionedThroughput"]["ReadCapacityUnits"] == 7
    assert [index["IndexName"] for index in now["GlobalSecondaryIndexes"]] == ["by-who"]
    assert now["LocalSecondaryIndexes"][0]["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert now["DeletionProtectionEnabled"] is True
    assert yard.found(now["TableArn"]).tags == {"team": "rot"}


def test_a_second_backup_of_an_unchanged_table_writes_next_to_nothing(yard: Any) -> None:
    """Unchanged items are recognised by their hash; one new item rewrites one group of them."""
    arn = _create(yard)
    _put(yard, *({"id": {"S": f"{n:05}"}, "text": {"S": f"{n * 7919:x}" * 40}} for n in range(1000)))
    first = yard.backup(arn)
    second = yard.backup(arn, parent=first)
    assert second.written < second.size / 100
    _put(yard, {"id": {"S": "new"}, "text": {"S": "one"}})
    third = yard.backup(arn, parent=second)
    assert second.written < third.written < third.size / 4
    yard.restore(third, {"targetTableName": "again"})
    assert _items(yard, "again") == _items(yard, "orders")


def test_encryption_is_as_asked(yard: Any) -> None:
    """KMS with the key named; a word that AWS does not know is refused."""
    stored = yard.backup(_create(yard))
    wish = {"targetTableName": "again", "encryptionType": "KMS", "kmsMasterKeyArn": yard.key}
    yard.restore(stored, wish)
    described = yard.client("dynamodb").describe_table(TableName="again")["Table"]["SSEDescription"]
    assert (described["SSEType"], described["KMSMasterKeyArn"]) == ("KMS", yard.key)
    assert (
        yard.data.restore_metadata(yard.backup(described and _arn(yard, "again")).manifest)["encryptionType"] == "KMS"
    )
    with pytest.raises(DataError, match="not Rot13"):
        yard.restore(stored, wish | {"targetTableName": "third", "encryptionType": "Rot13"})


def _arn(yard: Any, table: str) -> str:
    return str(yard.client("dynamodb").describe_table(TableName=table)["Table"]["TableArn"])


def test_a_restore_over_an_existing_table_is_refused(yard: Any) -> None:
    """A restore is never destructive: the name must be free, and it must be given."""
    stored = yard.backup(_create(yard))
    with pytest.raises(DataError, match="ResourceInUse"):
        yard.restore(stored, yard.data.restore_metadata(stored.manifest))
    with pytest.raises(DataError, match="need targetTableName"):
        yard.restore(stored, {})


def test_other_accounts_and_backups_of_tables_are_not_tables(yard: Any) -> None:
    """Only a table of the account and Region that was asked is found."""
    arn = _create(yard)
    assert yard.found(arn).name == "orders"
    assert yard.data.resource(arn + "/backup/1", yard.account, yard.region) is None
    assert yard.data.resource(arn.replace("orders", "none"), yard.account, yard.region) is None
    assert yard.data.resource(arn, yard.account, "eu-west-1") is None
    assert yard.data.resource(arn, "210987654321", yard.region) is None
