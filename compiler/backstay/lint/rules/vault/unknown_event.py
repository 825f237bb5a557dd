"""A notification for an event that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from backstay.lint import mend
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, seen
from backstay.lint.vaults import every_vault
from backstay_aws import catalog


class UnknownEvent(Rule):
    """Events have names that the API knows."""

    CODE = "VLT041"
    NAME = "unknown-event"
    SEVERITY = "error"
    SUMMARY = "A vault notification for an event that the API does not have"
    WHY = "AWS refuses the whole notification configuration, so no event of the vault reaches anybody."
    SOURCES = (api("PutBackupVaultNotifications"), seen("cloudformation-coverage-roadmap issue 1188"))
    VALID = ('Vault("cage", notify=Notify("alarms", on=["COPY_JOB_FAILED"]))',)
    INVALID = ('Vault("cage", notify=Notify("alarms", on=["COPY_JOB_FALED"]))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Events that the catalogue does not have."""
        for site in every_vault(context):
            notifications = site.vault.notifications
            for name in notifications.events if notifications else ():
                if notifications and catalog.event(name) is None:
                    known = [event.name for event in catalog.events()]
                    close = difflib.get_close_matches(name, known, 1)
                    place = notifications.where.field("on")
                    yield self.problem(
                        site,
                        "on",
                        f"vault `{site.vault.name}` asks to be told of `{name}`, which AWS Backup does not have",
                        label="no such event",
                        help=f"did you mean `{close[0]}`?"
                        if close
                        else "see PutBackupVaultNotifications for the names",
                        where=notifications.where,
                        span=context.within(place, name),
                        fix=mend.respelt(context, place, name, known),
                    )
