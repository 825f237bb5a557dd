"""Settings of a Region and of the organization."""

from __future__ import annotations

from typing import Any


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
