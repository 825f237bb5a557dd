"""The statements that make the kept tables known to Amazon Athena, which reads them as they lie in S3. Pure.

Types are those of Athena's DDL (Athena user guide, "Data types in Amazon Athena" and "CREATE TABLE"; read 2026-11).
Nothing here was run by Athena itself, which is nowhere without an AWS account.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from backstay_agent.audit.tables.every import TABLES
from backstay_agent.audit.tables.table import FOLDERS, Column, Table

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "VARCHAR": "string",
        "BOOLEAN": "boolean",
        "INTEGER": "int",
        "BIGINT": "bigint",
        "DATE": "date",
        "TIMESTAMP": "timestamp",
        "VARCHAR[]": "array<string>",
        "VARCHAR[][]": "array<array<string>>",
        "MAP(VARCHAR, VARCHAR)": "map<string,string>",
    }
)
"""Athena's name of each type that a column has."""


def statements(address: str, database: str) -> str:
    """One statement that makes each table, and one that finds its folders; `address` is `s3://bucket/folder`."""
    begin = f"CREATE DATABASE IF NOT EXISTS `{database}`;\n"
    return "\n".join((begin, *(_table(table, f"{address}/{table.name}/", database) for table in TABLES)))


def _table(table: Table, location: str, database: str) -> str:
    columns = ",\n".join(f"  {_column(column)}" for column in table.columns)
    folders = ", ".join(f"`{one.name}` {TYPES[one.type]}" for one in FOLDERS)
    return f"""CREATE EXTERNAL TABLE IF NOT EXISTS `{database}`.`{table.name}` (
{columns}
)
COMMENT {_text(table.meaning)}
PARTITIONED BY ({folders})
STORED AS PARQUET
LOCATION {_text(location)};

MSCK REPAIR TABLE `{database}`.`{table.name}`;
"""


def _column(column: Column) -> str:
    return f"`{column.name}` {TYPES[column.type]} COMMENT {_text(column.meaning)}"


def _text(words: str) -> str:
    return "'" + words.replace("\\", "\\\\").replace("'", "\\'") + "'"
