"""Vault access policies: validated, kept as written, and obeyed."""

from __future__ import annotations

import json
from typing import Any


def put(site: Any, document: Any) -> None:
    """Put a policy on the vault v1."""
    text = document if isinstance(document, str) else json.dumps(document)
    site.backup.put_backup_vault_access_policy(BackupVaultName="v1", Policy=text)


def deny(*actions: str, **members: Any) -> dict[str, Any]:
    """A policy that denies actions to everyone."""
    statement = {"Effect": "Deny", "Principal": "*", "Action": list(actions), "Resource": "*", **members}
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_put_get_delete(site: Any, refusal: Any) -> None:
    """A policy comes back as the text that was put; without one there is nothing to get."""
    site.vault()
    get = site.backup.get_backup_vault_access_policy
    assert refusal(lambda: get(BackupVaultName="v1"))[0] == "ResourceNotFoundException"
    text = json.dumps(deny("backup:DeleteRecoveryPoint"), indent=3)
    put(site, text)
    assert get(BackupVaultName="v1")["Policy"] == text
    site.backup.delete_backup_vault_access_policy(BackupVaultName="v1")
    assert refusal(lambda: get(BackupVaultName="v1"))[0] == "ResourceNotFoundException"


def test_documents_that_are_refused(site: Any, refusal: Any) -> None:
    """What is not JSON, and a wildcard action, is refused."""
    site.vault()
    for wrong in ("{", "[]", deny("*"), deny("backup:*")):
        assert refusal(lambda wrong=wrong: put(site, wrong))[0] == "InvalidParameterValueException"


def test_a_deny_is_obeyed(site: Any, refusal: Any) -> None:
    """A Deny on DeleteRecoveryPoint refuses everyone but the role it leaves out; other actions go on."""
    site.vault()
    arn = site.bucket("bucket-one")
    point = site.take(arn)
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
    keeper = site.role(name="Keeper", trust=trust)
    put(site, deny("backup:DeleteRecoveryPoint", Condition={"ArnNotEquals": {"aws:PrincipalArn": keeper}}))
    where = {"BackupVaultName": "v1", "RecoveryPointArn": point}
    found = refusal(lambda: site.backup.delete_recovery_point(**where))
    assert found == ("AccessDeniedException", "Insufficient privileges to perform this action.")
    site.take(arn)
    given = site.client("sts").assume_role(RoleArn=keeper, RoleSessionName="session")["Credentials"]
    session = site.aws.session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    session.client("backup", region_name="us-east-1").delete_recovery_point(**where)
    site.settle()
    assert len(site.points()) == 1


def test_a_deny_on_one_kind_of_point(site: Any, refusal: Any) -> None:
    """A Deny may name recovery points by their own ARNs, such as snapshots of EC2."""
    site.vault()
    volume, bucket = site.take(site.volume()), site.take(site.bucket("bucket-one"))
    put(site, deny("backup:DeleteRecoveryPoint", Resource="arn:aws:ec2:*::snapshot/*"))
    delete = site.backup.delete_recovery_point
    assert refusal(lambda: delete(BackupVaultName="v1", RecoveryPointArn=volume))[0] == "AccessDeniedException"
    delete(BackupVaultName="v1", RecoveryPointArn=bucket)
