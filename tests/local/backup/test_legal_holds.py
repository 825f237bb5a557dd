"""Legal holds: what they take, what they keep from people and from time, and how they end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_local.backup import Settings
from backstay_local.backup.legal_holds.rows import LegalHold
from backstay_local.backup.legal_holds.scope import takes
from backstay_local.backup.rows import RecoveryPoint

DAY = timedelta(days=1)


def hold(site: Any, **members: Any) -> str:
    """Make a legal hold that is in force; gives its id."""
    made = site.backup.create_legal_hold(**{"Title": "case", "Description": "a case"} | members)
    site.settle()
    return str(made["LegalHoldId"])


def cancel(site: Any, hold_id: str, **members: Any) -> None:
    """Cancel a hold, and let the cancellation come to its end."""
    site.backup.cancel_legal_hold(LegalHoldId=hold_id, CancelDescription="case closed", **members)
    site.settle()


def held(site: Any, hold_id: str, **members: Any) -> list[dict[str, Any]]:
    """The recovery points under a hold."""
    pages = site.backup.get_paginator("list_recovery_points_by_legal_hold")
    found = pages.paginate(LegalHoldId=hold_id, **members)
    return [point for page in found for point in page["RecoveryPoints"]]


def test_people_cannot_touch_a_held_point(site: Any, refusal: Any) -> None:
    """A held point is neither deleted nor re-dated, nor its vault deleted, until its last hold is cancelled."""
    site.vault()
    point = site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 30})
    where = {"BackupVaultName": "v1", "RecoveryPointArn": point}
    holds = [hold(site), hold(site)]
    for hold_id in holds:
        acts = (
            lambda: site.backup.delete_recovery_point(**where),
            lambda: site.backup.update_recovery_point_lifecycle(**where, Lifecycle={"DeleteAfterDays": 1}),
            lambda: site.backup.delete_backup_vault(BackupVaultName="v1"),
        )
        assert {refusal(act)[0] for act in acts} == {"InvalidRequestException"}
        assert "legal hold" in refusal(acts[0])[1]
        cancel(site, hold_id)
    site.backup.update_recovery_point_lifecycle(**where, Lifecycle={"DeleteAfterDays": 20})
    site.backup.delete_recovery_point(**where)
    site.settle()
    assert site.points() == []


def test_time_cannot_delete_a_held_point(site: Any) -> None:
    """A held point outlives its lifecycle, and goes as soon as the hold is cancelled; one without goes on its day."""
    site.vault()
    bucket = site.bucket("bucket-one")
    point = site.take(bucket, Lifecycle={"DeleteAfterDays": 10})
    hold_id = hold(site)
    site.take(bucket, Lifecycle={"DeleteAfterDays": 10})
    site.advance(days=400)
    assert [one["RecoveryPointArn"] for one in site.points()] == [point]
    cancel(site, hold_id)
    assert site.points() == []
    assert not list((site.aws.folder / "data").rglob("manifests/*"))


def test_what_is_not_overdue_stays_after_a_hold(site: Any) -> None:
    """A hold that ends before the lifecycle of a point changes nothing about its day."""
    site.vault()
    site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 10})
    cancel(site, hold(site))
    site.advance(days=9)
    assert len(site.points()) == 1
    site.advance(days=1)
    assert site.points() == []


def test_a_second_hold_keeps_an_overdue_point(site: Any) -> None:
    """A hold can take a point that another hold kept past its day, and goes on keeping it alone."""
    site.vault()
    site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 10})
    first = hold(site)
    site.advance(days=20)
    second = hold(site)
    cancel(site, first)
    site.advance(days=20)
    assert len(site.points()) == 1
    cancel(site, second)
    assert site.points() == []


def test_release_within_24_hours(open_site: Any) -> None:
    """With AWS's own spread, what is overdue goes at some moment within 24 hours after the release."""
    site = open_site(settings=Settings(release_spread=DAY))
    site.vault()
    for number in range(3):
        site.take(site.bucket(f"bucket-{number}"), Lifecycle={"DeleteAfterDays": 1})
    hold_id = hold(site)
    site.advance(days=5)
    cancel(site, hold_id)
    assert len(site.points()) == 3
    site.advance(hours=25)
    assert site.points() == []


@pytest.mark.parametrize("keeps_warm", [True, False])
def test_cold_storage_waits_for_the_hold(open_site: Any, keeps_warm: bool) -> None:
    """The transition to cold storage is delayed, too, unless the setting takes the developer guide by its word."""
    site = open_site(settings=Settings(hold_keeps_warm=keeps_warm))
    site.vault()
    efs = site.client("efs").create_file_system(CreationToken="t")["FileSystemArn"]
    lifecycle = {"MoveToColdStorageAfterDays": 10, "DeleteAfterDays": 100}
    where = {"BackupVaultName": "v1", "RecoveryPointArn": site.take(efs, Lifecycle=lifecycle)}
    hold_id = hold(site)
    site.advance(days=11)
    assert site.backup.describe_recovery_point(**where)["StorageClass"] == ("WARM" if keeps_warm else "COLD")
    cancel(site, hold_id)
    assert site.backup.describe_recovery_point(**where)["StorageClass"] == "COLD"


def test_what_a_selection_takes(site: Any) -> None:
    """Vaults, resources (by ARN, pattern or type) and dates each narrow the selection; without one all is held."""
    for name in ("v1", "v2"):
        site.vault(name)
    bucket, volume = site.bucket("bucket-one"), site.volume()
    old = site.take(bucket)
    day = site.aws.clock.now()
    site.advance(days=2)
    new, other = site.take(bucket, vault="v2"), site.take(volume)
    whole_day = {"FromDate": day + timedelta(hours=3), "ToDate": day + timedelta(hours=1)}
    whole_day["FromDate"], whole_day["ToDate"] = sorted(whole_day.values())
    expected: list[tuple[dict[str, Any], set[str]]] = [
        ({}, {old, new, other}),
        ({"RecoveryPointSelection": {}}, {old, new, other}),
        ({"RecoveryPointSelection": {"VaultNames": ["v2"]}}, {new}),
        ({"RecoveryPointSelection": {"VaultNames": ["v1", "no-such"]}}, {old, other}),
        ({"RecoveryPointSelection": {"ResourceIdentifiers": [bucket]}}, {old, new}),
        ({"RecoveryPointSelection": {"ResourceIdentifiers": ["EBS"]}}, {other}),
        ({"RecoveryPointSelection": {"ResourceIdentifiers": ["arn:aws:s3:::bucket-*"]}}, {old, new}),
        ({"RecoveryPointSelection": {"VaultNames": ["v1"], "ResourceIdentifiers": [bucket]}}, {old}),
        ({"RecoveryPointSelection": {"DateRange": whole_day}}, {old}),
    ]
    for members, points in expected:
        hold_id = hold(site, **members)
        assert {one["RecoveryPointArn"] for one in held(site, hold_id, PaginationConfig={"PageSize": 1})} == points
        shown = site.backup.get_legal_hold(LegalHoldId=hold_id).get("RecoveryPointSelection")
        assert (shown is None) == (not members)
    [point] = held(site, hold(site, RecoveryPointSelection={"ResourceIdentifiers": ["EBS"]}))
    assert point == {
        "RecoveryPointArn": other,
        "ResourceArn": volume,
        "ResourceType": "EBS",
        "BackupVaultName": "v1",
    }


def point_of(created: datetime, **members: Any) -> RecoveryPoint:
    """A recovery point of which only what matters here is told."""
    told: dict[str, Any] = {"resource_arn": "arn:aws:s3:::one", "resource_type": "S3", "status": "COMPLETED"} | members
    blank = ("arn", "sort", "account", "region", "vault_arn", "vault_name", "resource_name", "manifest", "role_arn")
    return RecoveryPoint(**dict.fromkeys(blank, ""), **told, created=created, size=0, lifecycle={}, fully_managed=True)


def hold_of(first: datetime | None = None, last: datetime | None = None) -> LegalHold:
    """A hold over everything of certain days."""
    blank = dict.fromkeys(("id", "sort", "arn", "account", "region", "title", "description", "status"), "")
    return LegalHold(**blank, created=datetime(2026, 1, 1, tzinfo=UTC), selects=True, first_day=first, last_day=last)


TIMES = st.integers(0, 8 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


@given(first=TIMES, last=TIMES, created=TIMES)
def test_dates_are_whole_days(first: datetime, last: datetime, created: datetime) -> None:
    """A hold takes exactly the points of its days, whatever the hours."""
    days = {(first + DAY * number).date() for number in range((last.date() - first.date()).days + 1)}
    assert takes(hold_of(first, last), point_of(created)) == (created.date() in days)


@pytest.mark.parametrize("members", [{"continuous": True}, {"status": "EXPIRED"}, {"status": "DELETING"}])
def test_what_is_never_held(members: dict[str, Any]) -> None:
    """Continuous backups, and points that are on their way out, are in no hold."""
    created = datetime(2026, 1, 1, tzinfo=UTC)
    assert takes(hold_of(), point_of(created))
    assert not takes(hold_of(), point_of(created, **members))


def test_the_life_of_a_hold(site: Any, refusal: Any) -> None:
    """CREATING, ACTIVE, CANCELING, CANCELED, and gone when its record has been kept as long as asked."""
    site.vault()
    site.take(site.bucket("bucket-one"))
    made = site.backup.create_legal_hold(Title="case", Description="a case", Tags={"court": "high"})
    name = {"LegalHoldId": made["LegalHoldId"]}
    assert made["Status"] == "CREATING"
    assert made["LegalHoldArn"] == f"arn:aws:backup:us-east-1:{site.account}:legal-hold:{made['LegalHoldId']}"
    wish = {**name, "CancelDescription": "closed", "RetainRecordInDays": 30}
    assert refusal(lambda: site.backup.cancel_legal_hold(**wish))[0] == "InvalidResourceStateException"
    site.settle()
    assert site.backup.get_legal_hold(**name)["Status"] == "ACTIVE"
    answer = site.backup.cancel_legal_hold(**wish)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert site.backup.get_legal_hold(**name)["Status"] == "CANCELING"
    assert refusal(lambda: site.backup.cancel_legal_hold(**wish))[0] == "InvalidResourceStateException"
    site.settle()
    assert refusal(lambda: site.backup.cancel_legal_hold(**wish))[0] == "InvalidResourceStateException"
    found = site.backup.get_legal_hold(**name)
    assert (found["Status"], found["CancelDescription"]) == ("CANCELED", "closed")
    assert found["RetainRecordUntil"] - found["CancellationDate"] == 30 * DAY
    assert held(site, made["LegalHoldId"]) == []
    [listed] = site.backup.list_legal_holds()["LegalHolds"]
    assert (listed["Title"], listed["CancellationDate"]) == ("case", found["CancellationDate"])
    assert site.backup.list_tags(ResourceArn=made["LegalHoldArn"])["Tags"] == {"court": "high"}
    site.advance(days=31)
    assert refusal(lambda: site.backup.get_legal_hold(**name))[0] == "ResourceNotFoundException"
    assert site.backup.list_legal_holds()["LegalHolds"] == []
    assert refusal(lambda: site.backup.list_tags(ResourceArn=made["LegalHoldArn"]))[0] == "ResourceNotFoundException"


def test_the_record_is_kept_180_days(site: Any) -> None:
    """Who does not say how long the record is kept has it for 180 days."""
    cancel(site, hold(site))
    site.advance(days=179)
    assert len(site.backup.list_legal_holds()["LegalHolds"]) == 1
    site.advance(days=2)
    assert site.backup.list_legal_holds()["LegalHolds"] == []


def test_tokens(site: Any, refusal: Any) -> None:
    """The same token and body give the same hold again, another body is refused."""
    same = {"Title": "case", "Description": "a case", "IdempotencyToken": "t"}
    first, second = site.backup.create_legal_hold(**same), site.backup.create_legal_hold(**same)
    assert first["LegalHoldId"] == second["LegalHoldId"]
    other = {**same, "Title": "another"}
    assert refusal(lambda: site.backup.create_legal_hold(**other))[0] == "InvalidParameterValueException"
    assert len(site.backup.list_legal_holds()["LegalHolds"]) == 1


def test_what_is_refused(site: Any, refusal: Any) -> None:
    """Texts that are too long, days that are to come or the wrong way round, bad tags, unknown holds."""
    create, now = site.backup.create_legal_hold, site.aws.clock.now()
    basic = {"Title": "case", "Description": "a case"}
    for bad in (
        {"Description": "x" * 281},
        {"Tags": {"aws:x": "y"}},
        {"RecoveryPointSelection": {"DateRange": {"FromDate": now, "ToDate": now + DAY}}},
        {"RecoveryPointSelection": {"DateRange": {"FromDate": now, "ToDate": now - DAY}}},
    ):
        assert refusal(lambda bad=bad: create(**basic | bad))[0] == "InvalidParameterValueException"
    assert refusal(lambda: create(Title="", Description="a case"))[0] == "MissingParameterValueException"
    hold_id = hold(site)
    stop = site.backup.cancel_legal_hold
    for bad in ({"CancelDescription": "x" * 281}, {"RetainRecordInDays": -1}, {"RetainRecordInDays": 10**9}):
        members = {"LegalHoldId": hold_id, "CancelDescription": "closed"} | bad
        assert refusal(lambda members=members: stop(**members))[0] == "InvalidParameterValueException"
    empty = {"LegalHoldId": hold_id, "CancelDescription": ""}
    assert refusal(lambda: stop(**empty))[0] == "MissingParameterValueException"
    unknown = {"LegalHoldId": "none"}
    assert refusal(lambda: stop(**unknown, CancelDescription="x"))[0] == "ResourceNotFoundException"
    assert refusal(lambda: site.backup.get_legal_hold(**unknown))[0] == "ResourceNotFoundException"
    listing = site.backup.list_recovery_points_by_legal_hold
    assert refusal(lambda: listing(**unknown))[0] == "InvalidParameterValueException"
    stranger = site.client("backup", region="eu-west-1")
    assert refusal(lambda: stranger.get_legal_hold(LegalHoldId=hold_id))[0] == "ResourceNotFoundException"


def test_fifty_holds(site: Any, refusal: Any) -> None:
    """An account has at most 50 holds in force, over all its Regions; a cancelled one makes room."""
    create = site.backup.create_legal_hold
    first = hold(site)
    for _ in range(49):
        site.client("backup", region="eu-west-1").create_legal_hold(Title="case", Description="a case")
    assert refusal(lambda: create(Title="case", Description="a case"))[0] == "LimitExceededException"
    cancel(site, first)
    create(Title="case", Description="a case")


def test_holds_outlast_a_restart(open_site: Any, tmp_path: Any) -> None:
    """A hold, and the expiry that it holds back, survive."""
    site = open_site(tmp_path)
    site.vault()
    site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 1})
    hold_id = hold(site)
    site.advance(days=2)
    site.aws.close()
    site = open_site(tmp_path, start=None)
    assert len(site.points()) == 1
    cancel(site, hold_id)
    assert site.points() == []
