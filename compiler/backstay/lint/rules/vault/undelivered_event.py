"""A notification that never comes."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint import mend
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, seen
from backstay.lint.vaults import every_vault
from backstay_aws import catalog


class UndeliveredEvent(Rule):
    """Some events are accepted and never sent."""

    CODE = "VLT040"
    NAME = "undelivered-event"
    SEVERITY = "warning"
    SUMMARY = "A vault notification for an event that AWS no longer sends"
    WHY = (
        "AWS takes the name and sends nothing. Who subscribed to failures hears nothing when backups fail, and takes "
        "silence for success. `BACKUP_JOB_COMPLETED` is sent for every end of a job; its attribute `State` says which."
    )
    SOURCES = (api("PutBackupVaultNotifications"), seen("lgallard/terraform-aws-backup issue 36"))
    VALID = ('Vault("cage", notify=Notify("alarms", on=["BACKUP_JOB_COMPLETED"]))',)
    INVALID = ('Vault("cage", notify=Notify("alarms", on=["BACKUP_JOB_FAILED"]))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Events that the catalogue knows as not delivered."""
        for site in every_vault(context):
            notifications = site.vault.notifications
            told = set(notifications.events) if notifications else set()
            for name in notifications.events if notifications else ():
                event = catalog.event(name)
                if notifications and event is not None and event.delivered == "no":
                    cure = f"name `{event.instead}` and filter on `State`" if event.instead else "drop the event"
                    place = context.within(notifications.where.field("on"), f'"{name}"')
                    named = mend.exact(context, place, f'"{name}"', f'"{event.instead}"')
                    fix = named if event.instead not in told else mend.removed(place, f"`{name}`")
                    told.add(event.instead)
                    yield self.problem(
                        site,
                        "on",
                        f"vault `{site.vault.name}` asks to be told of `{name}`, which AWS never sends",
                        label="accepted, never sent",
                        help=cure,
                        where=notifications.where,
                        span=context.within(notifications.where.field("on"), name),
                        fix=fix if event.instead else None,
                    )
