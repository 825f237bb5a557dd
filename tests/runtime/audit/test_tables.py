"""The kept tables: what lies in them, what they answer, and what nobody gets out of them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from click.testing import Result as Done

from backstay_agent.audit.keep_tables import keep_tables
from backstay_agent.audit.locations import Local
from backstay_agent.audit.result import Result, judge
from backstay_agent.audit.tables import document
from backstay_agent.audit.tables.every import FACTS, TABLES, rows
from backstay_agent.controls import parameters, registry
from backstay_agent.controls.facts import Facts

ROOT = Path(__file__).parents[3]
Audit = Callable[..., Done]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days of audits of one organization; on the last the database is in a plan."""
    from tests.runtime.audit.conftest import _facts

    folder = tmp_path_factory.mktemp("kept")
    for day in range(3):
        facts = _facts()
        if day == 2:
            prod = facts.places[0]
            better = tuple(replace(one, plans=("p-1",)) for one in prod.resources)
            facts = replace(facts, places=(replace(prod, resources=better), *facts.places[1:]))
        facts = replace(facts, now=facts.now + timedelta(days=day))
        keep_tables(facts, _judged(facts).report, Local(folder))
    return folder


def _judged(facts: Facts) -> Result:
    return judge(facts, registry.controls(), parameters.read([one.name for one in registry.controls()], ()))


@pytest.fixture
def audit(store: Path) -> Audit:
    """Runs `backstay audit …` over the kept tables; an exception of ours is raised."""

    def invoke(*arguments: str) -> Done:
        from backstay_agent.cli.audit import audit as command

        done = CliRunner().invoke(command, [*arguments, "--store", str(store)])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return invoke


def test_rows_have_the_columns_of_their_table(facts: Facts) -> None:
    """Every row of every table has each of its columns, and no other that is a column's misspelling."""
    from tests.runtime.controls.random_facts import Chance

    filled = set()
    for table in FACTS:
        for row in (*rows(facts, table), *rows(Chance(1).facts(), table)):
            filled.add(table.name)
            assert {one.name for one in table.columns} <= row.keys()
    assert filled == {table.name for table in FACTS}


def test_the_page_follows_from_the_tables() -> None:
    """`docs/audit-tables.md` says what the definitions say; `make docs` writes it."""
    assert (ROOT / "docs" / "audit-tables.md").read_text("utf-8") == document.page()
    assert all(f"## {table.name}" in document.page() for table in TABLES)


def test_own_questions(audit: Audit) -> None:
    """A SELECT over any table is answered as text, JSON and CSV: of the newest day, or of the one that is named."""
    sql = "SELECT arn, plans, tags['owner'] AS owner FROM resources ORDER BY arn"
    told = json.loads(audit("--sql", sql, "--format", "json").stdout)
    assert [one["plans"] for one in told] == [["p-1"], ["p-1"]]
    assert [one["owner"] for one in told] == ["payments", None]
    earlier = json.loads(audit("--sql", sql, "--format", "json", "--day", "2026-11-22").stdout)
    assert [one["plans"] for one in earlier] == [["p-1"], []]
    table = list(csv.reader(io.StringIO(audit("--sql", sql, "--format", "csv").stdout)))
    assert table[0] == ["arn", "plans", "owner"]
    assert table[1][1:] == ['["p-1"]', "payments"]
    assert "(2 rows)" in audit("--sql", sql).stdout


def test_the_trend_counts_day_by_day(audit: Audit) -> None:
    """Each control has a row for each day; what was repaired on the third day is seen there."""
    found = json.loads(audit("--trend", "--format", "json").stdout)
    failed = [one["failed"] for one in found if one["control"] == "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN"]
    assert failed == [1, 1, 0]


HOSTILE = {
    "another file": "SELECT * FROM read_text('/etc/passwd')",
    "another table": "SELECT * FROM read_parquet('/tmp/*.parquet')",
    "a listing": "SELECT * FROM glob('/etc/*')",
    "writing": "COPY (SELECT 1) TO 'x.csv'",
    "writing among the tables": "COPY (SELECT 1) TO '{store}/tables/x.csv'",
    "two": "SELECT 1; SELECT 2",
    "a setting": "SET enable_external_access=true",
    "an extension": "INSTALL httpfs",
    "another database": "ATTACH 'x.db'",
    "nothing": "",
    "no SQL": "SELEKT",
    "no such column": "SELECT nonsense FROM resources",
    "a Python variable": "SELECT * FROM known",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_else_is_read_or_written(name: str, audit: Audit, store: Path) -> None:
    """What is no question about the tables is refused in one sentence, with 2, and leaves no trace."""
    before = sorted(store.rglob("*"))
    done = audit("--sql", HOSTILE[name].replace("{store}", str(store)))
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ")
    assert "root:" not in done.stdout + done.stderr
    assert sorted(store.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--sql", "SELECT 1", "--day", "2020-01-01"), "the days kept are 2026-11-22, 2026-11-23, 2026-11-24"),
        (("--stored", "--fail-on", "erro"), "'erro' is neither a control nor a severity; the nearest is error"),
        (("--stored", "--at-most", "-3"), "'-3' is no limit"),
        (("--stored", "--at-most", "101%"), "'101%' is no limit"),
        (("--trend", "--day", "2026-11-22"), "--day does not go with --trend"),
        (("--trend", "--sql", "SELECT 1"), "ask one at a time"),
        (("--trend", "build"), "stand for BUILD and AWS"),
        (("--stored", "--format", "sarif"), "as text, json or csv"),
    ],
)
def test_what_does_not_go(arguments: tuple[str, ...], sentence: str, audit: Audit) -> None:
    """Days that are not kept, limits that are none and options that exclude each other are refused with 2."""
    done = audit(*arguments)
    assert done.exit_code == 2
    assert sentence in done.stderr


def test_controls_are_put_to_what_is_kept(audit: Audit, facts: Facts) -> None:
    """The kept tables give the counts and findings that the audit gave; other parameters give others; limits hold."""
    kept = json.loads(audit("--stored", "--day", "2026-11-22", "--format", "json").stdout)
    told = [one for one in _judged(facts).report.findings if one.status != "COMPLIANT"]
    assert {(one["control"], one["resource"], one["reason"]) for one in kept} == {
        (one.control, one.resource, one.reason) for one in told
    }
    name = "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK"
    assert audit("--stored", "--control", name).exit_code == 0
    assert audit("--stored", "--control", name, "--set", f"{name}.requiredRetentionDays=99").exit_code == 1
    assert audit("--stored", "--at-most", "100%").exit_code == 0
    assert audit("--stored", "--fail-on", "vault-lock-as-promised").exit_code == 0
    assert audit("--stored", "--fail-on", "warning").exit_code == 1


def test_without_tables_it_says_what_to_do(tmp_path: Path) -> None:
    """Where nothing was kept yet, the question is answered by the command that keeps something."""
    from backstay_agent.cli.audit import audit as command

    done = CliRunner().invoke(command, ["--trend", "--store", str(tmp_path)])
    assert (done.exit_code, done.stderr.strip().endswith("run backstay audit BUILD first")) == (2, True)


def test_athena_is_told_every_table() -> None:
    """Each table with all its columns and folders, at its place in S3; what Athena cannot read is refused."""
    from backstay_agent.cli.audit import audit as command

    done = CliRunner().invoke(command, ["--athena", "backups", "--store", "s3://acme-audit/audits/"])
    assert (done.exit_code, done.stderr) == (0, "")
    for table in TABLES:
        _, _, rest = done.stdout.partition(f"CREATE EXTERNAL TABLE IF NOT EXISTS `backups`.`{table.name}` (\n")
        made = rest.partition(";\n")[0]
        assert re.findall(r"^  `(\w+)` \S+ COMMENT '", made, re.MULTILINE) == [one.name for one in table.columns]
        assert "PARTITIONED BY (`day` string, `account` string, `region` string)" in made
        assert f"LOCATION 's3://acme-audit/audits/tables/{table.name}/'" in made
        assert f"MSCK REPAIR TABLE `backups`.`{table.name}`;" in rest
    assert "`tags` map<string,string>" in done.stdout
    for words, said in (
        (["--athena", "backups"], "--store s3://BUCKET/FOLDER"),
        (["--athena", "b; DROP", "--store", "s3://a/b"], "is no name for a database"),
        (["--athena", "backups", "--store", "s3://a"], "is no folder in S3"),
        (["--athena", "backups", "--store", "s3://a/b", "--trend"], "ask one at a time"),
    ):
        done = CliRunner().invoke(command, words)
        assert (done.exit_code, done.stdout) == (2, "")
        assert said in done.stderr


def test_a_shard_is_replaced_and_no_other(facts: Facts, tmp_path: Path) -> None:
    """A later audit of the day that looks at one account replaces its rows, and leaves those of the others."""
    from backstay_agent.audit.tables.question import ask

    keep_tables(facts, _judged(facts).report, Local(tmp_path))
    prod = replace(facts.places[0], resources=(), points=())
    narrow = replace(facts, places=(prod,), members=facts.members[:1])
    keep_tables(narrow, _judged(narrow).report, Local(tmp_path))
    counts: Any = {
        name: ask(tmp_path / "tables", f"SELECT count(*) FROM {name}").rows[0][0]
        for name in ("resources", "recovery_points", "vaults")
    }
    assert counts == {"resources": 0, "recovery_points": 1, "vaults": 2}
