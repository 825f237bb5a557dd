"""Messages from a vault to its SNS topic (semantics §5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from backstay_aws import arns
from backstay_local.backup import errors, vaults
from backstay_local.backup.rows import Notification
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.backup.times import iso
from backstay_local.wire.call import Call

SUBJECT = "Notification from AWS Backup"


def wanted(state: State, vault_arn: str, event: str) -> bool:
    """Whether the topic of a vault asked for an event of that name."""
    found = state.tables.notifications.get(vault_arn)
    return found is not None and event in found.events


def send(
    state: State,
    vault_arn: str,
    event: str,
    *,
    kind: str,
    status: str,
    identity: str,
    start: datetime,
    text: str,
    at: datetime | None = None,
) -> None:
    """Tell the topic of a vault about what a job came to, or what happened to a recovery point.

    `kind` is the attribute EventType (`BACKUP_JOB`), `event` the name to subscribe to (`BACKUP_JOB_COMPLETED`),
    `at` when it happened (None: at the `start`).
    """
    attributes = {"EventType": kind, "State": status, "Id": identity, "StartTime": iso(start)}
    tell(state, vault_arn, event, text, attributes, at or start)


def tell(state: State, vault_arn: str, event: str, text: str, attributes: Mapping[str, str], at: datetime) -> None:
    """Tell the topic of a vault about an event, when the vault has one that asked for it; adds AccountId."""
    asking = state.tables.notifications.get(vault_arn)
    vault = state.tables.vaults.get(vault_arn)
    if asking is None or vault is None or event not in asking.events:
        return
    whole = {**attributes, "AccountId": vault.account}
    state.outbox.add(partial(state.world.publish, vault.region, asking.topic_arn, SUBJECT, text, whole, at))


def topic_problem(topic_arn: str, account: str) -> str | None:
    """Why a vault of this account cannot send to this topic."""
    parsed = arns.parse(topic_arn)
    if parsed is None or parsed.service != "sns":
        return f"{topic_arn} is not the ARN of an SNS topic."
    if parsed.account != account:
        return f"SNS topic {topic_arn} belongs to another account."
    if parsed.resource.endswith(".fifo"):
        return f"SNS topic {topic_arn} is a FIFO topic; only standard topics are supported."
    return None


def _put(state: State, call: Call, params: Facts) -> Facts:
    vault = vaults.need(state, call, params["BackupVaultName"])
    problem = topic_problem(params["SNSTopicArn"], call.account)
    if problem is not None:
        raise errors.invalid(problem)
    if not params["BackupVaultEvents"]:
        raise errors.missing("BackupVaultEvents must name at least one event.")
    asked = list(dict.fromkeys(params["BackupVaultEvents"]))
    state.tables.notifications.put(Notification(vault.arn, params["SNSTopicArn"], asked))
    return {}


def _get(state: State, call: Call, params: Facts) -> Facts:
    vault = vaults.need(state, call, params["BackupVaultName"])
    found = state.tables.notifications.get(vault.arn)
    if found is None:
        raise errors.not_found(f"Backup vault {vault.name} has no notification configuration.")
    return {
        "BackupVaultName": vault.name,
        "BackupVaultArn": vault.arn,
        "SNSTopicArn": found.topic_arn,
        "BackupVaultEvents": found.events,
    }


def _delete(state: State, call: Call, params: Facts) -> Facts:
    state.tables.notifications.remove(vaults.need(state, call, params["BackupVaultName"]).arn)
    return {}


OPERATIONS: Operations = {
    "PutBackupVaultNotifications": _put,
    "GetBackupVaultNotifications": _get,
    "DeleteBackupVaultNotifications": _delete,
}
