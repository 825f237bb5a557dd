"""Notifications that tell of everything but failure."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Notifications
from backstay.lint.arrivals import arrivals
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay.lint.vaults import called, declared, every_vault
from backstay.lint.words import listed

_ENDED = "BACKUP_JOB_COMPLETED"
_BACKUP = ("BACKUP_JOB_SUCCESSFUL", "BACKUP_JOB_FAILED", "BACKUP_JOB_EXPIRED")
_FAILURES = (
    # events that say that something begins or went well → the event that says that it went wrong (guide
    # "Notification options with AWS Backup", read 2026-11; …_COMPLETED is sent for every end, its `State` says which)
    (("BACKUP_JOB_STARTED",), _ENDED),
    (("COPY_JOB_STARTED", "COPY_JOB_SUCCESSFUL"), "COPY_JOB_FAILED"),
    (("RESTORE_JOB_STARTED",), "RESTORE_JOB_COMPLETED"),
    (("RECOVERY_POINT_INDEX_COMPLETED",), "RECOVERY_POINT_INDEXING_FAILED"),
    (("ACCESS_POINT_AVAILABLE",), "ACCESS_POINT_CREATION_FAILED"),
    (("ACCESS_POINT_DELETED",), "ACCESS_POINT_DELETION_FAILED"),
)


class UntoldFailures(Rule):
    """Whoever asks for news should get the bad ones."""

    CODE = "VLT039"
    NAME = "untold-failures"
    SEVERITY = "warning"
    SUMMARY = "A vault whose notifications tell of success and never of failure"
    WHY = (
        "Nobody notices a message that does not come, so silence is taken for success until the day of the restore. "
        "`BACKUP_JOB_COMPLETED` is sent for every end of a job; its attribute `State` says how it ended. Advice "
        "where a vault into which rules back up has notifications, and none of them is about backups."
    )
    SOURCES = (guide("backup-notifications"), seen("lgallard/terraform-aws-backup issue 36"))
    VALID = (
        'Vault("cage", notify=Notify("alarms", on=["COPY_JOB_SUCCESSFUL", "COPY_JOB_FAILED"]))',
        'Vault("cage", notify=Notify("alarms", on=["BACKUP_JOB_COMPLETED"]))',
    )
    INVALID = (
        'Vault("cage", notify=Notify("alarms", on=["COPY_JOB_SUCCESSFUL"]))',
        'Vault("cage", notify=Notify("alarms", on=["BACKUP_JOB_STARTED", "COPY_JOB_FAILED"]))',
        'cage = Vault("cage", key="alias/backup", notify=Notify("alarms", on=["RESTORE_JOB_COMPLETED"]))\n'
        'policy = Policy("p", attach=account("app"), vaults=[cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=cage, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Vaults with notifications among which the event of a failure is missing."""
        backups = arrivals(context).backups
        for site in every_vault(context):
            notifications = site.vault.notifications
            if notifications is None:
                continue
            for heard, failure in _missing(notifications):
                yield self.problem(
                    site,
                    "on",
                    f"{called(site)} tells of {listed(heard)} and not of `{failure}`",
                    label="failures go untold",
                    help=f"add `{failure}`",
                    where=notifications.where,
                    span=context.within(notifications.where.field("on"), heard[0]),
                )
            spoken = {_ENDED, "BACKUP_JOB_STARTED", *_BACKUP}
            if declared(site.vault) in backups and spoken.isdisjoint(notifications.events):
                yield self.problem(
                    site,
                    "on",
                    f"rules back up into {called(site)}, whose notifications say nothing of backups",
                    label=f"no `{_ENDED}`",
                    help=f"add `{_ENDED}`",
                    severity="advice",
                    where=notifications.where,
                )


def _missing(notifications: Notifications) -> Iterator[tuple[tuple[str, ...], str]]:
    """The events that are told of, with the event of their failure that is not."""
    asked = notifications.events
    for good, failure in _FAILURES:
        heard = tuple(name for name in good if name in asked)
        about_backups = failure == _ENDED and any(name in asked for name in _BACKUP)  # another rule speaks of those
        if heard and failure not in asked and not about_backups:
            yield heard, failure
