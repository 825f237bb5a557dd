"""What is said to authors of templates instead, where a rule's own advice can only be said in the policy language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Spelt = tuple[str, str, str]
"""In the words of the API (CloudFormation, plan JSON), of Terraform, of a backup policy."""


def _all(text: str) -> Spelt:
    return (text, text, text)


HELP: Final[Mapping[str, Spelt]] = {
    # name of a rule → its advice
    "air-gap-control-under-a-week": _all("allow 7 days or more"),
    "air-gapped-primary-elsewhere": _all("name one of the same account and Region, and copy to this one"),
    "allowed-deletion": _all("deny these to everybody but some, by a condition on `aws:PrincipalArn`"),
    "asterisk-in-equality": (
        "compare it under `StringLike` or `StringNotLike` of `Conditions`",
        "compare it by `string_like` or `string_not_like` of `condition`",
        "compare it under `string_like` or `string_not_like` of `conditions`",
    ),
    "continuous-for-every-bucket": _all("choose buckets by a tag as well"),
    "contradictory-conditions": _all("drop one of the two, or make two selections to take either"),
    "exclusion-alone": _all("say what is wanted too: types, or a tag"),
    "far-topic": _all("use a topic of the vault's own Region"),
    "fsx-test-without-subnet": (
        "add `subnetIds` to `RestoreMetadataOverrides`",
        "add `subnetIds` to `restore_metadata_overrides`",
        "add `subnetIds` to `restore_metadata_overrides`",
    ),
    "hold-of-nothing": _all("name vaults or resources"),
    "idle-scan-settings": (
        "add `ScanActions` to a rule", "add `scan_action` to a rule", "add `scan_actions` to a rule",
    ),
    "missing-schedule": (
        "say when: `ScheduleExpression: cron(0 5 ? * * *)`",
        'say when: `schedule = "cron(0 5 ? * * *)"`',
        "say when: `schedule_expression`, such as `cron(0 5 ? * * *)`",
    ),
    "needed-management-off": _all("switch full management of the type on, or give it a plan without this"),
    "open-vault-policy": _all("add the condition `StringEquals` on `aws:PrincipalOrgID`"),
    "opted-out-type": _all("switch the type on in the Region's settings, or do not select it"),
    "pattern-without-asterisk": (
        "compare it under `StringEquals`, or add an asterisk where any text may follow",
        "compare it by `string_equals`, or add an asterisk where any text may follow",
        "compare it under `string_equals`, or add an asterisk where any text may follow",
    ),
    "plan-without-rules": _all("add a rule"),
    "prefixed-tag-key": (
        "leave the prefix out: only the keys of `Conditions` have it",
        "leave the prefix out: only the keys of `condition` have it",
        "leave the prefix out: only the keys of `conditions` have it",
    ),
    "question-mark-pattern": _all("write `*`, or make a selection for each value"),
    "rds-wildcard": _all("ask for a tag as well that only the databases carry which are meant"),
    "report-without-frameworks": (
        "add `FrameworkArns`, or report on jobs: `BACKUP_JOB_REPORT`",
        "add `framework_arns`, or report on jobs: `BACKUP_JOB_REPORT`",
        "add `framework_arns`, or report on jobs: `BACKUP_JOB_REPORT`",
    ),
    "restore-test-of-nothing": _all("select resources of a type, from a vault that is not excluded"),
    "role-not-for-backup": _all("name a role that trusts `backup.amazonaws.com`"),
    "role-of-another-account": _all("name a role of the account itself: AWS Backup takes no other"),
    "role-without-its-path": _all("write `role/service-role/AWSBackupDefaultServiceRole`"),
    "scan-without-settings": (
        "add `ScanSettings` to the plan", "add `scan_setting` to the plan", "add `scan_settings` to the plan",
    ),
    "skipped-short-months": _all("use the last day, `L`, or the first"),
    "last-day-of-week": _all("write `SAT`, or put `L` into the day of month if that is meant"),
    "types-or-tags": (
        "move the tags to `Conditions` to take only what is both, or write two selections to say that both are meant",
        "move the tags to `condition` to take only what is both, or write two selections to say that both are meant",
        "move the tags to `conditions` to take only what is both, or write two selections to say that both are meant",
    ),
    "unusable-topic": _all("use a standard topic of the vault's own account"),
    "unusable-vault-key": _all("use a KMS key of your own that stands in the vault's Region"),
}  # fmt: skip

LABELS: Final[Mapping[str, str]] = {
    # what a rule says at the place → what is said there instead
    "the compiler adds this prefix": "no part of the tag's key",
    "`|` takes either": "takes either",
}
