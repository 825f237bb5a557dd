"""A topic to which a vault cannot speak."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import ACCOUNT
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.vaults import every_vault
from backstay_aws import arns


class UnusableTopic(Rule):
    """A vault's topic is a standard one in its own account."""

    CODE = "VLT042"
    NAME = "unusable-topic"
    SEVERITY = "error"
    SUMMARY = "Notifications to a FIFO topic, or to a topic of another account"
    WHY = "AWS does not deliver there, so nobody hears of failed backups."
    SOURCES = (guide("backup-notifications"),)
    VALID = ('Vault("cage", notify=Notify("alarms", on=["BACKUP_JOB_COMPLETED"]))',)
    INVALID = (
        'Vault("cage", notify=Notify("alarms.fifo", on=["BACKUP_JOB_COMPLETED"]))',
        'Vault("cage", notify=Notify("arn:aws:sns:eu-central-1:999999999999:alarms", on=["BACKUP_JOB_COMPLETED"]))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Topics by the look of their ARN."""
        for site in every_vault(context):
            notifications = site.vault.notifications
            topic = arns.parse(notifications.topic_arn) if notifications else None
            if notifications is None or topic is None:
                continue
            strangers = tuple(account for account in site.accounts if topic.account not in (ACCOUNT, account))
            fifo = topic.resource.endswith(".fifo")
            if fifo or strangers:
                what = "a FIFO topic" if fifo else f"a topic of account {topic.account}"
                yield self.problem(
                    site,
                    "topic",
                    f"vault `{site.vault.name}` would notify {what}; AWS Backup cannot publish there",
                    label=what,
                    help="use a standard topic in the vault's own account, by its name",
                    where=notifications.where,
                    accounts=None if fifo else strangers,
                )
