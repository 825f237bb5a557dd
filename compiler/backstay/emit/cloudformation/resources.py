"""The resources of a shape, in bundles, in the order in which they are deployed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from backstay.emit.cloudformation.names import logical_id
from backstay.emit.cloudformation.within import AIR_GAPPED, VAULT, Bundle, Resource, Within
from backstay_contract import build

LEAST_RETENTION = 1
"""CloudFormation wants a lock's smallest retention. 2026-11-24: 1 day says the same as none, since none is shorter."""


def bundles(within: Within) -> Iterator[Bundle]:
    """Every resource of the shape: keys and roles, vaults, plans with their selections, audit, restore tests, holds."""
    shape = within.shape
    yield from (_key(within, key) for key in shape.keys)
    yield from ((_role(within, role),) for role in shape.roles)
    yield from ((_vault(within, vault),) for vault in shape.vaults)
    yield from ((_air_gapped(within, vault),) for vault in shape.air_gapped_vaults)
    yield from (_plan(within, plan) for plan in shape.plans)
    audits = tuple(_audits(within))
    if audits:
        yield audits
    yield from (_restore_test(within, plan) for plan in shape.restore_testing_plans)
    yield from ((_tiering(within, one),) for one in shape.tiering_configurations)
    yield from ((_hold(within, one),) for one in shape.legal_holds)


def _key(within: Within, key: build.Key) -> Bundle:
    alias = key.alias_name.removeprefix("alias/")
    own = logical_id("Key", alias)
    made = Resource(
        own,
        "AWS::KMS::Key",
        {
            "Description": within.text(key.description),
            "KeyPolicy": within.document(key.policy),
            **({"Tags": within.tags(key.tags)} if key.tags else {}),
        },
        kept=True,
    )
    named = {"AliasName": within.text(key.alias_name), "TargetKeyId": {"Ref": own}}
    return made, Resource(logical_id("Alias", alias), "AWS::KMS::Alias", named, kept=True)


def _role(within: Within, role: build.Role) -> Resource:
    policies = [
        {"PolicyName": within.text(name), "PolicyDocument": within.document(policy)}
        for name, policy in sorted(role.policies.items())
    ]
    properties = {
        "RoleName": within.text(role.role_name),
        "Path": within.text(role.path),
        "Description": within.text(role.description),
        "AssumeRolePolicyDocument": within.document(role.assume_role_policy_document),
        **within.given({"ManagedPolicyArns": role.managed_policy_arns}),
        **({"Policies": policies} if policies else {}),
        **({"Tags": within.tags(role.tags)} if role.tags else {}),
    }
    return Resource(logical_id("Role", role.role_name), "AWS::IAM::Role", properties)


def _around(within: Within, name: str) -> dict[str, Any]:
    """Access policy and notifications, which CloudFormation has as properties of the vault."""
    shape = within.shape
    admitted = {one.backup_vault_name: one.policy for one in shape.vault_access_policies}
    told = {one.backup_vault_name: one for one in shape.vault_notifications}
    found: dict[str, Any] = {}
    if name in admitted:
        found["AccessPolicy"] = within.document(admitted[name])
    if name in told:
        found["Notifications"] = {
            "SNSTopicArn": within.text(told[name].sns_topic_arn),
            "BackupVaultEvents": list(told[name].backup_vault_events),
        }
    return found


def _encrypted(within: Within, key: str | None) -> dict[str, Any]:
    return {"EncryptionKeyArn": within.key_arn(key)} if key else {}


def _vault(within: Within, vault: build.Vault) -> Resource:
    name = vault.backup_vault_name
    locks = {one.backup_vault_name: one for one in within.shape.vault_locks}
    properties = {
        "BackupVaultName": within.text(name),
        **_encrypted(within, vault.encryption_key_arn),
        **within.given({"BackupVaultTags": vault.backup_vault_tags}),
        **_around(within, name),
        **({"LockConfiguration": _lock(locks[name])} if name in locks else {}),
    }
    return Resource(logical_id("Vault", name), VAULT, properties, kept=True)


def _lock(lock: build.VaultLock) -> dict[str, Any]:
    body = {name: value for name, value in lock.body().items() if name != "BackupVaultName"}
    return {"MinRetentionDays": LEAST_RETENTION, **body}


def _air_gapped(within: Within, vault: build.AirGappedVault) -> Resource:
    name = vault.backup_vault_name
    properties = {
        "BackupVaultName": within.text(name),
        "MinRetentionDays": vault.min_retention_days,
        "MaxRetentionDays": vault.max_retention_days,
        **_encrypted(within, vault.encryption_key_arn),
        **within.given({"BackupVaultTags": vault.backup_vault_tags}),
        **_around(within, name),
    }
    return Resource(logical_id("AirGapped", name), AIR_GAPPED, properties, kept=True)


def _plan(within: Within, plan: build.Plan) -> Bundle:
    body = plan.backup_plan
    own = logical_id("Plan", within.plan_keys[body.backup_plan_name])
    scans = [
        {**one.body(), "ScannerRoleArn": within.role_arn(one.scanner_role_arn)} for one in body.scan_settings or ()
    ]
    properties = {
        "BackupPlan": {
            "BackupPlanName": within.text(body.backup_plan_name),
            "BackupPlanRule": [_rule(within, rule) for rule in body.rules],
            **within.given({"AdvancedBackupSettings": [one.body() for one in body.advanced_backup_settings or ()]}),
            **within.given({"ScanSettings": scans}),
        },
        **within.given({"BackupPlanTags": plan.backup_plan_tags}),
    }
    chosen = [one for one in within.shape.selections if one.backup_plan_name == body.backup_plan_name]
    selections = tuple(_selection(within, own, one) for one in chosen)
    return Resource(own, "AWS::Backup::BackupPlan", properties), *selections


def _rule(within: Within, rule: build.Rule) -> dict[str, Any]:
    body = rule.body()
    copies = [
        {**copy.body(), "DestinationBackupVaultArn": within.vault_arn(copy.destination_backup_vault_arn)}
        for copy in rule.copy_actions
    ]
    gapped = rule.target_logically_air_gapped_backup_vault_arn
    spelt = {
        "TargetBackupVault": within.vault_name(rule.target_backup_vault_name),
        "TargetLogicallyAirGappedBackupVaultArn": within.vault_arn(gapped) if gapped else None,
        "CopyActions": copies,
    }
    rest = {name: value for name, value in body.items() if name != "TargetBackupVaultName"}
    return within.given({**rest, **spelt})


def _selection(within: Within, plan: str, selection: build.Selection) -> Resource:
    body = selection.backup_selection
    members = {**body.body(), "IamRoleArn": within.role_arn(body.iam_role_arn)}
    conditions = {name: value for name, value in members.get("Conditions", {}).items() if value}
    properties = {
        "BackupPlanId": {"Ref": plan},
        "BackupSelection": within.given({**members, "Conditions": conditions}),
    }
    own = logical_id("Selection", within.plan_keys[selection.backup_plan_name], body.selection_name)
    return Resource(own, "AWS::Backup::BackupSelection", properties)


def _audits(within: Within) -> Iterator[Resource]:
    for framework in within.shape.frameworks:
        body = framework.body()
        properties = {
            **within.given({name: body.get(name) for name in ("FrameworkName", "FrameworkDescription")}),
            "FrameworkControls": [_control(within, one) for one in framework.framework_controls],
            **({"FrameworkTags": within.tags(framework.framework_tags)} if framework.framework_tags else {}),
        }
        yield Resource(logical_id("Framework", framework.framework_name), "AWS::Backup::Framework", properties)
    for report in within.shape.report_plans:
        body = report.body()
        setting = {name: value for name, value in body["ReportSetting"].items() if name != "FrameworkNames"}
        arns = [within.framework_arn(name) for name in report.report_setting.framework_names or ()]
        properties = {
            **within.given({name: body.get(name) for name in ("ReportPlanName", "ReportPlanDescription")}),
            "ReportDeliveryChannel": within.given(body["ReportDeliveryChannel"]),
            "ReportSetting": within.given({**setting, "FrameworkArns": arns}),
            **({"ReportPlanTags": within.tags(report.report_plan_tags)} if report.report_plan_tags else {}),
        }
        yield Resource(logical_id("Report", report.report_plan_name), "AWS::Backup::ReportPlan", properties)


def _control(within: Within, control: build.FrameworkControl) -> dict[str, Any]:
    body = control.body()
    scope = control.control_scope
    if scope is None:
        return within.given(body)
    spelt = {**body["ControlScope"], "Tags": within.tags(scope.tags or {})}
    return {**within.given({**body, "ControlScope": None}), "ControlScope": within.given(spelt)}


def _restore_test(within: Within, plan: build.RestoreTestingPlan) -> Bundle:
    body = plan.restore_testing_plan
    points = body.recovery_point_selection
    spelt = {
        **points.body(),
        "IncludeVaults": [within.vault_arn(arn) for arn in points.include_vaults],
        "ExcludeVaults": [within.vault_arn(arn) for arn in points.exclude_vaults],
    }
    own = logical_id("RestoreTest", body.restore_testing_plan_name)
    members = {**body.body(), "RecoveryPointSelection": within.given(spelt)}
    properties = {**within.given(members), **({"Tags": within.tags(plan.tags)} if plan.tags else {})}
    name = body.restore_testing_plan_name
    chosen = [one for one in within.shape.restore_testing_selections if one.restore_testing_plan_name == name]
    selections = tuple(_restored(within, own, one) for one in chosen)
    return Resource(own, "AWS::Backup::RestoreTestingPlan", properties), *selections


def _restored(within: Within, plan: str, selection: build.RestoreTestingSelection) -> Resource:
    body = selection.restore_testing_selection
    conditions = body.body().get("ProtectedResourceConditions") or {}
    members = {
        **body.body(),
        "IamRoleArn": within.role_arn(body.iam_role_arn),
        "ProtectedResourceConditions": {name: value for name, value in conditions.items() if value},
    }
    properties = {"RestoreTestingPlanName": {"Ref": plan}, **within.given(members)}
    own = logical_id("Restored", selection.restore_testing_plan_name, body.restore_testing_selection_name)
    return Resource(own, "AWS::Backup::RestoreTestingSelection", properties)


def _tiering(within: Within, one: build.TieringConfiguration) -> Resource:
    body = one.tiering_configuration
    properties = {
        **within.given({**body.body(), "BackupVaultName": within.vault_name(body.backup_vault_name)}),
        **within.given({"TieringConfigurationTags": one.tiering_configuration_tags}),
    }
    return Resource(
        logical_id("Tiering", body.tiering_configuration_name), "AWS::Backup::TieringConfiguration", properties
    )


def _hold(within: Within, hold: build.LegalHold) -> Resource:
    body = hold.body()
    points = hold.recovery_point_selection
    names = [within.vault_name(name) for name in points.vault_names or ()]
    spelt = within.given({**body["RecoveryPointSelection"], "VaultNames": names})
    properties = {
        **within.given({name: body.get(name) for name in ("Title", "Description")}),
        "RecoveryPointSelection": spelt,
        **({"Tags": within.tags(hold.tags)} if hold.tags else {}),
    }
    return Resource(logical_id("Hold", hold.title), "AWS::Backup::LegalHold", properties, kept=True)
