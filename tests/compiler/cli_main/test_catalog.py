"""`backstay catalog`: the tables of what AWS Backup can do."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from backstay.cli.main import cli
from backstay_aws import catalog


def run(*arguments: str) -> Result:
    """The command with some arguments."""
    return CliRunner().invoke(cli, ["catalog", *arguments])


def test_every_row_has_a_page() -> None:
    """Whatever row a table has can be asked for by its name, and its page says where it is written and when."""
    tables = (catalog.resource_types(), catalog.regions(), catalog.controls(), catalog.events(), catalog.limits())
    for row in (row for table in tables for row in table):
        done = run(row.name)
        assert done.exit_code == 0, row.name
        assert done.output.startswith(row.name)
        assert row.date in done.output
        assert row.source.split()[0] in done.output


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rds", "RDS: Amazon RDS DB instance"),
        ("AWS::S3::Bucket", "S3: Amazon S3 bucket"),
        ("amazon rds db instance", "RDS: Amazon RDS DB instance"),
        ("Eu-Central-1", "eu-central-1: Europe (Frankfurt)"),
        (
            "backup_last_recovery_point_created",
            "recoveryPointAgeValue: integer; 1 to 744 hours; 1 to 31 days; default 1",
        ),
        ("BACKUP_JOB_FAILED", "instead     BACKUP_JOB_COMPLETED"),
    ],
)
def test_rows_by_what_people_call_them(name: str, said: str) -> None:
    """A row is found in any case, by its name, its CloudFormation type or its title."""
    assert said in run(name).output


def test_everything_at_a_glance() -> None:
    """Without a name, every type and every kind of it has a line; what AWS leaves open is a question mark."""
    lines = run().output.splitlines()
    kinds = sum(1 + len(row.kinds) for row in catalog.resource_types())
    assert sum(line.split("  ")[0] != "" for line in lines[1 : kinds + 1]) == kinds
    redshift = next(line for line in lines if line.startswith("Redshift "))
    assert redshift.split()[1] == "?"


@pytest.mark.parametrize("table", ["types", "regions", "controls", "events", "limits"])
def test_tables_as_json(table: str) -> None:
    """As JSON a table has every column of every row, unknown cells as the word."""
    rows = json.loads(run(table, "--format", "json").output)
    assert {row["table"] for row in rows} == {table}
    assert all(row["source"] and row["date"] for row in rows)
    if table == "types":
        assert {row["name"]: row["cross_region"] for row in rows}["Redshift"] == "unknown"


def test_a_name_that_nothing_has() -> None:
    """An unknown name is bad usage, with the nearest one."""
    done = run("eu-centrl-1")
    assert done.exit_code == 2
    assert "the catalogue has no `eu-centrl-1`; did you mean `eu-central-1`?" in done.output
