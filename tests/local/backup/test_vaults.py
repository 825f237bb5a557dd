"""Vaults: what their creation, description and deletion promise."""

from __future__ import annotations

from typing import Any

import pytest


def test_default_key_is_a_key_arn(site: Any) -> None:
    """A vault without a key is encrypted with aws/backup, and names the key itself, not its alias."""
    site.vault()
    key = site.backup.describe_backup_vault(BackupVaultName="v1")["EncryptionKeyArn"]
    assert key.startswith(f"arn:aws:kms:us-east-1:{site.account}:key/")
    aliases = site.client("kms").list_aliases()["Aliases"]
    assert any(
        one["AliasName"] == "alias/aws/backup" and one["TargetKeyId"] == key.rsplit("/", 1)[1] for one in aliases
    )


def test_own_key(site: Any, refusal: Any) -> None:
    """A vault takes the ARN of a key of its Region that is on, and neither alias nor id nor anything else."""
    key = site.key()
    site.vault("own", EncryptionKeyArn=key)
    assert site.backup.describe_backup_vault(BackupVaultName="own")["EncryptionKeyArn"] == key
    for wrong in (
        "alias/aws/backup",
        key.rsplit("/", 1)[1],
        f"arn:aws:kms:us-east-1:{site.account}:alias/aws/backup",
        key.replace("us-east-1", "eu-west-1"),
        f"arn:aws:kms:us-east-1:{site.account}:key/00000000-0000-0000-0000-000000000000",
    ):
        code, _ = refusal(lambda wrong=wrong: site.vault("wrong", EncryptionKeyArn=wrong))
        assert code == "InvalidParameterValueException", wrong


def test_same_token_same_answer(site: Any, refusal: Any) -> None:
    """The same token and body answer as the first time; another body, or another token, finds the vault taken."""
    first = site.backup.create_backup_vault(BackupVaultName="v1", CreatorRequestId="t-1")
    again = site.backup.create_backup_vault(BackupVaultName="v1", CreatorRequestId="t-1")
    assert (first["CreationDate"], first["BackupVaultArn"]) == (again["CreationDate"], again["BackupVaultArn"])
    for members in ({"CreatorRequestId": "t-1", "BackupVaultTags": {"a": "b"}}, {"CreatorRequestId": "t-2"}, {}):
        code, _ = refusal(lambda members=members: site.backup.create_backup_vault(BackupVaultName="v1", **members))
        assert code == "AlreadyExistsException"


def test_token_is_free_after_deletion(site: Any) -> None:
    """A deleted vault can be created again with the token of its first creation."""
    site.backup.create_backup_vault(BackupVaultName="v1", CreatorRequestId="t-1")
    site.backup.delete_backup_vault(BackupVaultName="v1")
    site.backup.create_backup_vault(BackupVaultName="v1", CreatorRequestId="t-1")
    assert site.backup.describe_backup_vault(BackupVaultName="v1")["VaultState"] == "AVAILABLE"


def test_missing_vault_is_access_denied(site: Any, refusal: Any) -> None:
    """A vault that does not exist is answered as AWS was seen to: 403, not 404."""
    expected = ("AccessDeniedException", "Insufficient privileges to perform this action.")
    assert refusal(lambda: site.backup.describe_backup_vault(BackupVaultName="nope")) == expected
    assert refusal(lambda: site.backup.list_recovery_points_by_backup_vault(BackupVaultName="nope")) == expected
    code, _ = refusal(lambda: site.backup.delete_backup_vault(BackupVaultName="nope"))
    assert code == "ResourceNotFoundException"


def test_accounts_and_regions_do_not_see_each_other(site: Any, refusal: Any) -> None:
    """A vault belongs to one account and Region."""
    site.vault()
    other = site.member()
    for client in (site.client("backup", other), site.client("backup", None, "eu-west-1")):
        assert client.list_backup_vaults()["BackupVaultList"] == []
        assert refusal(lambda client=client: client.describe_backup_vault(BackupVaultName="v1"))[0] == (
            "AccessDeniedException"
        )


def test_only_an_empty_vault_can_be_deleted(site: Any, refusal: Any) -> None:
    """A vault with a recovery point stays; without, it goes."""
    site.vault()
    point = site.take(site.bucket("bucket-one"))
    assert refusal(lambda: site.backup.delete_backup_vault(BackupVaultName="v1"))[0] == "InvalidRequestException"
    site.backup.delete_recovery_point(BackupVaultName="v1", RecoveryPointArn=point)
    site.settle()
    site.backup.delete_backup_vault(BackupVaultName="v1")
    assert site.backup.list_backup_vaults()["BackupVaultList"] == []


def test_list_pages(site: Any) -> None:
    """A list goes through all vaults once, whatever the page size."""
    names = [f"vault-{number:02d}" for number in range(7)]
    for name in names:
        site.vault(name)
    pages = site.backup.get_paginator("list_backup_vaults").paginate(PaginationConfig={"PageSize": 3})
    assert [vault["BackupVaultName"] for page in pages for vault in page["BackupVaultList"]] == names


def test_tags(site: Any, refusal: Any) -> None:
    """Tags of a vault can be set at creation, changed, listed, and are gone with the vault; 50 at most."""
    arn = site.vault(BackupVaultTags={"a": "1", "b": "2"})
    site.backup.tag_resource(ResourceArn=arn, Tags={"b": "3", "c": "4"})
    site.backup.untag_resource(ResourceArn=arn, TagKeyList=["a"])
    assert site.backup.list_tags(ResourceArn=arn)["Tags"] == {"b": "3", "c": "4"}
    many = {f"k{number}": "v" for number in range(49)}
    assert refusal(lambda: site.backup.tag_resource(ResourceArn=arn, Tags=many))[0] == "LimitExceededException"
    assert refusal(lambda: site.backup.tag_resource(ResourceArn=arn, Tags={"aws:x": "v"}))[0] == (
        "InvalidParameterValueException"
    )
    site.backup.delete_backup_vault(BackupVaultName="v1")
    assert refusal(lambda: site.backup.list_tags(ResourceArn=arn))[0] == "ResourceNotFoundException"


@pytest.mark.parametrize("token", ["x" * 51, "a b", "a/b"])
def test_tokens_of_another_form(site: Any, refusal: Any, rule: Any, token: str) -> None:
    """A CreatorRequestId has 1 to 50 letters, digits, and - _ . ; whatever is made with it."""
    plan = {"BackupPlanName": "p", "Rules": [rule()]}
    plan_id = site.backup.create_backup_plan(BackupPlan=plan)["BackupPlanId"]
    selection = {"SelectionName": "s", "IamRoleArn": site.role(), "Resources": ["*"]}
    for make in (
        lambda: site.vault(CreatorRequestId=token),
        lambda: site.backup.create_backup_plan(BackupPlan=plan | {"BackupPlanName": "q"}, CreatorRequestId=token),
        lambda: site.backup.create_backup_selection(
            BackupPlanId=plan_id, BackupSelection=selection, CreatorRequestId=token
        ),
    ):
        assert refusal(make)[0] == "InvalidParameterValueException"


def test_rows_that_go_between_two_pages(site: Any) -> None:
    """The next page begins behind the last row of this one, whether that is still there or not."""
    for name in ("v1", "v2", "v3"):
        site.vault(name)
    first = site.backup.list_backup_vaults(MaxResults=1)
    for name in ("v1", "v2"):
        site.backup.delete_backup_vault(BackupVaultName=name)
    second = site.backup.list_backup_vaults(MaxResults=1, NextToken=first["NextToken"])
    assert [one["BackupVaultName"] for one in second["BackupVaultList"]] == ["v3"]
    assert "NextToken" not in second
