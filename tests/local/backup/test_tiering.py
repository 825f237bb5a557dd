"""Tiering configurations: one for each vault and one for all, and what AWS does not take in them."""

from __future__ import annotations

from typing import Any

import pytest

from backstay_local.backup import Settings

EVERYTHING = [{"ResourceType": "S3", "Resources": ["*"], "TieringDownSettingsInDays": 60}]


def buckets(*names: str, days: int = 60) -> dict[str, Any]:
    """A selection of buckets."""
    arns = [f"arn:aws:s3:::{name}" for name in names]
    return {"ResourceType": "S3", "Resources": arns, "TieringDownSettingsInDays": days}


def create(site: Any, name: str = "tiers", vault: str = "*", selection: Any = None, **members: Any) -> dict[str, Any]:
    """Make a configuration."""
    body = {
        "TieringConfigurationName": name,
        "BackupVaultName": vault,
        "ResourceSelection": EVERYTHING if selection is None else selection,
    }
    return dict(site.backup.create_tiering_configuration(TieringConfiguration=body, **members))


def test_the_life_of_a_configuration(site: Any, refusal: Any) -> None:
    """It is made, shown, listed, changed and deleted; its name stays, its ARN is not guessed."""
    made = create(site, TieringConfigurationTags={"team": "a"}, CreatorRequestId="token")
    arn = made["TieringConfigurationArn"]
    assert arn.startswith(f"arn:aws:backup:us-east-1:{site.account}:tiering-configuration:tiers-")
    name = {"TieringConfigurationName": "tiers"}
    found = site.backup.get_tiering_configuration(**name)["TieringConfiguration"]
    assert found == {
        "TieringConfigurationName": "tiers",
        "TieringConfigurationArn": arn,
        "BackupVaultName": "*",
        "ResourceSelection": EVERYTHING,
        "CreatorRequestId": "token",
        "CreationTime": made["CreationTime"],
    }
    assert site.backup.list_tags(ResourceArn=arn)["Tags"] == {"team": "a"}
    site.backup.tag_resource(ResourceArn=arn, Tags={"more": "b"})
    site.advance(hours=1)
    wish = {"BackupVaultName": "v1", "ResourceSelection": [buckets("one", days=36500)]}
    changed = site.backup.update_tiering_configuration(**name, TieringConfiguration=wish)
    assert changed["TieringConfigurationArn"] == arn
    assert changed["LastUpdatedTime"] > changed["CreationTime"] == made["CreationTime"]
    [listed] = site.backup.list_tiering_configurations()["TieringConfigurations"]
    assert (listed["BackupVaultName"], listed["LastUpdatedTime"]) == ("v1", changed["LastUpdatedTime"])
    found = site.backup.get_tiering_configuration(**name)["TieringConfiguration"]
    assert found["ResourceSelection"] == wish["ResourceSelection"]
    site.backup.delete_tiering_configuration(**name)
    for act in (
        lambda: site.backup.get_tiering_configuration(**name),
        lambda: site.backup.delete_tiering_configuration(**name),
        lambda: site.backup.update_tiering_configuration(**name, TieringConfiguration=wish),
        lambda: site.backup.list_tags(ResourceArn=arn),
    ):
        assert refusal(act)[0] == "ResourceNotFoundException"
    assert create(site)["TieringConfigurationArn"] != arn


def test_one_for_each_vault(site: Any, refusal: Any) -> None:
    """Names are unique, and a vault, or the wildcard, has one configuration only, whichever way it is asked for."""
    create(site)
    create(site, "of_v1", "v1")
    create(site, "of_v2", "v2")
    taken = "AlreadyExistsException"
    assert refusal(lambda: create(site, "tiers", "v3"))[0] == taken
    assert refusal(lambda: create(site, "again", "v1"))[0] == taken
    assert refusal(lambda: create(site, "again"))[0] == taken

    def move(vault: str) -> Any:
        wish = {"BackupVaultName": vault, "ResourceSelection": EVERYTHING}
        return site.backup.update_tiering_configuration(TieringConfigurationName="of_v2", TieringConfiguration=wish)

    assert refusal(lambda: move("v1"))[0] == taken
    move("v2")
    move("v3")
    pages = site.backup.get_paginator("list_tiering_configurations").paginate(PaginationConfig={"PageSize": 2})
    rows = [row["TieringConfigurationName"] for page in pages for row in page["TieringConfigurations"]]
    assert rows == ["of_v1", "of_v2", "tiers"]
    other = site.client("backup", region="eu-west-1")
    assert other.list_tiering_configurations()["TieringConfigurations"] == []


@pytest.mark.parametrize(
    ("selection", "code"),
    [
        ([], "MissingParameterValueException"),
        ([buckets()], "MissingParameterValueException"),
        ([buckets("one", days=36501)], "InvalidParameterValueException"),
        ([{**buckets("one"), "ResourceType": "EFS"}], "InvalidParameterValueException"),
        ([{**buckets("one"), "Resources": ["*", "arn:aws:s3:::one"]}], "InvalidParameterValueException"),
        ([{**buckets("one"), "Resources": ["one"]}], "InvalidParameterValueException"),
        ([buckets(str(number)) for number in range(6)], "LimitExceededException"),
        ([buckets(*map(str, range(51)))] * 2, "LimitExceededException"),
    ],
)
def test_selections_that_are_refused(site: Any, refusal: Any, selection: Any, code: str) -> None:
    """S3 only, 36500 days at most, the wildcard alone, ARNs of buckets, 5 selections, 100 buckets: also in updates."""
    assert refusal(lambda: create(site, selection=selection))[0] == code
    create(site, selection=[buckets(*map(str, range(50)))] * 2)
    wish = {"BackupVaultName": "*", "ResourceSelection": selection}
    update = site.backup.update_tiering_configuration
    act = {"TieringConfigurationName": "tiers", "TieringConfiguration": wish}
    assert refusal(lambda: update(**act))[0] == code


@pytest.mark.parametrize(("name", "vault"), [("with-hyphen", "*"), ("n" * 201, "*"), ("tiers", "v"), ("tiers", "**")])
def test_names_that_are_refused(site: Any, refusal: Any, name: str, vault: str) -> None:
    """Names are letters, digits and underscores; vaults are named as vaults are, or by the wildcard."""
    assert refusal(lambda: create(site, name, vault))[0] == "InvalidParameterValueException"


def test_tokens(site: Any, refusal: Any) -> None:
    """The same token and body give the same configuration again, another body is refused."""
    first, second = create(site, CreatorRequestId="t"), create(site, CreatorRequestId="t")
    assert first["TieringConfigurationArn"] == second["TieringConfigurationArn"]
    assert refusal(lambda: create(site, "other", CreatorRequestId="t"))[0] == "AlreadyExistsException"


def test_a_vault_that_must_exist(open_site: Any, refusal: Any) -> None:
    """With the setting, a configuration for a vault that is not there is refused."""
    site = open_site(settings=Settings(tiering_needs_vault=True))
    assert refusal(lambda: create(site, vault="v1"))[0] == "InvalidParameterValueException"
    site.vault()
    create(site, vault="v1")
    create(site, "for_all")
