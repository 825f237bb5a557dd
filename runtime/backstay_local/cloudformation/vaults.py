"""`AWS::Backup::BackupVault` and `AWS::Backup::LogicallyAirGappedBackupVault`.

Source: CloudFormation template reference, pages of these types, read 2026-11. Lock, access policy and notifications
are calls of their own after the vault is there.
"""

from __future__ import annotations

from typing import Any

from .kind import Kind, Made, Place, Properties, retag, text_of


def _create(place: Place, given: Properties) -> Made:
    answer = place.call(
        "backup",
        "CreateBackupVault",
        BackupVaultName=given.get("BackupVaultName"),
        EncryptionKeyArn=given.get("EncryptionKeyArn"),
        BackupVaultTags=given.get("BackupVaultTags"),
    )
    return _made(answer)


def _create_air_gapped(place: Place, given: Properties) -> Made:
    answer = place.call(
        "backup",
        "CreateLogicallyAirGappedBackupVault",
        BackupVaultName=given.get("BackupVaultName"),
        BackupVaultTags=given.get("BackupVaultTags"),
        MinRetentionDays=given.get("MinRetentionDays"),
        MaxRetentionDays=given.get("MaxRetentionDays"),
        EncryptionKeyArn=given.get("EncryptionKeyArn"),
    )
    made = _made(answer)
    more = {"VaultType": "LOGICALLY_AIR_GAPPED_BACKUP_VAULT", "VaultState": answer.get("VaultState", "CREATING")}
    return Made(made.id, {**made.attributes, **more})


def _made(answer: dict[str, Any]) -> Made:
    name, arn = answer["BackupVaultName"], answer["BackupVaultArn"]
    return Made(name, {"BackupVaultName": name, "BackupVaultArn": arn})


def _settle(place: Place, made: Made, given: Properties) -> None:
    _around(place, made.id, {}, given)


def _change(place: Place, made: Made, old: Properties, new: Properties) -> Made:
    _around(place, made.id, old, new)
    tags = (one.get("BackupVaultTags") or {} for one in (old, new))
    retag(place, made.attributes["BackupVaultArn"], *tags)
    return made


def _around(place: Place, name: str, old: Properties, new: Properties) -> None:
    """Make what surrounds a vault what it shall be."""

    def differs(member: str) -> bool:
        return bool(old.get(member) != new.get(member))

    if differs("AccessPolicy"):
        if "AccessPolicy" in new:
            text = text_of(new["AccessPolicy"])
            place.call("backup", "PutBackupVaultAccessPolicy", BackupVaultName=name, Policy=text)
        else:
            place.call("backup", "DeleteBackupVaultAccessPolicy", BackupVaultName=name)
    if differs("Notifications"):
        if "Notifications" in new:
            place.call("backup", "PutBackupVaultNotifications", BackupVaultName=name, **new["Notifications"])
        else:
            place.call("backup", "DeleteBackupVaultNotifications", BackupVaultName=name)
    if differs("LockConfiguration"):
        if "LockConfiguration" in new:
            place.call("backup", "PutBackupVaultLockConfiguration", BackupVaultName=name, **new["LockConfiguration"])
        else:
            place.call("backup", "DeleteBackupVaultLockConfiguration", BackupVaultName=name)
    if differs("MpaApprovalTeamArn"):
        if "MpaApprovalTeamArn" in new:
            team = new["MpaApprovalTeamArn"]
            call = "AssociateBackupVaultMpaApprovalTeam"
            place.call("backup", call, BackupVaultName=name, MpaApprovalTeamArn=team)
        else:
            place.call("backup", "DisassociateBackupVaultMpaApprovalTeam", BackupVaultName=name)


def _delete(place: Place, made: Made, given: Properties) -> None:  # noqa: ARG001  (every kind is asked alike)
    place.call("backup", "DeleteBackupVault", BackupVaultName=made.id)


_COMMON = frozenset({"AccessPolicy", "BackupVaultName", "BackupVaultTags", "EncryptionKeyArn", "Notifications"})
_RETENTION = frozenset({"MaxRetentionDays", "MinRetentionDays"})

KINDS = {
    "AWS::Backup::BackupVault": Kind(
        properties=_COMMON | {"LockConfiguration"},
        create=_create,
        settle=_settle,
        change=_change,
        delete=_delete,
        fixed=frozenset({"BackupVaultName", "EncryptionKeyArn"}),
        tags=("BackupVaultTags", False),
    ),
    "AWS::Backup::LogicallyAirGappedBackupVault": Kind(
        properties=_COMMON | _RETENTION | {"MpaApprovalTeamArn"},
        create=_create_air_gapped,
        settle=_settle,
        change=_change,
        delete=_delete,
        fixed=frozenset({"BackupVaultName", "EncryptionKeyArn"}) | _RETENTION,
        tags=("BackupVaultTags", False),
    ),
}
"""What there is of each type. A vault of either kind is deleted only while it is empty."""
