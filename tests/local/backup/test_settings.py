"""Settings of a Region and of the organization."""

from __future__ import annotations

from typing import Any

import pytest

from backstay_local.backup import Settings


def test_region_settings_merge(site: Any, refusal: Any) -> None:
    """Everything is opted in at first; an update changes the keys it names, in its Region only."""
    before = site.backup.describe_region_settings()["ResourceTypeOptInPreference"]
    assert set(before.values()) == {True}
    assert {"S3", "DynamoDB", "Storage Gateway", "SAP HANA on Amazon EC2"} <= set(before)
    site.backup.update_region_settings(ResourceTypeOptInPreference={"S3": False})
    site.backup.update_region_settings(ResourceTypeManagementPreference={"DynamoDB": False})
    after = site.backup.describe_region_settings()
    assert after["ResourceTypeOptInPreference"] == {**before, "S3": False}
    assert after["ResourceTypeManagementPreference"]["DynamoDB"] is False
    assert site.client("backup", region="eu-west-1").describe_region_settings()["ResourceTypeOptInPreference"]["S3"]
    wrong = {"Punch cards": True}
    code, _ = refusal(lambda: site.backup.update_region_settings(ResourceTypeOptInPreference=wrong))
    assert code == "InvalidParameterValueException"


def test_incremental_backups_of_tables(site: Any, refusal: Any) -> None:
    """Tables are backed up in full until the account opts in; then only what changed since goes into the vault."""
    site.vault()
    dynamodb = site.client("dynamodb")
    keys = {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    }
    made = dynamodb.create_table(TableName="orders", BillingMode="PAY_PER_REQUEST", **keys)["TableDescription"]

    def put(identity: str, size: int) -> None:
        dynamodb.put_item(TableName="orders", Item={"id": {"S": identity}, "text": {"S": identity * size}})

    def transferred() -> tuple[int, int]:
        job_id = site.start(made["TableArn"])
        site.settle()
        job = site.job(job_id)
        return job["BytesTransferred"], job["BackupSizeInBytes"]

    describe, update = site.backup.describe_region_settings, site.backup.update_region_settings
    for number in range(5):
        put(str(number), 300_000)
    moved, size = transferred()
    assert moved == size > 1_500_000
    put("5", 300_000)
    assert transferred()[0] > size
    assert describe()["ResourceTypeOptInIncremental"] == {"DynamoDB": False}
    update(ResourceTypeOptInIncremental={"DynamoDB": True})
    assert describe()["ResourceTypeOptInIncremental"] == {"DynamoDB": True}
    assert set(describe()["ResourceTypeOptInPreference"].values()) == {True}
    assert transferred()[0] == 0
    put("6", 300_000)
    moved, size = transferred()
    assert (0 < moved < size, size > 2_000_000) == (True, True)
    assert site.client("backup", region="eu-west-1").describe_region_settings()["ResourceTypeOptInIncremental"] == {
        "DynamoDB": False
    }
    found = refusal(lambda: update(ResourceTypeOptInIncremental={"EC2": True}))
    assert found[0] == "InvalidParameterValueException"


def test_global_settings(site: Any, refusal: Any) -> None:
    """Only the management account changes them; without an organization there are none."""
    describe, code = site.backup.describe_global_settings, "InvalidRequestException"
    assert refusal(lambda: describe())[0] == code
    member = site.client("backup", site.member())
    assert describe()["GlobalSettings"]["isCrossAccountBackupEnabled"] == "false"
    on = {"isCrossAccountBackupEnabled": "true"}
    assert refusal(lambda: member.update_global_settings(GlobalSettings=on))[0] == code
    site.backup.update_global_settings(GlobalSettings=on)
    for client in (site.backup, member):
        assert client.describe_global_settings()["GlobalSettings"]["isCrossAccountBackupEnabled"] == "true"
    for wrong in ({"isCrossAccountBackupEnabled": "yes"}, {"more": "true"}):
        found = refusal(lambda wrong=wrong: site.backup.update_global_settings(GlobalSettings=wrong))
        assert found[0] == "InvalidParameterValueException"


def test_supported_types(site: Any) -> None:
    """The supported types are those of the catalogue, by the API's names."""
    found = site.backup.get_supported_resource_types()["ResourceTypes"]
    assert {"EBS", "EC2", "S3", "RDS", "Aurora", "DynamoDB", "EFS"} <= set(found)


@pytest.mark.parametrize(("mode", "kept"), [("merge", False), ("replace", True)])
def test_keys_that_an_update_does_not_name(open_site: Any, mode: Any, kept: bool) -> None:
    """They stay as they are, or go back to what they were at first, as set; management keys are apart."""
    site = open_site(settings=Settings(opt_in_update=mode))
    site.backup.update_region_settings(ResourceTypeManagementPreference={"EFS": False})
    for key in ("S3", "EBS"):
        site.backup.update_region_settings(ResourceTypeOptInPreference={key: False})
    found = site.backup.describe_region_settings()
    assert (found["ResourceTypeOptInPreference"]["S3"], found["ResourceTypeOptInPreference"]["EBS"]) == (kept, False)
    assert found["ResourceTypeManagementPreference"]["EFS"] is False
