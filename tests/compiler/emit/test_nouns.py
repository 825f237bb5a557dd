"""Every noun in the build: AWS's own request bodies, files of their own, and a place for each value."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from backstay_contract import schema
from backstay_contract.build import RARE_NOUNS, Provenance, Shape

Emitted = Callable[..., dict[str, bytes]]

POLICY = '''"""Everything that a policy can bring."""

from backstay import (
    Access, AirGappedVault, Control, Copy, Defaults, Framework, Key, LegalHold, Notify, Plan, Policy, Report,
    RestoreSelect, RestoreTest, Role, Rule, Scan, Select, Settings, Tiering, Vault, account, daily, days, hours, ou,
    param, root, tag, weekly,
)

backup = Role("backup/Acme", manage=True)
primary = Vault("primary", key=Key("alias/k", manage=True), moved="old")
bunker = AirGappedVault(
    "bunker", min=days(7), max=days(99), tags={"a": "1"},
    access=Access.allow_copies_from(organization=True), notify=Notify("t", on=["COPY_JOB_FAILED"]),
)
gold = Plan(
    "gold",
    rules=[
        Rule("daily", at=daily("03:00"), keep=param("keep", days(35)), index=["EBS"], scan="FULL_SCAN",
             moved="nightly"),
        Rule("weekly", into_air_gapped=bunker, keep=days(60), copies=[Copy(to=bunker)]),
    ],
    select=[Select("gold", where=tag("backup") == "gold")],
    role=backup, vss=True, s3_acls=False, s3_tags=True, scan=Scan(types=["EBS"], role="Scanner"), moved="silver",
    defaults=Defaults(into=primary, start_within=hours(2)),
)
base = Policy(
    "base", attach=ou("Work"), plans=[gold], vaults=[primary, bunker], regions=["eu-central-1"],
    frameworks=[
        Framework(
            "acme", description="ours", tags={"f": "1"},
            controls=[
                Control.last_recovery_point(within=hours(24), types=["RDS"]),
                Control.recovery_points_encrypted(on=tag("env") == "prod"),
                Control.vault_lock(types=["EBS"], resource="vol-1"),
                Control.in_backup_plan(),
            ],
        ),
    ],
    reports=[
        Report(
            "jobs", template="RESOURCE_COMPLIANCE_REPORT", bucket="acme-reports", prefix="p", formats=["CSV", "JSON"],
            frameworks=["acme"], accounts=["one"], units=["Work"], regions=["eu-central-1"], description="d",
            tags={"r": "1"},
        ),
        Report("short", template="BACKUP_JOB_REPORT", bucket="acme-reports"),
    ],
    restore_tests=[
        RestoreTest(
            "sunday", at=weekly("sun", "06:00", tz="Europe/Berlin"), vaults=[primary, bunker], types=["RDS"],
            select=[
                RestoreSelect(
                    "prod", "EBS", where=(tag("env") == "prod") & (tag("x") != "y"), overrides={"iops": "100"},
                    validate_within=hours(3), role="Other",
                ),
                RestoreSelect("one", "S3", resources=["arn:aws:s3:::acme"]),
            ],
            latest=True, look_back=days(60), points=["SNAPSHOT", "CONTINUOUS"], start_within=hours(8),
            exclude_vaults=["odd"], role=backup, tags={"t": "1"},
        ),
    ],
    legal_holds=[
        LegalHold("case", "suit 7", vaults=[primary], since="2026-01-01", until="2026-02-01", tags={"h": "1"}),
        LegalHold("arn", "suit 8", resources=["arn:aws:s3:::acme"]),
    ],
    tiering=[Tiering("cheap", vault=primary, after=days(60), resources=["arn:aws:s3:::acme"], tags={"c": "1"})],
    settings=Settings(full_management={"DynamoDB": True}, opt_in={"RDS": True}, multi_party_approval=True),
)
own = Policy("own", attach=account("two"), params={"keep": days(40)}, regions=["eu-central-1"])
'''


@pytest.fixture
def everything(acme: Path) -> Path:
    """A folder whose policy has every noun."""
    (acme / "policies" / "acme.py").write_text(POLICY)
    return acme


def shapes(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """The shapes of a build by their digests."""
    named = {
        name.removeprefix("shapes/").removesuffix(".json"): body for name, body in files.items() if "shapes/" in name
    }
    return {digest: json.loads(body) for digest, body in named.items()}


def leaves(value: Any, at: str = "") -> list[str]:
    """The JSON pointers of all values of a document that hold no others."""
    items = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    if not items:
        return [at]
    return [
        one for key, inner in items for one in leaves(inner, f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}")
    ]


EXPECTED: dict[str, Any] = {
    "air_gapped_vaults": [
        {"BackupVaultName": "bunker", "MinRetentionDays": 7, "MaxRetentionDays": 99, "BackupVaultTags": {"a": "1"}}
    ],
    "vault_notifications": [
        {
            "BackupVaultName": "bunker",
            "SNSTopicArn": "arn:aws:sns:eu-central-1:$account:t",
            "BackupVaultEvents": ["COPY_JOB_FAILED"],
        }
    ],
    "frameworks": [
        {
            "FrameworkName": "acme",
            "FrameworkDescription": "ours",
            "FrameworkTags": {"f": "1"},
            "FrameworkControls": [
                {
                    "ControlName": "BACKUP_LAST_RECOVERY_POINT_CREATED",
                    "ControlInputParameters": [
                        {"ParameterName": "recoveryPointAgeUnit", "ParameterValue": "hours"},
                        {"ParameterName": "recoveryPointAgeValue", "ParameterValue": "24"},
                    ],
                    "ControlScope": {"ComplianceResourceTypes": ["RDS"]},
                },
                {
                    "ControlName": "BACKUP_RECOVERY_POINT_ENCRYPTED",
                    "ControlInputParameters": [],
                    "ControlScope": {"Tags": {"env": "prod"}},
                },
                {
                    "ControlName": "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK",
                    "ControlInputParameters": [],
                    "ControlScope": {"ComplianceResourceIds": ["vol-1"], "ComplianceResourceTypes": ["EBS"]},
                },
                {"ControlName": "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN", "ControlInputParameters": []},
            ],
        }
    ],
    "report_plans": [
        {
            "ReportPlanName": "jobs",
            "ReportPlanDescription": "d",
            "ReportDeliveryChannel": {"S3BucketName": "acme-reports", "S3KeyPrefix": "p", "Formats": ["CSV", "JSON"]},
            "ReportSetting": {
                "ReportTemplate": "RESOURCE_COMPLIANCE_REPORT",
                "FrameworkNames": ["acme"],
                "Accounts": ["100000000010"],
                "OrganizationUnits": ["Work"],
                "Regions": ["eu-central-1"],
            },
            "ReportPlanTags": {"r": "1"},
        },
        {
            "ReportPlanName": "short",
            "ReportDeliveryChannel": {"S3BucketName": "acme-reports", "Formats": ["CSV"]},
            "ReportSetting": {"ReportTemplate": "BACKUP_JOB_REPORT"},
            "ReportPlanTags": {},
        },
    ],
    "restore_testing_plans": [
        {
            "RestoreTestingPlan": {
                "RestoreTestingPlanName": "sunday",
                "ScheduleExpression": "cron(0 6 ? * SUN *)",
                "ScheduleExpressionTimezone": "Europe/Berlin",
                "StartWindowHours": 8,
                "RecoveryPointSelection": {
                    "Algorithm": "LATEST_WITHIN_WINDOW",
                    "IncludeVaults": [
                        "arn:aws:backup:eu-central-1:$account:backup-vault:primary",
                        "arn:aws:backup:eu-central-1:$account:backup-vault:bunker",
                    ],
                    "ExcludeVaults": ["arn:aws:backup:eu-central-1:$account:backup-vault:odd"],
                    "RecoveryPointTypes": ["SNAPSHOT", "CONTINUOUS"],
                    "SelectionWindowDays": 60,
                },
            },
            "Tags": {"t": "1"},
        }
    ],
    "restore_testing_selections": [
        {
            "RestoreTestingPlanName": "sunday",
            "RestoreTestingSelection": {
                "RestoreTestingSelectionName": name,
                "IamRoleArn": f"arn:aws:iam::$account:role/{role}",
                "ValidationWindowHours": 0,
                "RestoreMetadataOverrides": {},
                "ProtectedResourceArns": ["*"],
                **more,
            },
        }
        for name, role, more in (
            (
                "prod",
                "Other",
                {
                    "ProtectedResourceType": "EBS",
                    "ValidationWindowHours": 3,
                    "RestoreMetadataOverrides": {"iops": "100"},
                    "ProtectedResourceConditions": {
                        "StringEquals": [{"Key": "aws:ResourceTag/env", "Value": "prod"}],
                        "StringNotEquals": [{"Key": "aws:ResourceTag/x", "Value": "y"}],
                    },
                },
            ),
            ("one", "backup/Acme", {"ProtectedResourceType": "S3", "ProtectedResourceArns": ["arn:aws:s3:::acme"]}),
            ("rds", "backup/Acme", {"ProtectedResourceType": "RDS"}),
        )
    ],
    "legal_holds": [
        {
            "Title": "arn",
            "Description": "suit 8",
            "RecoveryPointSelection": {"ResourceIdentifiers": ["arn:aws:s3:::acme"]},
            "Tags": {},
        },
        {
            "Title": "case",
            "Description": "suit 7",
            "RecoveryPointSelection": {
                "VaultNames": ["primary"],
                "DateRange": {"FromDate": "2026-01-01T00:00:00Z", "ToDate": "2026-02-01T00:00:00Z"},
            },
            "Tags": {"h": "1"},
        },
    ],
    "tiering_configurations": [
        {
            "TieringConfiguration": {
                "TieringConfigurationName": "cheap",
                "BackupVaultName": "primary",
                "ResourceSelection": [
                    {"ResourceType": "S3", "Resources": ["arn:aws:s3:::acme"], "TieringDownSettingsInDays": 60}
                ],
            },
            "TieringConfigurationTags": {"c": "1"},
        }
    ],
    "management_preferences": {"DynamoDB": True},
    "moved": [
        {"kind": "plan", "name": "gold", "before": "silver"},
        {"kind": "rule", "name": "daily", "before": "nightly", "plan": "gold"},
        {"kind": "vault", "name": "primary", "before": "old"},
    ],
}


@pytest.mark.parametrize("noun", EXPECTED)
def test_bodies(noun: str, everything: Path, emitted: Emitted) -> None:
    """Each noun is what its create operation takes."""
    for document in shapes(emitted(everything)).values():
        assert document[noun] == EXPECTED[noun]


def test_plans_have_their_rarer_members(everything: Path, emitted: Emitted) -> None:
    """Advanced and scan settings, indexes, scans, air-gapped targets; absent where nobody says them."""
    bodies = [document["plans"][0]["BackupPlan"] for document in shapes(emitted(everything)).values()]
    for body in bodies:
        first, second = body["Rules"]
        assert body["AdvancedBackupSettings"] == [
            {"ResourceType": "EC2", "BackupOptions": {"WindowsVSS": "enabled"}},
            {"ResourceType": "S3", "BackupOptions": {"BackupACLs": "disabled", "BackupObjectTags": "enabled"}},
        ]
        scanner = "arn:aws:iam::$account:role/Scanner"
        assert body["ScanSettings"] == [
            {"MalwareScanner": "GUARDDUTY", "ResourceTypes": ["EBS"], "ScannerRoleArn": scanner}
        ]
        assert first["IndexActions"] == [{"ResourceTypes": ["EBS"]}]
        assert first["ScanActions"] == [{"MalwareScanner": "GUARDDUTY", "ScanMode": "FULL_SCAN"}]
        bunker = "arn:aws:backup:eu-central-1:$account:backup-vault:bunker"
        assert second["TargetLogicallyAirGappedBackupVaultArn"] == bunker
        assert not {"IndexActions", "ScanActions"} & set(second)
        assert {rule["StartWindowMinutes"] for rule in body["Rules"]} == {120}
    assert sorted(body["Rules"][0]["Lifecycle"]["DeleteAfterDays"] for body in bodies) == [35, 40]


def test_keys_and_roles(everything: Path, emitted: Emitted) -> None:
    """Managed ones carry their policies, and what a person reads who comes across them."""
    for document in shapes(emitted(everything)).values():
        (key,), (role,) = document["keys"], document["roles"]
        assert (key["AliasName"], role["RoleName"], role["Path"]) == ("alias/k", "Acme", "/backup/")
        assert key["Policy"]["Statement"][0]["Sid"] == "AdministeredByTheAccount"
        assert "Backstay" in key["Description"]
        assert "Backstay" in role["Description"]
        assert role["ManagedPolicyArns"][-1].endswith("AWSBackupServiceRolePolicyForRestores")


def test_the_contract_takes_it_all(everything: Path, emitted: Emitted) -> None:
    """The committed schema and the contract's types accept every noun, and spell it as the compiler does."""
    files = emitted(everything)
    for document in shapes(files).values():
        jsonschema.validate(document, schema.load("build-shape"))
        assert Shape.model_validate(document).document() == document
        assert set(RARE_NOUNS) <= set(document)
    assert json.loads(files["index.json"])["global_settings"] == {"isMpaEnabled": "true"}


def test_each_noun_has_its_file(everything: Path, emitted: Emitted) -> None:
    """People find a noun's file beside the others, with the account's own id in it; without any there is none."""
    files = emitted(everything)
    here = {name.rpartition("/")[2]: body for name, body in files.items() if "/100000000010/eu-central-1/" in name}
    assert {f"{noun.replace('_', '-')}.json" for noun in EXPECTED} <= set(here)
    assert {"keys.json", "roles.json"} <= set(here)
    assert not any(b"$account" in body for body in here.values())
    assert b"arn:aws:iam::100000000010:root" in here["keys.json"]
    assert not any("/100000000002/" in name for name in files)


PLACES = {
    "/air_gapped_vaults/0/MaxRetentionDays": "days(99)",
    "/frameworks/0/FrameworkDescription": '"ours"',
    "/frameworks/0/FrameworkControls/1/ControlScope/Tags/env": 'tag("env") == "prod"',
    "/frameworks/0/FrameworkControls/2/ControlScope/ComplianceResourceIds/0": '"vol-1"',
    "/frameworks/0/FrameworkControls/3/ControlName": "Control.in_backup_plan()",
    "/report_plans/0/ReportDeliveryChannel/S3BucketName": '"acme-reports"',
    "/report_plans/0/ReportSetting/Accounts/0": '["one"]',
    "/restore_testing_plans/0/RestoreTestingPlan/ScheduleExpressionTimezone": '"Europe/Berlin"',
    "/restore_testing_plans/0/RestoreTestingPlan/RecoveryPointSelection/IncludeVaults/1": "[primary, bunker]",
    "/restore_testing_plans/0/RestoreTestingPlan/RecoveryPointSelection/SelectionWindowDays": "days(60)",
    "/restore_testing_selections/0/RestoreTestingSelection/ValidationWindowHours": "hours(3)",
    "/restore_testing_selections/1/RestoreTestingSelection/IamRoleArn": "backup",
    "/restore_testing_selections/2/RestoreTestingSelection/ProtectedResourceType": '["RDS"]',
    "/restore_testing_selections/2/RestoreTestingPlanName": '"sunday"',
    "/legal_holds/1/RecoveryPointSelection/DateRange/FromDate": '"2026-01-01"',
    "/tiering_configurations/0/TieringConfiguration/ResourceSelection/0/TieringDownSettingsInDays": "days(60)",
    "/keys/0/AliasName": '"alias/k"',
    "/roles/0/RoleName": '"backup/Acme"',
    "/management_preferences/DynamoDB": '{"DynamoDB": True}',
    "/moved/0/before": '"silver"',
    "/moved/1/before": '"nightly"',
    "/moved/2/before": '"old"',
    "/plans/0/BackupPlan/AdvancedBackupSettings/1/BackupOptions/BackupACLs": "False",
    "/plans/0/BackupPlan/ScanSettings/0/ScannerRoleArn": '"Scanner"',
    "/plans/0/BackupPlan/Rules/0/IndexActions/0/ResourceTypes/0": '["EBS"]',
    "/plans/0/BackupPlan/Rules/0/StartWindowMinutes": "hours(2)",
    "/plans/0/BackupPlan/Rules/1/TargetLogicallyAirGappedBackupVaultArn": "bunker",
    "/vault_notifications/0/BackupVaultEvents/0": '["COPY_JOB_FAILED"]',
}


def test_every_value_has_a_place(everything: Path, emitted: Emitted) -> None:
    """Each single value can be traced to the characters that say it; parameters to the value that was given."""
    files = emitted(everything)
    provenance = Provenance.model_validate_json(files["provenance.json"])
    lines = POLICY.splitlines()
    kept = set()
    for digest, document in shapes(files).items():
        places = provenance.shapes[digest]
        assert {at for at in leaves(document) if at.count("/") > 1} <= set(places)
        said = {}
        for pointer, number in places.items():
            origin = provenance.origins[number]
            if origin.line == origin.end_line:
                said[pointer] = lines[origin.line - 1][origin.column - 1 : origin.end_column - 1], origin.policy
        assert {at: said[at][0] for at in PLACES} == PLACES
        kept.add(said["/plans/0/BackupPlan/Rules/0/Lifecycle/DeleteAfterDays"])
    assert kept == {("days(35)", "base"), ("days(40)", "own")}
