"""Two ways to the same state: the agent applies a build, and plain boto3 deploys the templates of it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
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
    Access, Key, Lock, Notify, Plan, Policy, Role, Rule, Select, Vault, daily, days, hours, ou, tag, years,
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
gold = Plan(
    "gold",
    role=role,
    rules=[
        Rule("daily", at=daily("03:00", tz="Europe/Berlin"), into=main, keep=days(35), start_within=hours(2)),
        Rule("monthly", at=daily("07:00"), into=bounded, keep=days(365), cold_after=days(90), tags={"made": "so"}),
    ],
    select=[Select("tier", where=(tag("backup") == "gold") & ~tag("env").like("tmp*"))],
    vss=True,
    tags={"team": "platform"},
)
everything = Policy("everything", attach=ou("Prod"), plans=[gold], vaults=[main, bounded])
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


def _prepare(shell: Any, aws: LocalAws) -> None:
    """The keys and roles that the build wants, which the agent leaves to others, made by hand."""
    build = shell.folder / "build"
    index = json.loads((build / "index.json").read_text())
    for account, known in index["accounts"].items():
        for region, name in known["regions"].items():
            text = (build / "shapes" / f"{name}.json").read_text().replace("$account", account)
            shape = json.loads(text)
            for key in shape.get("keys", []):
                _make_key(aws.client("kms", account, region), key)
            for role in shape.get("roles", []):
                _make_role(aws.client("iam", account, region), role)


def _make_key(kms: Any, key: Mapping[str, Any]) -> None:
    made = kms.create_key(Description=key["Description"], Policy=json.dumps(key["Policy"]))
    kms.create_alias(AliasName=key["AliasName"], TargetKeyId=made["KeyMetadata"]["KeyId"])


def _make_role(iam: Any, role: Mapping[str, Any]) -> None:
    trust = json.dumps(role["AssumeRolePolicyDocument"])
    iam.create_role(RoleName=role["RoleName"], Path=role["Path"], AssumeRolePolicyDocument=trust)
    for arn in role["ManagedPolicyArns"]:
        iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn=arn)


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
        "keys": sorted(alias for alias in aliases.values() if not alias.startswith("alias/aws/")),
    }


def _vault(backup: Any, aliases: Mapping[str, str], row: Mapping[str, Any]) -> dict[str, Any]:
    name = row["BackupVaultName"]
    facts: dict[str, Any] = {
        "name": name,
        "key": aliases[row["EncryptionKeyArn"].rpartition("/")[2]],
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
    tags = backup.list_tags(ResourceArn=arn)["Tags"]
    return {key: value for key, value in tags.items() if not key.startswith("backstay:")}


def _roles(aws: LocalAws, account: str) -> list[Any]:
    iam = aws.client("iam", account)
    found = []
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        arns = sorted(one["PolicyArn"] for one in attached)
        found.append((role["Path"], name, role["AssumeRolePolicyDocument"], arns))
    return sorted(found, key=repr)


@pytest.mark.parametrize("built", NAMES, indirect=True)
def test_templates_make_what_the_agent_makes(built: Any) -> None:
    """Vaults, locks, access, notifications, plans, selections, keys and roles are the same in every place."""
    with _seeded(built) as applied, _seeded(built) as deployed:
        _prepare(built, applied)
        _apply(built, applied)
        _deploy(built, deployed)
        index = json.loads((built.folder / "build" / "index.json").read_text())
        places = [(account, region) for account, known in index["accounts"].items() for region in known["regions"]]
        for account, region in places:
            state = _state(applied, account, region)
            assert state == _state(deployed, account, region), (account, region)
        assert any(_state(deployed, *place)["plans"] for place in places)
