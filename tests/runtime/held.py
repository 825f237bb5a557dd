"""What AWS Backup holds in a place, without ids and times: to compare and to count; read by plain boto3."""

from __future__ import annotations

from typing import Any


def vaults(backup: Any) -> list[dict[str, Any]]:
    """The vaults with lock, access policy, events and tags."""
    found = []
    for item in backup.list_backup_vaults()["BackupVaultList"]:
        name = item["BackupVaultName"]
        kept = {key: item.get(key) for key in ("Locked", "MinRetentionDays", "MaxRetentionDays")}
        tags = backup.list_tags(ResourceArn=item["BackupVaultArn"])["Tags"]
        facts = {"name": name, "tags": tags, "final": "LockDate" in item, **kept}
        for part, call, member in (
            ("policy", backup.get_backup_vault_access_policy, "Policy"),
            ("events", backup.get_backup_vault_notifications, "BackupVaultEvents"),
        ):
            try:
                facts[part] = call(BackupVaultName=name)[member]
            except backup.exceptions.ResourceNotFoundException:
                facts[part] = None
        found.append(facts)
    return found


def plans(backup: Any) -> list[dict[str, Any]]:
    """The plans with rules, selections and tags."""
    found = []
    for item in backup.list_backup_plans()["BackupPlansList"]:
        identity = item["BackupPlanId"]
        body = backup.get_backup_plan(BackupPlanId=identity)["BackupPlan"]
        rules = [{key: value for key, value in rule.items() if key != "RuleId"} for rule in body["Rules"]]
        listed = backup.list_backup_selections(BackupPlanId=identity)["BackupSelectionsList"]
        bodies = [
            backup.get_backup_selection(BackupPlanId=identity, SelectionId=it["SelectionId"])["BackupSelection"]
            for it in listed
        ]
        tags = backup.list_tags(ResourceArn=item["BackupPlanArn"])["Tags"]
        found.append({"name": item["BackupPlanName"], "rules": rules, "tags": tags, "selections": bodies})
    return sorted(found, key=repr)
