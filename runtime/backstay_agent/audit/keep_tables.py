"""Keeps what an audit read and found as tables, beside its raw result, wherever that is kept."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import assert_never

from backstay_agent.audit import spelling
from backstay_agent.audit.locations import InS3, Local, LocationError, Store
from backstay_agent.audit.tables import in_s3, parquet
from backstay_agent.audit.tables.every import ACCOUNTS, FACTS, FINDINGS
from backstay_agent.controls.facts import Facts
from backstay_contract.findings import AuditReport

FOLDER = "tables"


def keep_tables(facts: Facts, report: AuditReport, location: Store) -> None:
    """Write facts and findings under their day; what lay there of the same shards is replaced.

    Raises LocationError, MissingDuckDBError.
    """
    match location:
        case Local():
            try:
                _write(facts, report, location.folder / FOLDER)
            except OSError as error:
                raise LocationError(f"{location.folder / FOLDER} cannot be written: {error}") from error
        case InS3():
            with TemporaryDirectory(prefix="backstay-tables-") as fresh:
                _write(facts, report, Path(fresh))
                in_s3.put(location.folder, FOLDER, Path(fresh), _emptied(facts, report))
        case _:
            assert_never(location)


def _emptied(facts: Facts, report: AuditReport) -> set[str]:
    """The shards that are replaced even where nothing is written of them, as the names of their folders."""
    day = parquet.day_of(facts.now)
    read = ((table.name, *place) for table in (ACCOUNTS, *FACTS) for place in parquet.looked_at(facts))
    told = ((FINDINGS.name, one.account, one.region) for one in report.findings)
    return {f"{table}/day={day}/account={account}/region={region}" for table, account, region in (*read, *told)}


def _write(facts: Facts, report: AuditReport, tables: Path) -> None:
    parquet.write(facts, tables)
    places = {(one.account, one.region) for one in report.findings}
    parquet.write_rows(tables, parquet.day_of(facts.now), ((FINDINGS, spelling.rows(report)),), places)
