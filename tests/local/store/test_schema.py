"""Data folders of earlier versions: what can be fitted is fitted, what cannot is refused in a sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from backstay_local import server
from backstay_local.app import LocalAws
from backstay_local.store import Store, StoreError, Table

OLD = "CREATE TABLE jobs (id TEXT, account TEXT, created INTEGER, PRIMARY KEY (id))"


@dataclass(frozen=True, slots=True)
class Job:
    """A row as this version has it."""

    id: str
    account: str
    created: datetime
    state: str = "it's new"
    tried: int = 1
    open: bool = True
    share: float = 0.5
    more: dict[str, Any] = field(default_factory=dict)
    words: list[str] = field(default_factory=lambda: ["a", 'b"c'])
    completed: datetime | None = None


@pytest.fixture
def old(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A store with one row, as an earlier version left it."""
    connection = sqlite3.connect(tmp_path / "s.sqlite3", isolation_level=None)
    connection.execute(OLD)
    connection.execute("CREATE INDEX jobs_0 ON jobs (created)")
    connection.execute("CREATE INDEX jobs_by_account_created ON jobs (account, created)")
    connection.execute("INSERT INTO jobs VALUES ('one', '1', 1000000)")
    yield connection
    connection.close()


def opened(folder: Path, indexes: tuple[str, ...] = ("account, created",)) -> tuple[Store, Table[Job]]:
    """The table of this version over what is there."""
    store = Store(folder / "s.sqlite3")
    return store, Table(store, "jobs", Job, key=("id",), indexes=indexes, open_by=("account",))


def test_columns_that_are_missing_are_added_with_their_defaults(tmp_path: Path, old: sqlite3.Connection) -> None:
    """Rows of an earlier version have the defaults of the new fields, can be changed, and stand beside new ones."""
    store, table = opened(tmp_path)
    row = table.get("one")
    assert row is not None
    assert row == Job("one", "1", row.created)
    assert table.unfinished("account", "1") == [row]
    table.put(Job("one", "1", row.created, tried=2))
    table.put(Job("two", "1", row.created, words=[]))
    store.close()
    store, table = opened(tmp_path)
    assert table.where("1 = 1", order="id") == [
        Job("one", "1", row.created, tried=2),
        Job("two", "1", row.created, words=[]),
    ]
    store.close()


def test_the_index_of_a_sparse_column_has_the_rows_with_a_value_only(tmp_path: Path) -> None:
    """It answers for them, and the others pay nothing for it."""
    store = Store(tmp_path / "s.sqlite3")
    Table(store, "jobs", Job, key=("id",), sparse=("completed",))
    [(sql,)] = store.query("SELECT sql FROM sqlite_master WHERE name = 'jobs_with_completed'")
    assert sql.endswith("ON jobs (completed) WHERE completed IS NOT NULL")
    plan = store.query("EXPLAIN QUERY PLAN SELECT id FROM jobs WHERE completed = ?", (1,))
    assert "jobs_with_completed" in str(plan)
    store.close()


def test_only_the_indexes_that_are_declared_stay(tmp_path: Path, old: sqlite3.Connection) -> None:
    """Indexes of earlier versions go, those that are declared are made, and the key keeps its own."""
    for declared in (("account, created",), ("created",), ()):
        store, _ = opened(tmp_path, declared)
        names = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
        assert [name for (name,) in store.query(names)] == sorted(
            f"jobs_by_{columns.replace(', ', '_')}" for columns in (*declared, "completed")
        )
        assert "sqlite_autoindex_jobs_1" in {name for (name,) in store.query("SELECT name FROM sqlite_master")}
        store.close()


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ("CREATE TABLE jobs (id TEXT, account TEXT, PRIMARY KEY (id))", "no created, and nothing can be assumed"),
        (OLD.replace("(id))", "(id, account))"), "have another key"),
        (OLD.replace("created INTEGER", "created TEXT"), "created of table jobs is TEXT there and INTEGER here"),
    ],
)
def test_a_store_that_cannot_be_fitted_is_refused(tmp_path: Path, made: str, reason: str) -> None:
    """Nothing is guessed: the complaint names the file, the reason and what to do, and nothing is changed."""
    with sqlite3.connect(tmp_path / "s.sqlite3") as connection:
        connection.execute(made)
    with pytest.raises(StoreError, match=rf"s\.sqlite3 was written by another version.*{reason}.*another data folder"):
        opened(tmp_path)
    assert connection.execute("SELECT sql FROM sqlite_master").fetchone() == (made,)
    connection.close()


def test_a_folder_of_an_earlier_version_is_taken_up_whole(tmp_path: Path) -> None:
    """Backup jobs and vaults written before their newest columns were there are shown as ever, and all goes on."""
    with LocalAws(tmp_path) as aws:
        backup = aws.client("backup")
        before = backup.create_backup_vault(BackupVaultName="safe")["BackupVaultArn"]
    with sqlite3.connect(tmp_path / "backup.sqlite3") as connection:
        for table, columns in (
            ("vaults", ("state", "type", "owned_key")),
            ("backup_jobs", ("scans", "indexed", "air_gap_arn")),
        ):
            for column in columns:
                connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    connection.close()
    with LocalAws(tmp_path) as aws:
        backup = aws.client("backup")
        [vault] = backup.list_backup_vaults()["BackupVaultList"]
        assert (vault["BackupVaultArn"], vault["VaultState"], vault["VaultType"]) == (
            before,
            "AVAILABLE",
            "BACKUP_VAULT",
        )
        assert backup.list_backup_jobs()["BackupJobs"] == []


@pytest.mark.parametrize("broken", ["another version", "no database"])
def test_the_server_says_in_one_line_why_it_does_not_start(
    tmp_path: Path, broken: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that cannot be taken up is a sentence on standard error, and leaves the folder free and as it was."""
    LocalAws(tmp_path).close()
    file = tmp_path / "backup.sqlite3"
    if broken == "no database":
        file.write_bytes(b"no database at all" * 999)
    else:
        with sqlite3.connect(file) as connection:
            connection.execute("ALTER TABLE vaults DROP COLUMN created")
        connection.close()
    for _ in range(2):
        assert server.main(["--data", str(tmp_path)]) == 2
        told = capsys.readouterr().err
        assert told.startswith("error: ")
        assert told.count("\n") == 1
        assert "backup.sqlite3" in told
