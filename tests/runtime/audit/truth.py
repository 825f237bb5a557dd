"""States of AWS Backup by chance, and what Audit Manager's frameworks and our controls say of them."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from backstay_agent.audit import linked, shard
from backstay_agent.audit.evaluate import evaluate
from backstay_agent.controls import parameters, registry
from backstay_agent.controls.facts import Facts, Member, Place
from backstay_aws import catalog

REGION, BUCKET = "eu-central-1", "reports"
ROLE = "arn:aws:iam::{account}:role/service-role/AWSBackupDefaultServiceRole"
FAR = "arn:aws:backup:eu-west-1:{account}:backup-vault:far"
FOREIGN = f"arn:aws:backup:{REGION}:100000000002:backup-vault:theirs"
THREE = ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "backup:PutBackupVaultAccessPolicy"]
NAMES = [control.name for control in catalog.controls()]
SCHEDULES = ("cron(0 5 ? * * *)", "cron(0 0/6 ? * * *)", "cron(0 5 ? * MON *)", "cron(0 5 1 * ? *)")


class World:
    """An account whose state moves on by chance; the same seed gives the same states."""

    def __init__(self, cloud: Any, account: str, seed: int) -> None:
        self.cloud, self.account, self.random = cloud, account, random.Random(seed)
        self.backup, self.tables = cloud.client("backup", account), cloud.client("dynamodb", account)
        self.vaults: list[str] = []
        self.plans: list[str] = []
        self.resources: list[str] = []
        self.count = 0
        self._vault("vault-first")
        cloud.client("backup", account, "eu-west-1").create_backup_vault(BackupVaultName="far")
        cloud.client("backup", "100000000002").create_backup_vault(BackupVaultName="theirs")

    def move(self) -> None:
        """A few changes, of any kind."""
        often = (self._table, self._plan, self._back_up)
        moves = (*often, *often, self._lock, self._policy, self._unselect, self._pass, self._new_vault)
        for _ in range(self.random.randint(2, 5)):
            self.random.choice(moves)()

    def _name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}-{self.count}"

    def _vault(self, name: str) -> None:
        self.backup.create_backup_vault(BackupVaultName=name)
        self.vaults.append(name)

    def _new_vault(self) -> None:
        self._vault(self._name("vault"))

    def _table(self) -> None:
        name = self._name("table")
        tags = (
            {"backup": self.random.choice(("gold", "silver", "none"))} if self.random.random() < 0.9 else {"other": "x"}
        )
        made = self.tables.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )
        self.resources.append(made["TableDescription"]["TableArn"])

    def _plan(self) -> None:
        choice = self.random.choice
        rules = [
            {
                "RuleName": f"rule-{number}",
                "TargetBackupVaultName": choice(self.vaults),
                "ScheduleExpression": choice(SCHEDULES),
                "Lifecycle": choice(({"DeleteAfterDays": 34}, {"DeleteAfterDays": 35}, {"DeleteAfterDays": 90}, {})),
                "CopyActions": [
                    {"DestinationBackupVaultArn": arn.format(account=self.account)}
                    for arn in self.random.sample((FAR, FOREIGN), self.random.randint(0, 2))
                ],
            }
            for number in range(self.random.randint(1, 2))
        ]
        plan = self.backup.create_backup_plan(BackupPlan={"BackupPlanName": self._name("plan"), "Rules": rules})
        self.plans.append(plan["BackupPlanId"])
        selection: dict[str, Any] = {"SelectionName": "chosen", "IamRoleArn": ROLE.format(account=self.account)}
        if self.resources and self.random.random() < 0.4:
            selection["Resources"] = [choice(self.resources)]
        else:
            tag = {
                "ConditionType": "STRINGEQUALS",
                "ConditionKey": "backup",
                "ConditionValue": choice(("gold", "silver")),
            }
            selection["ListOfTags"] = [tag]
        self.backup.create_backup_selection(BackupPlanId=plan["BackupPlanId"], BackupSelection=selection)

    def _unselect(self) -> None:
        if self.plans:
            plan = self.plans.pop(self.random.randrange(len(self.plans)))
            for one in self.backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]:
                self.backup.delete_backup_selection(BackupPlanId=plan, SelectionId=one["SelectionId"])
            self.backup.delete_backup_plan(BackupPlanId=plan)

    def _lock(self) -> None:
        bounds = self.random.choice(({"MinRetentionDays": 7}, {"MinRetentionDays": 1, "MaxRetentionDays": 90}, {}))
        self.backup.put_backup_vault_lock_configuration(BackupVaultName=self.random.choice(self.vaults), **bounds)

    def _policy(self) -> None:
        actions = self.random.choice((THREE, THREE[:2], ["backup:*"], ["backup:DeleteRecoveryPoint"]))
        own = {"AWS": f"arn:aws:iam::{self.account}:root"}
        effect = self.random.choice(("Deny", "Deny", "Allow"))
        statement = {
            "Effect": effect,
            "Principal": own if effect == "Allow" else self.random.choice(("*", {"AWS": "*"}, own)),
            "Action": actions,
            "Resource": "*",
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        vault = self.random.choice(self.vaults)
        try:
            self.backup.put_backup_vault_access_policy(BackupVaultName=vault, Policy=policy)
        except ClientError as error:  # AWS does not take it, or the policy that stands denies it
            if error.response["Error"]["Code"] not in ("AccessDeniedException", "InvalidParameterValueException"):
                raise

    def _back_up(self) -> None:
        if self.resources:
            self.backup.start_backup_job(
                BackupVaultName=self.random.choice(self.vaults),
                ResourceArn=self.random.choice(self.resources),
                IamRoleArn=ROLE.format(account=self.account),
                Lifecycle={"DeleteAfterDays": self.random.choice((34, 35, 36))},
            )
            self.cloud.local.advance(timedelta(minutes=30))

    def _pass(self) -> None:
        self.cloud.local.advance(timedelta(hours=self.random.choice((1, 23, 25, 48))))


class Framework:
    """All eleven controls of Audit Manager, and what a report says of them."""

    def __init__(self, world: World) -> None:
        self.world, backup = world, world.backup
        controls = [{"ControlName": name} for name in NAMES]
        arn = backup.create_framework(FrameworkName="every", FrameworkControls=controls)["FrameworkArn"]
        self.s3 = world.cloud.client("s3", world.account)
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        role = "role/aws-service-role/reports.backup.amazonaws.com/AWSServiceRoleForBackupReports"
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{world.account}:{role}"},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{BUCKET}/*",
            "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
        }
        self.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        backup.create_report_plan(
            ReportPlanName="report",
            ReportDeliveryChannel={"S3BucketName": BUCKET},
            ReportSetting={"ReportTemplate": "RESOURCE_COMPLIANCE_REPORT", "FrameworkArns": [arn]},
        )

    def says(self) -> dict[tuple[str, str], str]:
        """Control and the last part of the resource's name → status, out of a report made now."""
        self.world.backup.update_framework(
            FrameworkName="every", FrameworkControls=[{"ControlName": one} for one in NAMES]
        )
        job = self.world.backup.start_report_job(ReportPlanName="report")["ReportJobId"]
        self.world.cloud.local.advance(timedelta(minutes=1))
        found = self.world.backup.describe_report_job(ReportJobId=job)["ReportJob"]
        key = next(one for one in found["ReportDestination"]["S3Keys"] if one.endswith(".csv"))
        text = self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
        return {
            (row["controlName"], tail(row["resourceId"])): row["resourceComplianceStatus"]
            for row in csv.DictReader(io.StringIO(text))
        }


def tail(name: str) -> str:
    """The last part of an id or ARN."""
    return name.replace(":", "/").rpartition("/")[2]


def ours(world: World, aws: Any, build: Any) -> dict[tuple[str, str], str]:
    """What our controls say of the same state."""
    place = shard.read_shard(build, aws, world.account, REGION)
    assert isinstance(place, Place), place
    facts = Facts("o-acme0001", aws.now, aws.now, (REGION,), (Member(world.account, "x", "", governed=True),), (place,))
    chosen = [control for control in registry.controls() if control.name in NAMES]
    report = evaluate(linked.linked(facts), chosen, parameters.read(NAMES, ()))
    return {(one.control, tail(one.resource)): one.status for one in report.findings}


def differences(theirs: Mapping[tuple[str, str], str], mine: Mapping[tuple[str, str], str]) -> list[str]:
    """Where the two do not agree, though both speak: INSUFFICIENT_DATA and UNKNOWN say nothing."""
    words = {"COMPLIANT", "NON_COMPLIANT"}
    return sorted(
        f"{control} of {name}: {theirs[control, name]}, ours {mine[control, name]}"
        for control, name in theirs.keys() & mine.keys()
        if {theirs[control, name], mine[control, name]} == words
    )


def spoken(theirs: Mapping[tuple[str, str], str], mine: Mapping[tuple[str, str], str]) -> Counter[tuple[str, str]]:
    """How often both said the same of something, by control and status."""
    return Counter((key[0], status) for key, status in theirs.items() if mine.get(key) == status)
