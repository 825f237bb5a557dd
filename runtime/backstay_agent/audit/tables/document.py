"""The page of docs/ that says what the tables hold: `python -m backstay_agent.audit.tables.document`."""

from __future__ import annotations

import sys

from backstay_agent.audit.tables.every import TABLES
from backstay_agent.audit.tables.table import FOLDERS, Column, Table

_HEAD = """# The tables of an audit

<!-- Written by `make docs` from the definitions in runtime/backstay_agent/audit/tables. -->

Every audit keeps what it read and found as Parquet below `.backstay/audit/tables/`, in Hive folders:
`TABLE/day=2026-11-29/account=100000000010/region=eu-central-1/*.parquet`, zstd, so that DuckDB and Athena read them as
they lie. Day, account and Region are columns of every table. Times are of UTC. A later audit of the same day replaces
the accounts and Regions that it looked at. The same facts give the same bytes: rows are sorted, one thread writes, and
no clock is read; another version of DuckDB may write other bytes.

```sh
backstay audit --sql "SELECT account, count(*) FROM resources WHERE len(plans) = 0 GROUP BY account ORDER BY 2 DESC"
backstay audit --sql "SELECT tags['team'] AS team, sum(size) / 1e12 AS terabytes
                      FROM recovery_points p JOIN resources r ON r.arn = p.resource GROUP BY ALL"
```

A question is one `SELECT` in DuckDB's dialect, over the tables of the newest day or of `--day`. It reads these files
and nothing else, and writes nothing. With `--store s3://BUCKET/FOLDER` they lie in S3 in the same folders, and
those that a question names are fetched for it.

```console
$ backstay audit --athena backups --store s3://acme-audit/audits > athena.sql
```

prints the statements that make them known to Amazon Athena: a table for each, and `MSCK REPAIR TABLE`, which finds the
folders of new days. Run that one again after each audit, or leave it to a Glue crawler where there are many thousands.
"""


def page() -> str:
    """The page."""
    return "\n".join((_HEAD, *(_section(table) for table in TABLES))).rstrip("\n") + "\n"


def _section(table: Table) -> str:
    lines = [f"## {table.name}", "", table.meaning, "", "| column | type | meaning |", "|---|---|---|"]
    return "\n".join((*lines, *map(_line, (*FOLDERS, *table.columns)), ""))


def _line(column: Column) -> str:
    return f"| `{column.name}` | `{column.type}` | {column.meaning} |"


if __name__ == "__main__":
    sys.stdout.write(page())
