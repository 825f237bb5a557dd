"""Keeps what an audit read and found as tables, beside its raw result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from backstay_agent.audit.tables import parquet
from backstay_agent.audit.tables.every import FINDINGS
from backstay_agent.audit.tables.table import Row
from backstay_agent.controls.facts import Facts
from backstay_contract.findings import AuditReport

FOLDER = "tables"


def keep_tables(facts: Facts, report: AuditReport, folder: Path) -> Path:
    """Write facts and findings under their day; what lay there of the same shards is replaced.

    Raises OSError, MissingDuckDBError.
    """
    tables = folder / FOLDER
    parquet.write(facts, tables)
    places = {(one.account, one.region) for one in report.findings}
    parquet.write_rows(tables, parquet.day_of(facts.now), ((FINDINGS, _rows(report)),), places)
    return tables


def _rows(report: AuditReport) -> Iterator[Row]:
    return (asdict(finding) for finding in report.findings)
