"""Runs of restore testing plans: when, of what, and from which recovery point."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from backstay_aws import catalog
from backstay_local.backup import Settings
from backstay_local.backup.restore_testing.runs import LATE

RANDOM = {"Algorithm": "RANDOM_WITHIN_WINDOW"}
STREAMS = {"RecoveryPointTypes": ["CONTINUOUS"]}


def sources(jobs: list[dict[str, Any]]) -> list[str]:
    """The names of the buckets that were restored."""
    return [job["SourceResourceArn"].rpartition(":")[2] for job in jobs]


def clock(moment: datetime) -> str:
    """A moment in UTC, short."""
    return moment.astimezone(UTC).strftime("%d %H:%M")


def test_latest_of_each(tester: Any) -> None:
    """At its time a plan restores the newest recovery point of each resource of the type, into something new."""
    site = tester.site
    first, second = site.bucket("bucket-one", objects={"a": b"body"}), site.bucket("bucket-two")
    site.take(first)
    newest = [site.take(first), site.take(second)]
    table = {"AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST"}
    site.client("dynamodb").create_table(TableName="t", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}], **table)
    site.take(f"arn:aws:dynamodb:us-east-1:{site.account}:table/t")
    arn = tester.plan()
    tester.select()
    site.advance(hours=5)
    jobs = tester.jobs(ByRestoreTestingPlanArn=arn)
    assert sorted(job["RecoveryPointArn"] for job in jobs) == sorted(newest)
    assert {(job["Status"], clock(job["CreationDate"])) for job in jobs} == {("COMPLETED", "22 05:00")}
    assert {job["CreatedBy"]["RestoreTestingPlanArn"] for job in jobs} == {arn}
    assert tester.jobs(ByRestoreTestingPlanArn=arn + "x") == []
    made = jobs[sources(jobs).index("bucket-one")]["CreatedResourceArn"].rpartition(":")[2]
    assert made.startswith("awsbackup-restore-test-")
    plan = tester.backup.get_restore_testing_plan(RestoreTestingPlanName="p1")["RestoreTestingPlan"]
    assert clock(plan["LastExecutionTime"]) == "22 05:00"
    site.advance(days=2)
    assert len(tester.jobs()) == 6, "once a day"


def test_in_its_zone(tester: Any) -> None:
    """The schedule is read in the plan's time zone, and an update moves the next run."""
    tester.site.take(tester.site.bucket("bucket-one"))
    tester.plan(ScheduleExpressionTimezone="America/New_York")
    tester.select()
    tester.site.advance(hours=9)
    assert tester.jobs() == []
    tester.site.advance(hours=1)
    assert clock(tester.job()["CreationDate"]) == "22 10:00"
    tester.backup.update_restore_testing_plan(
        RestoreTestingPlanName="p1", RestoreTestingPlan={"ScheduleExpression": "cron(0 6 ? * * *)"}
    )
    tester.site.advance(hours=1)
    assert [clock(job["CreationDate"]) for job in tester.jobs()] == ["22 10:00", "22 11:00"]


def test_a_plan_without_selections_rests(tester: Any) -> None:
    """Without a selection nothing runs, and after the last one is deleted nothing runs any more."""
    tester.site.take(tester.site.bucket("bucket-one"))
    tester.plan()
    tester.site.advance(days=1)
    assert "LastExecutionTime" not in tester.backup.list_restore_testing_plans()["RestoreTestingPlans"][0]
    tester.select()
    tester.site.advance(days=1)
    tester.backup.delete_restore_testing_selection(RestoreTestingPlanName="p1", RestoreTestingSelectionName="s1")
    tester.site.advance(days=2)
    assert len(tester.jobs()) == 1


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ({"IncludeVaults": ["{v1}"]}, ["one"]),
        ({"IncludeVaults": ["arn:aws:backup:*:*:backup-vault:v*"]}, ["one", "two"]),
        ({"ExcludeVaults": ["{v1}"]}, ["two"]),
        ({"ExcludeVaults": ["*"]}, []),
        ({"IncludeVaults": ["{v1}"], "ExcludeVaults": ["arn:aws:backup:us-east-1:*:backup-vault:v1"]}, []),
        (STREAMS, ["flow"]),
        ({"RecoveryPointTypes": ["SNAPSHOT", "CONTINUOUS"]}, ["flow", "one", "two"]),
        (STREAMS | RANDOM, ["flow"]),
        (RANDOM, ["one", "two"]),
    ],
)
def test_vaults_and_types(tester: Any, rule: Any, points: dict[str, Any], expected: list[str]) -> None:
    """Recovery points count only in vaults that are included and not excluded, and of the types asked for."""
    site = tester.site
    v1 = f"arn:aws:backup:us-east-1:{site.account}:backup-vault:v1"
    site.vault("v2")
    site.take(site.bucket("one"))
    site.take(site.bucket("two"), vault="v2")
    flow = {"Resources": [site.bucket("flow")]}
    site.plan(rule(schedule="cron(0 3 ? * * *)", keep=7, EnableContinuousBackup=True), select=flow)
    own = {
        name: [one.format(v1=v1) for one in value] if isinstance(value, list) else value
        for name, value in points.items()
    }
    tester.plan(points=own)
    tester.select()
    site.advance(hours=5)
    assert sorted(sources(tester.jobs())) == expected


def test_look_back_from_the_actual_run(open_tester: Any) -> None:
    """Whether a recovery point is young enough is asked when the test begins, not when the plan runs."""
    for spread, expected in ((timedelta(0), 1), (timedelta(days=7), 0)):
        tester = open_tester(settings=Settings(restore_test_spread=spread))
        tester.site.take(tester.site.bucket("bucket-one"))
        tester.plan(points={"SelectionWindowDays": 1}, StartWindowHours=168)
        tester.select()
        tester.site.advance(days=1)
        assert len(tester.jobs()) == expected
    tester.site.advance(days=9)
    assert tester.jobs() == [], "all tests were due by now, and the recovery point was too old for each"


def test_spread_over_the_window(open_tester: Any) -> None:
    """The setting spreads the tests of a run, within the start window, alike in every site."""
    found = []
    for _ in range(2):
        tester = open_tester(settings=Settings(restore_test_spread=timedelta(days=30)))
        for name in ("one", "two", "three"):
            tester.site.take(tester.site.bucket(name))
        tester.plan(StartWindowHours=4)
        tester.select()
        tester.site.advance(hours=9)
        jobs = tester.jobs()
        found.append(dict(zip(sources(jobs), (clock(job["CreationDate"]) for job in jobs), strict=True)))
    assert found[0] == found[1]
    assert len(set(found[0].values())) == 3
    assert {moment[:5] for moment in found[0].values()} <= {"22 05", "22 06", "22 07", "22 08"}


def test_random_follows_from_the_seed(open_tester: Any, rule: Any) -> None:
    """RANDOM_WITHIN_WINDOW takes points of every age within the window; the same seed takes the same again."""
    found = []
    for seed in (1, 1, 2):
        tester = open_tester(settings=Settings(restore_test_seed=seed))
        tester.site.bucket("bucket-one")
        tester.site.plan(rule(schedule="cron(0 3 ? * * *)"), select={"Resources": ["arn:aws:s3:::bucket-one"]})
        tester.site.advance(days=5)
        tester.plan(points=RANDOM | {"SelectionWindowDays": 3}, schedule="cron(0 * ? * * *)")
        tester.select()
        tester.site.advance(hours=6)
        found.append([clock(job["RecoveryPointCreationDate"]) for job in tester.jobs()])
    assert found[0] == found[1] != found[2]
    assert len(set(found[0])) > 1
    assert set(found[0]) <= {"24 03:00", "25 03:00", "26 03:00", "27 03:00"}


def test_a_moment_of_a_stream(tester: Any, rule: Any) -> None:
    """Of a continuous recovery point the latest state is tested, or at random an older one within the window."""
    site = tester.site
    site.bucket("bucket-one", objects={"file": b"22"})
    selected = {"Resources": ["arn:aws:s3:::bucket-one"]}
    site.plan(rule(schedule="cron(0 3 ? * * *)", keep=7, EnableContinuousBackup=True), select=selected)
    for day in ("23", "24", "25"):
        site.advance(days=1)
        site.client("s3").put_object(Bucket="bucket-one", Key="file", Body=day.encode())
    tester.plan("latest", points=STREAMS, schedule="cron(30 2 ? * * *)")
    tester.plan("random", points=STREAMS | RANDOM | {"SelectionWindowDays": 2}, schedule="cron(0 * ? * * *)")
    for name in ("latest", "random"):
        tester.select(plan=name, ValidationWindowHours=1)
    site.advance(hours=2, minutes=15)  # 25 November, 02:45
    [job] = [one for one in tester.jobs() if "restoreTime" not in tester.metadata(one)]
    bucket = job["CreatedResourceArn"].rpartition(":")[2]
    assert site.client("s3").get_object(Bucket=bucket, Key="file")["Body"].read() == b"24"
    site.advance(hours=8)
    random = [one for one in tester.jobs() if one["CreatedBy"] != job["CreatedBy"]]
    assert len(random) == 10
    assert {tester.metadata(one)["restoreTime"][8:10] for one in random} == {"23", "24", "25"}


def test_conditions_on_the_newest_point(tester: Any) -> None:
    """Tag conditions look at the tags of the newest recovery point, not at those that the resource has now."""
    site = tester.site
    for name, tags in (("prod", {"env": "prod"}), ("dev", {"env": "dev"}), ("bare", None)):
        site.take(site.bucket(name, tags))
    late = {"TagSet": [{"Key": "env", "Value": "prod"}]}
    site.client("s3").put_bucket_tagging(Bucket="bare", Tagging=late)
    tester.plan()
    tester.select(ProtectedResourceConditions={"StringEquals": [{"Key": "env", "Value": "prod"}]})
    tester.plan("p2", schedule="cron(0 6 ? * * *)")
    other = {"StringNotEquals": [{"Key": "aws:ResourceTag/env", "Value": "dev"}]}
    tester.select(plan="p2", ProtectedResourceArns=["*"], ProtectedResourceConditions=other)
    site.advance(hours=5)
    assert sources(tester.jobs()) == ["prod"]
    site.advance(hours=1)
    assert sorted(sources(tester.jobs())) == ["bare", "prod", "prod"], "absent counts as not equal, by the setting"


def test_each_resource_once_a_run(tester: Any) -> None:
    """Two selections that take the same bucket test it once; ARNs without recovery points are left out."""
    site = tester.site
    arn = site.bucket("bucket-one")
    site.take(arn)
    tester.plan()
    tester.select(ProtectedResourceArns=[arn, "arn:aws:s3:::never-was"])
    tester.select(name="s2")
    tester.select("EBS", name="s3", ProtectedResourceArns=[arn])
    site.advance(hours=5)
    assert tester.job()["SourceResourceArn"] == arn


def test_unusable_role(tester: Any) -> None:
    """A role that AWS Backup cannot assume fails the test when it begins, as in AWS, not the selection."""
    tester.site.take(tester.site.bucket("bucket-one"))
    tester.plan()
    role = tester.site.role(name="Stranger", trust={"Version": "2012-10-17", "Statement": []})
    tester.select(IamRoleArn=role)
    tester.site.advance(hours=5)
    job = tester.job()
    assert (job["Status"], job["StatusMessage"]) == ("FAILED", f"IAM Role {role} cannot be assumed by AWS Backup")
    assert not {"ValidationStatus", "DeletionStatus"} & set(job)


@pytest.mark.parametrize(("run_time", "late"), [(timedelta(minutes=10), 0), (timedelta(minutes=45), 1)])
def test_so_many_at_a_time(open_tester: Any, monkeypatch: pytest.MonkeyPatch, run_time: timedelta, late: int) -> None:
    """Beyond the quota of a type tests wait for one another; those that cannot begin in time fail in AWS's words."""
    known = catalog.limit
    assert known("restore_tests_s3") == 30
    monkeypatch.setattr(catalog, "limit", lambda name: 1 if name == "restore_tests_s3" else known(name))
    tester = open_tester(settings=Settings(run_time=run_time))
    for name in ("one", "two", "three"):
        tester.site.start(tester.site.bucket(name))
    tester.plan(StartWindowHours=1)
    tester.select()
    tester.site.advance(hours=7)
    jobs = tester.jobs()
    failed = [job for job in jobs if job["Status"] == "FAILED"]
    assert len(jobs) == 3
    assert {(job["StatusMessage"], clock(job["CreationDate"])) for job in failed} <= {(LATE, "22 06:00")}
    assert len(failed) == late
    done = sorted(job["CreationDate"] for job in jobs if job["Status"] == "COMPLETED")
    gaps = [second - first for first, second in pairwise(done)]
    assert all(gap >= run_time for gap in gaps)
