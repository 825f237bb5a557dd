"""How this AWS Backup behaves where AWS is slow, random, or does not say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Settings:
    """The knobs of the embedded AWS Backup. Defaults suit a person who waits at a laptop."""

    start_delay: timedelta = timedelta(seconds=0.3)
    """From the creation of a job until it runs; AWS takes minutes up to the start window."""
    run_time: timedelta = timedelta(seconds=0.7)
    """How long a backup, copy or restore runs."""
    delete_delay: timedelta = timedelta(seconds=0.3)
    """How long a recovery point stays in DELETING."""
    expiry_spread: timedelta = timedelta(0)
    """AWS deletes an expired recovery point at a random moment within 8 hours after; zero is exactly on time."""
    dynamodb_advanced: bool = True
    """Whether an account that never said so has advanced DynamoDB backups (semantics §4)."""
    absent_matches_not: bool = True
    """Whether StringNotEquals and StringNotLike hold for a resource without the tag (not said by AWS)."""
    empty_selection: Literal["refuse", "everything"] = "refuse"
    """A selection without Resources and ListOfTags: the model says everything, the live service refuses."""
    plan_needs_vault: bool = False
    """Whether CreateBackupPlan refuses a rule whose vault does not exist (not said by AWS)."""
    completion_from: Literal["start", "schedule"] = "start"
    """Where the completion window begins; AWS's own texts disagree."""
    completion_state: Literal["EXPIRED", "ABORTED"] = "EXPIRED"
    """State of a job that its completion window ended (AWS does not pin it down)."""
    plan_name_length: int = 200
    """Longest plan name; AWS says 50 in one place and 200 in another."""
    preview_length: int = 0
    """How many runs GetBackupPlan previews when the caller does not say."""
    deploy_time: timedelta = timedelta(0)
    """How long a framework or report plan is made, changed or deleted; AWS takes minutes. Zero: until the next call."""
    framework_arn: Literal[":", "/"] = ":"
    """What stands behind `framework` in the ARN of one; AWS's other ARNs have a colon, a page's samples a slash."""
    config_recording: Literal["assumed", "asked"] = "assumed"
    """Whether AWS Config is taken to record what frameworks need, or asked; without it controls are not evaluated."""
    control_frequency: str = "Twelve_Hours"
    """`controlFrequency` of periodic controls in reports: so in AWS's sample, though its text says every 24 hours."""
    copy_list: Literal["all", "any"] = "all"
    """Whether copies must go to each Region (account) that a control lists: "where the backup copy should exist"."""
    never_restored: Literal["COMPLIANT", "NON_COMPLIANT", "INSUFFICIENT_DATA"] = "INSUFFICIENT_DATA"
    """What a resource is to the control of restore times when it was never restored (not said by AWS)."""
    report_bucket_policy: Literal["need", "ignore"] = "need"
    """Whether the policy of a report's bucket must let AWS Backup's role for reports write, as AWS needs it."""
    report_plan_needs_bucket: bool = False
    """Whether a report plan is refused whose bucket the account does not have (not said by AWS; its jobs fail)."""
