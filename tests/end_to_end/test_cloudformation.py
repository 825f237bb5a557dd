"""Two ways to the same state: the agent applies a build, and plain boto3 deploys the templates of it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from backstay_local.app import LocalAws

REFERENCE = Path(__file__).parents[2] / "policies" / "reference"
SETUP = """
roles:
  - {name: backstay-agent, accounts: all, trust: "MANAGEMENT"}
  - {name: AWSBackupDefaultServiceRole, path: /service-role/, accounts: all, trust: backup.amazonaws.com}
keys:
  - {alias: alias/startup-backup, accounts: all, regions: [eu-west-1]}
  - {alias: alias/acme-backup, accounts: all, regions: [eu-west-1, eu-central-1]}
topics:
  - {name: acme-backup-alarms, accounts: all, regions: [eu-west-1, eu-central-1]}
"""
MANAGED_ORG = """
id: o-acme0001
management_account: "100000000001"
backup_account: "100000000002"
regions: [eu-central-1, eu-west-1]
root:
  accounts:
    - {id: "100000000001", name: management}
    - {id: "100000000002", name: backup-central}
  units:
    - name: Prod
      accounts:
        - {id: "100000000010", name: shop}
        - {id: "100000000011", name: bank, regions: [eu-central-1]}
"""
MANAGED = """
from backstay import (
    Access, AirGappedVault, Control, Framework, Key, LegalHold, Lock, Notify, Plan, Policy, Report, RestoreSelect,
    RestoreTest, Role, Rule, Select, Tiering, Vault, daily, days, hours, ou, tag, weekly, years,
)

key = Key("alias/backstay-managed", manage=True)
role = Role("backup/BackstayBackups", manage=True)
main = Vault(
    "main",
    key=key,
    lock=Lock.compliance(min=days(7), max=years(2), grace=days(14), acknowledged="change 7"),
    access=Access.allow_copies_from(organization=True),
    notify=Notify("acme-backup-alarms", on=["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED"]),
    tags={"cost ${center}": "42 ${not a variable}"},
)
bounded = Vault("bounded", lock=Lock.governance(max=days(400)))
bunker = AirGappedVault(
    "bunker", key=key, min=days(7), max=days(99), tags={"a": "1"},
    access=Access.allow_copies_from(organization=True), notify=Notify("acme-backup-alarms", on=["COPY_JOB_FAILED"]),
)
gold = Plan(
    "gold",
    role=role,
    rules=[
        Rule("daily", at=daily("03:00", tz="Europe/Berlin"), into=main, keep=days(35), start_within=hours(2)),
        Rule("monthly", at=daily("07:00"), into=bounded, keep=days(365), cold_after=days(90), tags={"made": "so"}),
        Rule("isolated", at=weekly("sun", "03:00"), into=main, into_air_gapped=bunker, keep=days(60)),
    ],
    select=[Select("tier", where=(tag("backup") == "gold") & ~tag("env").like("tmp*"))],
    vss=True,
    tags={"team": "platform"},
)
audit = Framework(
    "acme", description="what ${audit} asks for", tags={"f": "1"},
    controls=[
        Control.last_recovery_point(within=hours(24), types=["RDS"]),
        Control.recovery_points_encrypted(on=tag("env") == "prod"),
        Control.in_backup_plan(),
    ],
)
everything = Policy(
    "everything", attach=ou("Prod"), plans=[gold], vaults=[main, bounded, bunker],
    frameworks=[audit],
    reports=[
        Report("controls", template="CONTROL_COMPLIANCE_REPORT", bucket="acme-reports", prefix="p", frameworks=[audit],
               description="d", tags={"r": "1"}),
        Report("jobs", template="BACKUP_JOB_REPORT", bucket="acme-reports", formats=["CSV", "JSON"]),
    ],
    restore_tests=[
        RestoreTest(
            "sunday", at=weekly("sun", "06:00", tz="Europe/Berlin"), vaults=[main], types=["RDS"],
            select=[
                RestoreSelect("prod", "EBS", where=(tag("env") == "prod") & (tag("x") != "y"),
                              overrides={"iops": "100"}, validate_within=hours(3)),
                RestoreSelect("one", "S3", resources=["arn:aws:s3:::acme"]),
            ],
            latest=True, look_back=days(60), points=["SNAPSHOT", "CONTINUOUS"], start_within=hours(8),
            exclude_vaults=["odd"], role=role, tags={"t": "1"},
        ),
    ],
    legal_holds=[
        LegalHold("case", "suit 7", vaults=[main], since="2026-01-01", until="2026-02-01", tags={"h": "1"}),
        LegalHold("arn", "suit 8", resources=["arn:aws:s3:::acme"]),
    ],
    tiering=[Tiering("cheap", vault=main, after=days(60), resources=["arn:aws:s3:::acme"], tags={"c": "1"})],
)
"""
NAMES = ["startup", "midsize", "managed"]


@pytest.fixture
def built(shell: Any, request: pytest.FixtureRequest) -> Any:
    """A shell beside policies and the build of them with the CloudFormation target."""
    policies = shell.folder / "policies"
    if request.param == "managed":
        policies.mkdir()
        (policies / "policy.py").write_text(MANAGED)
        (policies / "org.yaml").write_text(MANAGED_ORG)
    else:
        shutil.copytree(REFERENCE / request.param, policies)
    done = shell("compile", "-o", "build", "--target", "accounts", "--target", "cloudformation", "--now", "2026-11-24")
    assert done.returncode == 0, done.stderr
    return shell


def _seeded(shell: Any) -> LocalAws:
    org = (shell.folder / "policies" / "org.yaml").read_text()
    aws = LocalAws()
    setup = SETUP.replace("MANAGEMENT", yaml.safe_load(org)["management_account"])
    aws.seed_texts([("org.yaml", org), ("setup.yaml", setup)])
    return aws


def _apply(shell: Any, aws: LocalAws) -> None:
    """`backstay apply`, with every irreversible action approved that it asks for."""
    with aws.serve() as url:
        environment = {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": aws.access_key,
            "AWS_SECRET_ACCESS_KEY": aws.secret_key,
            "AWS_DEFAULT_REGION": "eu-central-1",
        }
        done = shell("apply", "build", "--yes", **environment)
        asked = re.findall(r"--approve (\S+)", done.stdout + done.stderr)
        if asked:
            words = [word for one in dict.fromkeys(asked) for word in ("--approve", one)]
            done = shell("apply", "build", "--yes", *words, **environment)
        assert done.returncode == 0, done.stdout + done.stderr


def _deploy(shell: Any, aws: LocalAws) -> None:
    """Every stack that the manifest names, in its order, with values for its parameters."""
    folder = shell.folder / "build" / "cloudformation"
    manifest = json.loads((folder / "stacksets.json").read_text())
    for one in sorted(manifest["stack_sets"], key=lambda one: one["order"]):
        text = (folder / one["template"]).read_text()
        assert len(text.encode()) == one["size"]
        for account in one["accounts"]:
            client = aws.client("cloudformation", account, one["region"])
            values = [
                {"ParameterKey": asked["name"], "ParameterValue": _key(aws, asked["stands_for"], account)}
                for asked in one["parameters"]
            ]
            client.create_stack(
                StackName=one["name"], TemplateBody=text, Parameters=values, Capabilities=one["capabilities"]
            )
            stack = client.describe_stacks(StackName=one["name"])["Stacks"][0]
            assert stack["StackStatus"] == "CREATE_COMPLETE", stack.get("StackStatusReason")


def _key(aws: LocalAws, alias: str, account: str) -> str:
    """The ARN of the key behind an alias, which a parameter asks for."""
    arn = alias.replace("$account", account)
    _, _, _, region, owner, name = arn.split(":", 5)
    found: str = aws.client("kms", owner, region).describe_key(KeyId=name)["KeyMetadata"]["Arn"]
    return found


def _state(aws: LocalAws, account: str, region: str) -> dict[str, Any]:
    """All that AWS Backup holds in a place, without ids, times and the agent's tags; keys by their aliases."""
    backup, kms = aws.client("backup", account, region), aws.client("kms", account, region)
    aliases = {row.get("TargetKeyId"): row["AliasName"] for row in kms.list_aliases()["Aliases"]}
    return {
        "vaults": [_vault(backup, aliases, row) for row in backup.list_backup_vaults()["BackupVaultList"]],
        "plans": sorted((_plan(backup, row) for row in backup.list_backup_plans()["BackupPlansList"]), key=repr),
        "roles": _roles(aws, account),
        "keys": sorted((_managed(kms, row) for row in kms.list_aliases()["Aliases"] if _is_ours(row)), key=repr),
        **_around(backup),
    }


def _is_ours(row: Mapping[str, Any]) -> bool:
    return "TargetKeyId" in row and not row["AliasName"].startswith("alias/aws/")


def _managed(kms: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    key = row["TargetKeyId"]
    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    tags = {one["TagKey"]: one["TagValue"] for one in kms.list_resource_tags(KeyId=key)["Tags"]}
    return {
        "alias": row["AliasName"],
        "description": kms.describe_key(KeyId=key)["KeyMetadata"]["Description"],
        "policy": sorted((_listed(statement) for statement in policy["Statement"]), key=repr),
        "tags": _others(tags),
    }


_OF_ONE = ("Arn", "CreationTime", "CreationDate", "IdempotencyToken", "CreatorRequestId", "LegalHoldId", "Last")
"""What differs between any two of a kind: parts of the names of such members."""


def _around(backup: Any) -> dict[str, Any]:
    """Frameworks, reports, restore tests, holds and tiering, each as AWS describes it."""
    tests = [row["RestoreTestingPlanName"] for row in backup.list_restore_testing_plans()["RestoreTestingPlans"]]
    return {
        "frameworks": [
            (
                _plainly(backup.describe_framework(FrameworkName=row["FrameworkName"])),
                _tags(backup, row["FrameworkArn"]),
            )
            for row in backup.list_frameworks()["Frameworks"]
        ],
        "reports": [
            (_plainly(_by_name(row)), _tags(backup, row["ReportPlanArn"]))
            for row in backup.list_report_plans()["ReportPlans"]
        ],
        "tests": [_test(backup, name) for name in sorted(tests)],
        "holds": sorted(
            (
                (_plainly(backup.get_legal_hold(LegalHoldId=row["LegalHoldId"])), _tags(backup, row["LegalHoldArn"]))
                for row in backup.list_legal_holds()["LegalHolds"]
            ),
            key=repr,
        ),
        "tiering": [
            (
                _plainly(
                    backup.get_tiering_configuration(TieringConfigurationName=row["TieringConfigurationName"])[
                        "TieringConfiguration"
                    ]
                ),
                _tags(backup, row["TieringConfigurationArn"]),
            )
            for row in backup.list_tiering_configurations()["TieringConfigurations"]
        ],
    }


def _framework(backup: Any, row: Mapping[str, Any]) -> tuple[Any, Any]:
    answer = backup.describe_framework(FrameworkName=row["FrameworkName"])
    return _plainly(answer), _tags(backup, row["FrameworkArn"])


def _by_name(report: Mapping[str, Any]) -> dict[str, Any]:
    """A report plan with the names of frameworks in place of ARNs that differ."""
    setting = dict(report["ReportSetting"])
    named = [re.sub(r"-[0-9a-f]{8}-.*", "", arn.rpartition("framework")[2]) for arn in setting.pop("FrameworkArns", [])]
    return {**report, "ReportSetting": {**setting, "Named": named}}


def _test(backup: Any, name: str) -> dict[str, Any]:
    plan = backup.get_restore_testing_plan(RestoreTestingPlanName=name)["RestoreTestingPlan"]
    listed = backup.list_restore_testing_selections(RestoreTestingPlanName=name)["RestoreTestingSelections"]
    selections = [
        backup.get_restore_testing_selection(
            RestoreTestingPlanName=name, RestoreTestingSelectionName=row["RestoreTestingSelectionName"]
        )["RestoreTestingSelection"]
        for row in listed
    ]
    said = sorted(({**_plainly(one), "role": one["IamRoleArn"]} for one in selections), key=repr)
    return {"plan": _plainly(plan), "selections": said, "tags": _tags(backup, plan["RestoreTestingPlanArn"])}


def _plainly(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer without what is only this one's, what is empty left out, every list in order."""
    kept = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    return {
        name: _ordered(value)
        for name, value in kept.items()
        if value not in (None, [], {}, "") and not any(part in name for part in _OF_ONE)
    }


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _ordered(item) for name, item in value.items() if item not in (None, [], {})}
    return sorted((_ordered(item) for item in value), key=repr) if isinstance(value, list) else value


def _vault(backup: Any, aliases: Mapping[str, str], row: Mapping[str, Any]) -> dict[str, Any]:
    name = row["BackupVaultName"]
    facts: dict[str, Any] = {
        "name": name,
        "key": aliases[row["EncryptionKeyArn"].rpartition("/")[2]],
        "kind": row["VaultType"],
        "tags": _tags(backup, row["BackupVaultArn"]),
        "final": "LockDate" in row,
        "locked": row["Locked"],
        # CloudFormation demands a smallest retention: one day says what none says.
        "least": row.get("MinRetentionDays", 1) if row["Locked"] else None,
        "most": row.get("MaxRetentionDays"),
        "policy": None,
        "told": None,
    }
    try:
        text = backup.get_backup_vault_access_policy(BackupVaultName=name)["Policy"]
        facts["policy"] = [_listed(statement) for statement in json.loads(text)["Statement"]]
    except backup.exceptions.ResourceNotFoundException:
        facts["policy"] = None
    try:
        told = backup.get_backup_vault_notifications(BackupVaultName=name)
        facts["told"] = (told["SNSTopicArn"], sorted(told["BackupVaultEvents"]))
    except backup.exceptions.ResourceNotFoundException:
        facts["told"] = None
    return facts


def _listed(value: Any) -> Any:
    """A policy's statement with every text a list of one, and every list in order: what it means, not how it is put."""
    if value in ({"AWS": "*"}, {"AWS": ["*"]}):
        return ["*"]  # every principal, whichever way it is said
    if isinstance(value, Mapping):
        return {key: _listed(item) for key, item in value.items()}
    return sorted(value) if isinstance(value, list) else [value]


def _plan(backup: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    own = row["BackupPlanId"]
    body = backup.get_backup_plan(BackupPlanId=own)["BackupPlan"]
    rules = [
        {key: value for key, value in rule.items() if key != "RuleId"}
        | {"CopyActions": sorted(rule.get("CopyActions", []), key=repr)}
        for rule in sorted(body.pop("Rules"), key=lambda rule: rule["RuleName"])
    ]
    listed = backup.list_backup_selections(BackupPlanId=own)["BackupSelectionsList"]
    bodies = [
        backup.get_backup_selection(BackupPlanId=own, SelectionId=one["SelectionId"])["BackupSelection"]
        for one in listed
    ]
    said = sorted(({key: value for key, value in one.items() if value} for one in bodies), key=repr)
    return {**body, "rules": rules, "selections": said, "tags": _tags(backup, row["BackupPlanArn"])}


def _tags(backup: Any, arn: str) -> dict[str, str]:
    return _others(backup.list_tags(ResourceArn=arn)["Tags"])


def _others(tags: Mapping[str, str]) -> dict[str, str]:
    """Tags without those by which the agent knows its own."""
    return {key: value for key, value in tags.items() if not key.startswith("backstay:")}


def _roles(aws: LocalAws, account: str) -> list[Any]:
    iam = aws.client("iam", account)
    found = []
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        arns = sorted(one["PolicyArn"] for one in attached)
        written = {
            policy: _listed(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        }
        trust = [_listed(statement) for statement in role["AssumeRolePolicyDocument"]["Statement"]]
        found.append((role["Path"], name, role["Description"] if arns else "", trust, arns, written))
    return sorted(found, key=repr)


@pytest.mark.parametrize("built", NAMES, indirect=True)
def test_templates_make_what_the_agent_makes(built: Any) -> None:
    """Everything that a policy can have made, down to keys and roles, is the same in every place."""
    with _seeded(built) as applied, _seeded(built) as deployed:
        _apply(built, applied)
        _deploy(built, deployed)
        for cloud in (applied, deployed):
            cloud.advance(timedelta(hours=1))  # until what takes effect later, such as a legal hold, has done so
        index = json.loads((built.folder / "build" / "index.json").read_text())
        places = [(account, region) for account, known in index["accounts"].items() for region in known["regions"]]
        for account, region in places:
            state = _state(applied, account, region)
            assert state == _state(deployed, account, region), (account, region)
        assert any(_state(deployed, *place)["plans"] for place in places)
