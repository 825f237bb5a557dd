"""Modules read back: what Terraform would ask of AWS is what the build asks of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backstay.emit.terraform import module
from backstay_aws.terraform import complaints
from backstay_contract import build

Body = dict[str, Any]
TOKEN = re.compile(r"\$\$\{|%%\{|\$\{(?P<expression>[^}]*)\}", re.DOTALL)

LIFECYCLE = {
    "cold_storage_after": "MoveToColdStorageAfterDays",
    "delete_after": "DeleteAfterDays",
    "opt_in_to_archive_for_supported_resources": "OptInToArchiveForSupportedResources",
}
LOCK = {
    "min_retention_days": "MinRetentionDays",
    "max_retention_days": "MaxRetentionDays",
    "changeable_for_days": "ChangeableForDays",
}
CONDITIONS = {
    "string_equals": "StringEquals",
    "string_not_equals": "StringNotEquals",
    "string_like": "StringLike",
    "string_not_like": "StringNotLike",
}


class Terraform:
    """A module evaluated as Terraform would, with the placeholders of the build for what only an account knows."""

    def __init__(self, made: module.Module, region: str) -> None:
        self.main = made.main
        self.region = region
        self.variables = {one.name: one.stands_for for one in made.variables}

    def value(self, given: Any) -> Any:
        """An expression of Terraform's JSON syntax, evaluated; names of members are templates too."""
        if isinstance(given, str):
            return TOKEN.sub(self._token, given)
        if isinstance(given, dict):
            return {self.value(key): self.value(item) for key, item in given.items()}
        return [self.value(item) for item in given] if isinstance(given, list) else given

    def all(self, kind: str) -> list[Body]:
        """Every resource of a type, evaluated, without what is Terraform's own business."""
        found = self.main.get("resource", {}).get(kind, {})
        return [
            self.value({k: v for k, v in one.items() if k not in ("lifecycle", "depends_on")}) for one in found.values()
        ]

    def document(self, given: str) -> Any:
        """A document that stands in a local."""
        return json.loads(given)

    def _token(self, match: re.Match[str]) -> str:
        expression = match["expression"]
        return match[0][1:] if expression is None else self._lookup(expression)

    def _lookup(self, expression: str) -> str:
        if expression.startswith('"$'):
            return expression.strip('"')
        if expression.startswith("jsonencode(local."):
            return json.dumps(self.value(self.main["locals"][expression[17:-1]]))
        if expression.startswith("var."):
            return self.variables[expression[4:]]
        if expression == "data.aws_caller_identity.current.account_id":
            return "$account"
        if expression == "data.aws_partition.current.partition":
            assert "aws_partition" in self.main["data"]
            return "aws"
        address, attribute = expression.rsplit(".", 1)
        *data, kind, label = address.split(".")
        body = self.main["data" if data else "resource"][kind][label]
        return self._attribute(kind, label, attribute, body)

    def _attribute(self, kind: str, label: str, attribute: str, body: Body) -> str:
        if kind == "aws_kms_key":
            alias = self.main["resource"]["aws_kms_alias"][label]["name"]
            return f"arn:aws:kms:{self.region}:$account:{alias}"
        name: str = self.value(body["name"])
        arns = {
            "aws_backup_vault": f"arn:aws:backup:{self.region}:$account:backup-vault:{name}",
            "aws_backup_logically_air_gapped_vault": f"arn:aws:backup:{self.region}:$account:backup-vault:{name}",
            "aws_iam_role": f"arn:aws:iam::$account:role{body.get('path')}{name}",
            "aws_kms_alias": f"arn:aws:kms:{self.region}:$account:{name}",
        }
        return arns.get(kind, name) if attribute in ("arn", "target_key_arn") else name


def read_back(made: module.Module, region: str) -> build.Shape:
    """The shape that a module stands for."""
    tf = Terraform(made, region)
    document = {noun: [inverse(tf, body) for body in tf.all(kind)] for noun, kind, inverse in NOUNS}
    for found in tf.all("aws_backup_region_settings"):
        document["region_settings"] = found["resource_type_opt_in_preference"]
        document["management_preferences"] = found.get("resource_type_management_preference", {})
    return build.Shape.model_validate({"region": region, **document})


def renamed(body: Mapping[str, Any], names: Mapping[str, str]) -> Body:
    """Members under AWS's names, as far as they are there."""
    return {names[name]: value for name, value in body.items() if name in names}


def vault(tf: Terraform, body: Body) -> Body:
    """`CreateBackupVault`."""
    names = {"name": "BackupVaultName", "kms_key_arn": "EncryptionKeyArn", "tags": "BackupVaultTags"}
    return renamed(body, names)


def air_gapped(tf: Terraform, body: Body) -> Body:
    """`CreateLogicallyAirGappedBackupVault`."""
    names = {"name": "BackupVaultName", "encryption_key_arn": "EncryptionKeyArn", "tags": "BackupVaultTags"}
    return renamed(body, {**names, **LOCK})


def lock(tf: Terraform, body: Body) -> Body:
    """`PutBackupVaultLockConfiguration`."""
    return renamed(body, {"backup_vault_name": "BackupVaultName", **LOCK})


def access(tf: Terraform, body: Body) -> Body:
    """`PutBackupVaultAccessPolicy`."""
    return {"BackupVaultName": body["backup_vault_name"], "Policy": tf.document(body["policy"])}


def notifications(tf: Terraform, body: Body) -> Body:
    """`PutBackupVaultNotifications`."""
    names = {"sns_topic_arn": "SNSTopicArn", "backup_vault_events": "BackupVaultEvents"}
    return renamed(body, {"backup_vault_name": "BackupVaultName", **names})


def plan(tf: Terraform, body: Body) -> Body:
    """`CreateBackupPlan`."""
    settings = {"resource_type": "ResourceType", "backup_options": "BackupOptions"}
    scans = {
        "malware_scanner": "MalwareScanner",
        "resource_types": "ResourceTypes",
        "scanner_role_arn": "ScannerRoleArn",
    }
    inner: Body = {"BackupPlanName": body["name"], "Rules": [rule(one) for one in body["rule"]]}
    if "advanced_backup_setting" in body:
        inner["AdvancedBackupSettings"] = [renamed(one, settings) for one in body["advanced_backup_setting"]]
    if "scan_setting" in body:
        inner["ScanSettings"] = [renamed(one, scans) for one in body["scan_setting"]]
    return {"BackupPlan": inner, "BackupPlanTags": body.get("tags", {})}


def rule(body: Body) -> Body:
    """`BackupRuleInput`."""
    plain = {
        "rule_name": "RuleName",
        "target_vault_name": "TargetBackupVaultName",
        "schedule": "ScheduleExpression",
        "schedule_expression_timezone": "ScheduleExpressionTimezone",
        "start_window": "StartWindowMinutes",
        "completion_window": "CompletionWindowMinutes",
        "enable_continuous_backup": "EnableContinuousBackup",
        "recovery_point_tags": "RecoveryPointTags",
        "target_logically_air_gapped_backup_vault_arn": "TargetLogicallyAirGappedBackupVaultArn",
    }
    found = {**renamed(body, plain), **lifecycle(body)}
    found["CopyActions"] = [
        {"DestinationBackupVaultArn": one["destination_vault_arn"], **lifecycle(one)}
        for one in body.get("copy_action", ())
    ]
    if "scan_action" in body:
        names = {"malware_scanner": "MalwareScanner", "scan_mode": "ScanMode"}
        found["ScanActions"] = [renamed(one, names) for one in body["scan_action"]]
    return found


def lifecycle(body: Body) -> Body:
    """`Lifecycle`, where there is one."""
    return {"Lifecycle": renamed(body["lifecycle"][0], LIFECYCLE)} if "lifecycle" in body else {}


def selection(tf: Terraform, body: Body) -> Body:
    """`CreateBackupSelection`."""
    names = {
        "name": "SelectionName",
        "iam_role_arn": "IamRoleArn",
        "resources": "Resources",
        "not_resources": "NotResources",
    }
    inner = renamed(body, names)
    inner["ListOfTags"] = [{"ConditionType": one["type"], **condition(one)} for one in body.get("selection_tag", ())]
    if "condition" in body:
        blocks = renamed(body["condition"][0], CONDITIONS)
        inner["Conditions"] = {name: [condition(one) for one in pairs] for name, pairs in blocks.items()}
    return {"BackupPlanName": body["plan_id"], "BackupSelection": inner}


def condition(body: Body) -> Body:
    """`ConditionParameter`."""
    return renamed(body, {"key": "ConditionKey", "value": "ConditionValue"})


def framework(tf: Terraform, body: Body) -> Body:
    """`CreateFramework`."""
    names = {"name": "FrameworkName", "description": "FrameworkDescription", "tags": "FrameworkTags"}
    return {**renamed(body, names), "FrameworkControls": [control(one) for one in body["control"]]}


def control(body: Body) -> Body:
    """`FrameworkControl`."""
    names = {"name": "ParameterName", "value": "ParameterValue"}
    scopes = {
        "compliance_resource_ids": "ComplianceResourceIds",
        "compliance_resource_types": "ComplianceResourceTypes",
        "tags": "Tags",
    }
    parameters = [renamed(one, names) for one in body.get("input_parameter", ())]
    scope = {"ControlScope": renamed(body["scope"][0], scopes)} if "scope" in body else {}
    return {"ControlName": body["name"], "ControlInputParameters": parameters, **scope}


def report(tf: Terraform, body: Body) -> Body:
    """`CreateReportPlan`."""
    names = {"name": "ReportPlanName", "description": "ReportPlanDescription", "tags": "ReportPlanTags"}
    channel = {"s3_bucket_name": "S3BucketName", "s3_key_prefix": "S3KeyPrefix", "formats": "Formats"}
    setting = {
        "report_template": "ReportTemplate",
        "framework_arns": "FrameworkNames",
        "accounts": "Accounts",
        "organization_units": "OrganizationUnits",
        "regions": "Regions",
    }
    return {
        **renamed(body, names),
        "ReportDeliveryChannel": renamed(body["report_delivery_channel"][0], channel),
        "ReportSetting": renamed(body["report_setting"][0], setting),
    }


def restore_test(tf: Terraform, body: Body) -> Body:
    """`CreateRestoreTestingPlan`."""
    names = {
        "name": "RestoreTestingPlanName",
        "schedule_expression": "ScheduleExpression",
        "schedule_expression_timezone": "ScheduleExpressionTimezone",
        "start_window_hours": "StartWindowHours",
    }
    points = {
        "algorithm": "Algorithm",
        "include_vaults": "IncludeVaults",
        "exclude_vaults": "ExcludeVaults",
        "recovery_point_types": "RecoveryPointTypes",
        "selection_window_days": "SelectionWindowDays",
    }
    inner = {**renamed(body, names), "RecoveryPointSelection": renamed(body["recovery_point_selection"][0], points)}
    return {"RestoreTestingPlan": inner, "Tags": body.get("tags", {})}


def restore_selection(tf: Terraform, body: Body) -> Body:
    """`CreateRestoreTestingSelection`; conditions alone are over every resource."""
    names = {
        "name": "RestoreTestingSelectionName",
        "protected_resource_type": "ProtectedResourceType",
        "iam_role_arn": "IamRoleArn",
        "protected_resource_arns": "ProtectedResourceArns",
        "restore_metadata_overrides": "RestoreMetadataOverrides",
        "validation_window_hours": "ValidationWindowHours",
    }
    inner = renamed(body, names)
    if "protected_resource_conditions" in body:
        blocks = renamed(body["protected_resource_conditions"][0], CONDITIONS)
        pairs = {
            name: [renamed(one, {"key": "Key", "value": "Value"}) for one in found] for name, found in blocks.items()
        }
        inner |= {"ProtectedResourceArns": ["*"], "ProtectedResourceConditions": pairs}
    return {"RestoreTestingPlanName": body["restore_testing_plan_name"], "RestoreTestingSelection": inner}


def key(tf: Terraform, body: Body) -> Body:
    """`CreateKey` and `CreateAlias`."""
    (alias,) = tf.all("aws_kms_alias")
    names = {"description": "Description", "tags": "Tags"}
    return {"AliasName": alias["name"], **renamed(body, names), "Policy": tf.document(body["policy"])}


def role(tf: Terraform, body: Body) -> Body:
    """`CreateRole`, with the policies in it and attached to it."""
    names = {"name": "RoleName", "path": "Path", "description": "Description", "tags": "Tags"}
    inline = [one for one in tf.all("aws_iam_role_policy") if one["role"] == body["name"]]
    attached = [one for one in tf.all("aws_iam_role_policy_attachment") if one["role"] == body["name"]]
    return {
        **renamed(body, names),
        "AssumeRolePolicyDocument": tf.document(body["assume_role_policy"]),
        "Policies": {one["name"]: tf.document(one["policy"]) for one in inline},
        "ManagedPolicyArns": [one["policy_arn"] for one in attached],
    }


NOUNS: tuple[tuple[str, str, Callable[[Terraform, Body], Body]], ...] = (
    ("vaults", "aws_backup_vault", vault),
    ("air_gapped_vaults", "aws_backup_logically_air_gapped_vault", air_gapped),
    ("vault_locks", "aws_backup_vault_lock_configuration", lock),
    ("vault_access_policies", "aws_backup_vault_policy", access),
    ("vault_notifications", "aws_backup_vault_notifications", notifications),
    ("plans", "aws_backup_plan", plan),
    ("selections", "aws_backup_selection", selection),
    ("frameworks", "aws_backup_framework", framework),
    ("report_plans", "aws_backup_report_plan", report),
    ("restore_testing_plans", "aws_backup_restore_testing_plan", restore_test),
    ("restore_testing_selections", "aws_backup_restore_testing_selection", restore_selection),
    ("keys", "aws_kms_key", key),
    ("roles", "aws_iam_role", role),
)


def sets(document: Any) -> Any:
    """A document without the order of lists: Terraform and AWS hold all of these as sets."""
    if isinstance(document, dict):
        return {name: sets(item) for name, item in document.items()}
    if isinstance(document, list):
        return sorted((sets(item) for item in document), key=lambda item: json.dumps(item, sort_keys=True))
    return document


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_a_module_says_what_the_build_says(shapes: st.SearchStrategy[build.Shape], data: st.DataObject) -> None:
    """Every body of the accounts target comes back from the module, whatever stands in its texts."""
    shape = data.draw(shapes)
    made = module.of_shape(shape, "aws")
    again = read_back(module.Module(json.loads(json.dumps(made.main)), made.variables, made.provider), shape.region)
    assert sets(again.document()) == sets(shape.document())


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_a_module_is_what_the_provider_takes(shapes: st.SearchStrategy[build.Shape], data: st.DataObject) -> None:
    """Nothing is misplaced, missing, of another type, or newer than the version that the module asks for."""
    made = module.of_shape(data.draw(shapes), "aws")
    assert complaints(made.main) == ()
    text = json.dumps(made.main)
    newer = "scan_action" in text or "scan_setting" in text
    assert made.provider.startswith(">= 6.25.0") == newer
