"""What stands for a value that a file leaves open: by its member, each time otherwise, that no finding hang by it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from backstay.importer.found import Unknown

READINGS: Final = 3
ABSENT: Final = object()
"""Stands for a member that is not there."""
SWITCH: Final = "$switch"
"""The member of a setting that is on or off, whatever it is called."""

_PAIR = {"Key": "a", "Value": "1"}
_RULE: Mapping[str, Any] = {"RuleName": "{}", "TargetBackupVaultName": "filled-in-vault"}
_COPY = "arn:aws:backup:eu-west-3:$account:backup-vault:filled-in"
_COMPARED = {"ConditionKey": "aws:ResourceTag/{}", "ConditionValue": "{}", "Key": "aws:ResourceTag/{}", "Value": "{}"}
_SOME = ((_COMPARED,), (), (_COMPARED,))
_STATEMENTS: tuple[Mapping[str, Any], ...] = (
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::$account:root"}, "Action": "backup:DescribeBackupVault",
     "Resource": "*"},
    {"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"},
    {"Effect": "Allow", "Principal": "*", "Action": "backup:CopyIntoBackupVault", "Resource": "*"},
)  # fmt: skip
_RULES: tuple[tuple[Mapping[str, Any], ...], ...] = (
    ({**_RULE, "ScheduleExpression": "cron(17 5 ? * * *)", "Lifecycle": {"DeleteAfterDays": 35}},),
    ({**_RULE, "ScheduleExpression": "cron(31 22 ? * SUN *)", "Lifecycle": {"DeleteAfterDays": 400},
      "CopyActions": ({"DestinationBackupVaultArn": _COPY},)},),
    ({**_RULE, "ScheduleExpression": "cron(43 * ? * * *)"},),
)  # fmt: skip

FILLED: Final[Mapping[str, tuple[Any, Any, Any]]] = {
    # member → what it is in each of the three readings; `{}` stands for a name, another one for each expression
    "ScheduleExpression": ("cron(17 5 ? * * *)", "cron(31 22 ? * SUN *)", "cron(43 * ? * * *)"),
    "ScheduleExpressionTimezone": ("UTC", "Europe/Berlin", "Asia/Tokyo"),
    "StartWindowMinutes": (480, 60, 180),
    "CompletionWindowMinutes": (10_080, 1440, 720),
    "DeleteAfterDays": (35, ABSENT, 3650),
    "MoveToColdStorageAfterDays": (ABSENT, 8, 60),
    "OptInToArchiveForSupportedResources": (ABSENT, True, False),
    "EnableContinuousBackup": (False, True, ABSENT),
    "Lifecycle": ({"DeleteAfterDays": 35}, ABSENT, {"DeleteAfterDays": 400, "MoveToColdStorageAfterDays": 30}),
    "CopyActions": ((), ({"DestinationBackupVaultArn": _COPY},), ({"DestinationBackupVaultArn": _COPY},)),
    "DestinationBackupVaultArn": ("arn:aws:backup:eu-west-3:$account:backup-vault:{}",
                                  "arn:aws:backup:sa-east-1:444455556666:backup-vault:{}",
                                  "arn:aws:backup:ca-central-1:$account:backup-vault:{}"),
    "TargetLogicallyAirGappedBackupVaultArn": (ABSENT, "arn:aws:backup:$region:$account:backup-vault:{}", ABSENT),
    "Rules": (_RULES[0], _RULES[1], _RULES[2]),
    "BackupPlan": ({"Rules": _RULES[0]}, {"Rules": _RULES[1]}, {"Rules": _RULES[2]}),
    "BackupSelection": ({"Resources": ("*",)}, {"Resources": ("arn:aws:ec2:*:*:volume/*",)},
                        {"ListOfTags": ({"ConditionKey": "{}", "ConditionValue": "{}"},)}),
    "MinRetentionDays": (ABSENT, 1, 30),
    "MaxRetentionDays": (ABSENT, 36_500, 3650),
    "ChangeableForDays": (ABSENT, 3, 30),
    "EncryptionKeyArn": ("arn:aws:kms:$region:$account:alias/{}", ABSENT,
                         "arn:aws:kms:$region:444455556666:key/00000000-0000-0000-0000-000000000000"),
    "Policy": (ABSENT, {"Version": "2012-10-17", "Statement": []},
               {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Resource": "*",
                                                        "Action": "backup:DeleteRecoveryPoint"}]}),
    "Statement": ((_STATEMENTS[0],), (_STATEMENTS[1],), (_STATEMENTS[2],)),
    "Condition": ({"StringEquals": {"aws:PrincipalOrgID": "o-unknown000"}}, ABSENT,
                  {"Bool": {"aws:SecureTransport": "true"}}),
    "Condition/": ({"aws:PrincipalOrgID": "o-unknown000"}, {"aws:SourceAccount": "$account"}, {"aws:username": "{}"}),
    "Effect": ("Allow", "Deny", "Allow"),
    "Action": ("backup:CopyIntoBackupVault", "backup:DeleteRecoveryPoint", "backup:DescribeBackupVault"),
    "Principal": ({"AWS": "arn:aws:iam::$account:root"}, "*", {"AWS": "arn:aws:iam::444455556666:root"}),
    "AWS": ("arn:aws:iam::$account:root", "*", "arn:aws:iam::444455556666:root"),
    "Resource": ("*", "*", "arn:aws:backup:$region:$account:recovery-point:*"),
    "BackupVaultEvents": (("BACKUP_JOB_COMPLETED",), ("COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED"),
                          ("S3_BACKUP_OBJECT_FAILED", "BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED")),
    "SNSTopicArn": ("arn:aws:sns:$region:$account:{}",) * 3,
    "Resources": (("*",), ("arn:aws:ec2:*:*:volume/*",), ("arn:aws:rds:*:*:db:*", "arn:aws:dynamodb:*:*:table/*")),
    "NotResources": ((), ("arn:aws:ec2:*:*:volume/filled-in",), ("arn:aws:rds:*:*:db:filled-in",)),
    "ListOfTags": ((), ({"ConditionKey": "filled-in", "ConditionValue": "x"},),
                   ({"ConditionKey": "filled-in-2", "ConditionValue": "y"},)),
    "Conditions": (ABSENT, {"StringEquals": ({"ConditionKey": "aws:ResourceTag/filled-in", "ConditionValue": "x"},)},
                   {"StringLike": ({"ConditionKey": "aws:ResourceTag/filled-in-2", "ConditionValue": "y*"},)}),
    "StringEquals": _SOME,
    "StringNotEquals": _SOME,
    "StringLike": _SOME,
    "StringNotLike": _SOME,
    "ConditionKey": ("aws:ResourceTag/{}", "{}", "aws:ResourceTag/{}"),
    "IamRoleArn": ("arn:aws:iam::$account:role/{}", "arn:aws:iam::$account:role/service-role/{}",
                   "arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole"),
    "AdvancedBackupSettings": ((), (), ({"ResourceType": "EC2", "BackupOptions": {"WindowsVSS": "enabled"}},)),
    "FrameworkControls": (({"ControlName": "BACKUP_RECOVERY_POINT_ENCRYPTED"},),
                          ({"ControlName": "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED"},),
                          ({"ControlName": "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK"},)),
    "ReportTemplate": ("BACKUP_JOB_REPORT", "COPY_JOB_REPORT", "RESTORE_JOB_REPORT"),
    "ReportSetting": ({"ReportTemplate": "BACKUP_JOB_REPORT"}, {"ReportTemplate": "COPY_JOB_REPORT"},
                      {"ReportTemplate": "RESTORE_JOB_REPORT"}),
    "RestoreTestingPlan": ({"ScheduleExpression": "cron(17 5 ? * * *)"},
                           {"ScheduleExpression": "cron(31 22 ? * SUN *)"},
                           {"ScheduleExpression": "cron(43 * ? * * *)"}),
    "RestoreTestingSelection": ({"ProtectedResourceType": "RDS"}, {"ProtectedResourceType": "EBS"},
                                {"ProtectedResourceType": "S3"}),
    "RecoveryPointTypes": (("SNAPSHOT",), ("CONTINUOUS",), ("SNAPSHOT", "CONTINUOUS")),
    "ProtectedResourceArns": (("*",), ("arn:aws:rds:*:*:db:filled-in",), ABSENT),
    "ProtectedResourceConditions": (ABSENT, ABSENT, {"StringEquals": (_PAIR,)}),
    "IncludeVaults": (("*",), ("arn:aws:backup:$region:$account:backup-vault:filled-in",), ("*",)),
    "SelectionWindowDays": (30, 7, 365),
    "StartWindowHours": (24, 1, 168),
    "ValidationWindowHours": (0, 4, 168),
    "TieringDownSettingsInDays": (60, 90, 365),
    "TieringConfiguration": ({}, {}, {}),
    SWITCH: (True, False, ABSENT),
}  # fmt: skip
"""Three values that AWS takes, as unlike as can be. `Condition/`: whatever stands in a condition of IAM."""

ITEMS: Final[Mapping[str, tuple[Any, Any, Any]]] = {
    # member → what one item of its list is
    "Resources": ("arn:aws:ec2:*:*:volume/{}", "arn:aws:rds:*:*:db:{}", "arn:aws:dynamodb:*:*:table/{}"),
    "NotResources": ("arn:aws:ec2:*:*:volume/{}", "arn:aws:rds:*:*:db:{}", "arn:aws:dynamodb:*:*:table/{}"),
    "ProtectedResourceArns": ("arn:aws:rds:*:*:db:{}", "arn:aws:ec2:*:*:volume/{}", "arn:aws:dynamodb:*:*:table/{}"),
    "BackupVaultEvents": ("BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED"),
    "IncludeVaults": ("arn:aws:backup:$region:$account:backup-vault:{}",) * 3,
    "ExcludeVaults": ("arn:aws:backup:$region:$account:backup-vault:{}",) * 3,
    "Formats": ("CSV", "JSON", "CSV"),
    "RecoveryPointTypes": ("SNAPSHOT", "CONTINUOUS", "SNAPSHOT"),
    "Statement": (_STATEMENTS[0], _STATEMENTS[1], _STATEMENTS[2]),
}  # fmt: skip
_AROUND: Final[Mapping[str, str]] = {"Condition": "Condition/", SWITCH: SWITCH}
"""Members whose own members are whatever the author calls them."""
SIGN: Final = "filled-in"
"""Stands in what is filled in for a whole, and in no message."""

NAMES: Final = frozenset(
    {
        "BackupPlanName", "RuleName", "SelectionName", "BackupVaultName", "TargetBackupVaultName", "FrameworkName",
        "ReportPlanName", "RestoreTestingPlanName", "RestoreTestingSelectionName", "Title", "RoleName", "AliasName",
        "TieringConfigurationName", "S3BucketName", "ReportPlanDescription", "FrameworkDescription", "Description",
    }
)  # fmt: skip
"""Members that only call something somehow: they are called the same in each reading."""
_SETS: Final = frozenset({"BackupVaultTags", "BackupPlanTags", "RecoveryPointTags", "Tags", "FrameworkTags"})
_NO_WORD = re.compile(r"[^A-Za-z0-9]+")
_LONGEST = 30
_REGION: Final = "${AWS::Region}"
"""What readers write for the Region that a file is deployed to, where it is no ARN."""


@dataclass
class Filler:
    """Fills bodies for one reading.

    All readings share `names` and `order`, so that they agree. `names`: what things are called that the file calls by
    an expression. `order`: the expressions of schedules, as they come.
    """

    reading: int
    region: str = "us-east-1"
    partition: str = "aws"
    names: dict[str, str] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict)

    def filled(self, value: Any, member: str = "", around: str = "") -> Any:
        """A value without anything open in it, or `ABSENT`. `around`: the member that its member is of."""
        if isinstance(value, str):  # nearly all are: asked first
            return value
        if isinstance(value, Unknown):
            return self._known(value, _AROUND.get(around, member), FILLED)
        if isinstance(value, Mapping):
            parts = ((key, self.filled(item, key, member)) for key, item in value.items())
            return {key: item for key, item in parts if item is not ABSENT}
        if isinstance(value, list | tuple):
            return [item for one in value for item in self._items(one, member)]
        return value

    def name(self, unknown: Unknown) -> str:
        """What something is called that the file calls by an expression: the same for the same expression."""
        if unknown.expression not in self.names:
            word = _NO_WORD.sub("_", unknown.name)[:_LONGEST].strip("_") or "name"
            self.names[unknown.expression] = f"{word}_zq{len(self.names)}"  # so that no real name is like it
        return self.names[unknown.expression]

    def _items(self, one: Any, member: str) -> Sequence[Any]:
        """What an item of a list is: one, none, or several where a list stands for it."""
        if not isinstance(one, Unknown):
            return [self.filled(one, member)]
        found = self._known(one, member, ITEMS if member in ITEMS else FILLED)
        return found if isinstance(found, list | tuple) else () if found is ABSENT else [found]

    def _known(self, unknown: Unknown, member: str, table: Mapping[str, tuple[Any, Any, Any]]) -> Any:
        if unknown.default is not None:
            return unknown.default
        if unknown.expression == _REGION:
            return self.region
        if member in NAMES:
            return self.name(unknown)
        if member in table:
            return self._named(table[member][self._turn(unknown, member)], unknown)
        if member in _SETS:
            return ({}, {"a": "1"}, {"b": "2", "c": "3"})[self.reading]
        return f"{self.name(unknown)}-{'abc'[self.reading]}"

    def _turn(self, unknown: Unknown, member: str) -> int:
        """Which of the three values: two schedules that are not known never start together by what is filled in."""
        if member != "ScheduleExpression":
            return self.reading
        return (self.reading + self.order.setdefault(unknown.expression, len(self.order))) % READINGS

    def _named(self, value: Any, unknown: Unknown) -> Any:
        """What is filled in with its names, in the own partition."""
        if isinstance(value, str):
            named = value.replace("{}", self.name(unknown)) if "{}" in value else value
            return f"arn:{self.partition}:{named.removeprefix('arn:aws:')}" if named.startswith("arn:aws:") else named
        if isinstance(value, Mapping):
            return {key: self._named(item, unknown) for key, item in value.items()}
        return [self._named(item, unknown) for item in value] if isinstance(value, tuple) else value
