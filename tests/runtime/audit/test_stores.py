"""Where an audit keeps things: a bucket instead of a folder, tables instead of memory."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.runtime.audit.sites import (
    MANAGEMENT,
    PAYMENTS,
    REGION,
    RISK,
    SHARDS,
    Audit,
    asked,
    close,
)


def test_a_bucket_that_is_gone_costs_the_keeping_and_no_result(site: Path, audit: Audit) -> None:
    """The report is printed, what could not be kept is said, and the exit code is 3."""
    done = audit(site, "--store", "s3://acme-gone/audit")
    assert done.exit_code == 3
    assert "7 findings in 2 of 4 accounts." in done.stdout
    assert "Report:" not in done.stdout
    shards, result, tables = done.stderr.splitlines()
    assert shards.startswith("error: shards are not kept: s3://acme-gone/audit/shards/")
    assert result.startswith("error: the result is not kept: s3://acme-gone/audit/")
    assert tables.startswith("error: the tables are not kept: s3://acme-gone/audit/tables ")
    assert all("NoSuchBucket" in line for line in (shards, result, tables))


def test_tables_in_a_bucket_answer_as_those_of_a_folder(
    cloud: Any, site: Path, audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They lie there as on a disk, replaced shard by shard; every question is answered alike, and a wrong one told."""
    s3 = cloud.client("s3", MANAGEMENT)
    s3.create_bucket(Bucket="acme-tables", CreateBucketConfiguration={"LocationConstraint": REGION})
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    bucket = ("--store", "s3://acme-tables/audits")
    assert audit(site, *bucket).exit_code == audit(site).exit_code == 1
    assert audit(site, *bucket, "--account", RISK).exit_code == 1
    sql = "SELECT v.account, v.region, arn, status FROM vaults v JOIN findings f ON f.resource = arn ORDER BY ALL"
    for question in (("--sql", sql), ("--trend",), ("--stored",), ("--stored", "--format", "csv")):
        there, here = audit(*question, *bucket), audit(*question)
        assert (there.exit_code, there.stdout) == (here.exit_code, here.stdout), question
        assert there.stdout.count("\n") > 3
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket="acme-tables", Prefix="audits/tables/")["Contents"]]
    local = {
        path.relative_to(".backstay/audit").as_posix() for path in Path(".backstay/audit/tables").rglob("*.parquet")
    }
    assert {key.removeprefix("audits/") for key in keys} == local
    day = keys[0].split("/")[3]
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    outside = f"audits/tables/vaults/{day}/account=x/../../../../outside.parquet"
    s3.put_object(Bucket="acme-tables", Key=outside, Body=b"no table")
    asked_again = audit("--sql", sql, *bucket)
    assert (asked_again.exit_code, asked_again.stdout) == (0, audit("--sql", sql).stdout)
    assert not (tmp_path / "outside.parquet").exists(), "whoever may write to the bucket wrote here"
    for question, said in (
        (("--sql", "SELEC 1"), "syntax error"),
        (("--sql", "SELECT 1", "--day", "2020-01-01"), "there is no audit of 2020-01-01"),
        (("--trend", "--store", "s3://acme-tables/none"), "there are no tables in s3://acme-tables/none/tables"),
        (("--trend", "--store", "s3://acme-gone/none"), "NoSuchBucket"),
    ):
        done = audit(*bucket, *question)
        assert (done.exit_code, done.stdout) == (2, "")
        assert said in done.stderr


@pytest.mark.long
def test_shards_and_results_in_a_bucket_complete_a_run(cloud: Any, site: Path, audit: Audit) -> None:
    """A run that was cut is completed by another machine, which has nothing but the bucket."""
    s3 = cloud.client("s3", MANAGEMENT)
    s3.create_bucket(Bucket="acme-audit", CreateBucketConfiguration={"LocationConstraint": REGION})
    store = ("--store", "s3://acme-audit/audits/all")
    reopen = close(cloud, RISK)
    cut = audit(site, *store)
    assert cut.exit_code == 3
    assert f"with {' '.join(store)} --resume" in cut.stderr
    reopen()
    cloud.local.advance(timedelta(minutes=1))
    others = asked(cloud, account=PAYMENTS)
    completed = audit(site, *store, "--resume")
    assert completed.exit_code == 1
    assert others() == 0
    assert "Since the audit of" in completed.stdout
    assert not SHARDS.parent.exists()
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket="acme-audit")["Contents"]]
    assert sum(key.endswith(".json.gz") for key in keys) == 4
    assert sum(key.endswith(".html") for key in keys) == 2
    assert all(key.startswith("audits/all/") for key in keys)


def test_an_audit_that_holds_nothing_says_the_same(cloud: Any, site: Path, audit: Audit) -> None:
    """`--as-tables` tells what `--stored` tells after an audit that holds everything, and what it could not read."""
    assert audit(site).exit_code == 1
    for form in ("text", "csv"):
        here = audit("--stored", "--format", form)
        there = audit(site, "--as-tables", "--store", "elsewhere", "--format", form)
        assert here.exit_code == there.exit_code == 1
        told, _, _ = there.stdout.partition("Tables: elsewhere/tables ")
        assert told == here.stdout
    assert not list(Path("elsewhere").glob("*.html"))
    audit(site, "--store", "elsewhere")
    assert audit("--trend", "--store", "elsewhere", "--format", "csv").stdout.count("\n") > 1
    reopen = close(cloud, RISK)
    cut = audit(site, "--as-tables", "--store", "elsewhere")
    assert audit("--trend", "--store", "elsewhere", "--format", "csv").stdout.count("\n") == 1
    assert (cut.exit_code, "Incomplete: risk-prod." in cut.stderr) == (3, True)
    known = audit("--sql", "SELECT DISTINCT account FROM vaults", "--store", "elsewhere", "--format", "csv").stdout
    assert PAYMENTS in known
    assert RISK not in known
    reopen()
    assert audit(site, "--as-tables", "--store", "elsewhere", "--resume").exit_code == 1
    for words, said in (
        (("--format", "html"), "answer as text, json or csv"),
        (("--store", "s3://acme-audit/a"), "keeps its tables in a folder"),
        (("--evidence", "e.zip"), "leaves tables, and nothing beside them"),
    ):
        refused = audit(site, "--as-tables", *words)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert said in refused.stderr


def test_what_is_no_folder_of_a_bucket_is_refused(cloud: Any, builds: Any, audit: Audit, tmp_path: Path) -> None:
    """One sentence and exit code 2, before anything is read."""
    done = audit(builds.write(tmp_path / "build"), "--store", "s3://acme-audit")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "error: 's3://acme-audit' is no folder in S3: say s3://bucket/folder\n"
