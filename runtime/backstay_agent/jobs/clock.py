"""The time by the clock of AWS Backup itself: jobs carry it, and so is a run dated by it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from backstay_agent.aws import Aws, AwsProblem


def backup_time(aws: Aws, region: str) -> datetime:
    """AWS Backup's time now, in whole seconds; refused or not, any answer of the service tells it."""
    with suppress(AwsProblem):
        aws.call(aws.caller(), region, "backup", "ListBackupVaults", MaxResults=1)
    return aws.now.replace(microsecond=0)
