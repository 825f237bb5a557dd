"""A topic in another Region than its vault."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide
from backstay.lint.vaults import called, every_vault
from backstay_aws import arns


class FarTopic(Rule):
    """Vault and topic belong in one Region."""

    CODE = "VLT053"
    NAME = "far-topic"
    SEVERITY = "warning"
    SUMMARY = "Notifications to a topic in another Region than the vault"
    WHY = (
        "AWS Backup publishes from the vault's Region, and no page of AWS says that it reaches topics in others. Where "
        "it does not, nobody hears of failed backups. A topic by its ARN, on a vault that stands in several Regions, "
        "is near one of them only."
    )
    SOURCES = (guide("backup-notifications"), api("PutBackupVaultNotifications"))
    VALID = ('Vault("cage", notify=Notify("alarms", on=["BACKUP_JOB_COMPLETED"]))',)
    INVALID = (
        'Vault("cage", region="eu-central-1",\n'
        '    notify=Notify("arn:aws:sns:eu-west-1:100000000010:alarms", on=["BACKUP_JOB_COMPLETED"]))',
        'Vault("cage", notify=Notify("arn:aws:sns:eu-north-1:100000000010:alarms", on=["BACKUP_JOB_COMPLETED"]))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Topics by the Region in their ARN."""
        for site in every_vault(context):
            notifications = site.vault.notifications
            topic = arns.parse(notifications.topic_arn) if notifications else None
            if notifications is not None and topic is not None and topic.region != site.shape.region:
                yield self.problem(
                    site,
                    "topic",
                    f"{called(site)} would notify a topic of another Region, {topic.region or 'none'}",
                    label=f"in {topic.region or 'no Region'}",
                    help=f"name the topic only, as `{topic.resource}`: then it is the one of the vault's Region",
                    where=notifications.where,
                    here=True,
                )
