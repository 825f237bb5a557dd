"""Modules: what refers to what, what is looked up or asked for, and what must not be lost."""

from __future__ import annotations

import json
from typing import Any

from backstay.emit.terraform import module
from backstay_aws.terraform import complaints
from backstay_contract import build

REGION = "eu-central-1"
ROLE = "arn:aws:iam::$account:role/ops/Backup"
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": {"AWS": ROLE}, "Action": "backup:*"}]}
ROLES = (
    build.Role(
        role_name="Backup",
        path="/ops/",
        description="",
        assume_role_policy_document={"Statement": []},
        managed_policy_arns=("arn:aws:iam::aws:policy/service-role/X",),
        policies={"keys": {"Statement": []}},
    ),
)


def of(partition: str = "aws", **nouns: Any) -> module.Module:
    """The module of a shape with some nouns."""
    made = module.of_shape(build.Shape(region=REGION, **nouns), partition)
    assert complaints(made.main) == ()
    return made


def key(place: str, alias: str) -> str:
    """The ARN of an alias; `place` is Region and account."""
    return f"arn:aws:kms:{place}:{alias}"


def rule(**more: Any) -> build.Rule:
    """A rule into the vault `v`."""
    return build.Rule(rule_name="r", target_backup_vault_name="v", schedule_expression="cron(0 5 * * ? *)", **more)


def plan(name: str = "gold", **more: Any) -> build.Plan:
    """A plan of one rule."""
    return build.Plan(backup_plan=build.BackupPlan(backup_plan_name=name, rules=(rule(**more),)))


def selection(role: str, name: str = "gold") -> build.Selection:
    """A selection of a plan."""
    body = build.BackupSelection(selection_name="all", iam_role_arn=role, resources=("*",))
    return build.Selection(backup_plan_name=name, backup_selection=body)


def test_a_lock_comes_after_the_access_policy() -> None:
    """The policy of a vault is set before the vault is locked; a vault without one waits for nothing."""
    locks = tuple(build.VaultLock(backup_vault_name=name, min_retention_days=7) for name in ("v", "w"))
    vaults = tuple(build.Vault(backup_vault_name=name) for name in ("v", "w"))
    policies = (build.VaultAccessPolicy(backup_vault_name="v", policy=DENY),)
    made = of(vaults=vaults, vault_locks=locks, vault_access_policies=policies)
    found = made.main["resource"]["aws_backup_vault_lock_configuration"]
    assert found["v"]["depends_on"] == ["aws_backup_vault_policy.v"]
    assert "depends_on" not in found["w"]


def test_what_needs_a_managed_role_waits_for_its_rights() -> None:
    """A selection waits for the role's policies; a policy that names the role waits for the role."""
    made = of(
        roles=ROLES,
        plans=(plan(),),
        selections=(selection(ROLE),),
        vaults=(build.Vault(backup_vault_name="v"),),
        vault_access_policies=(build.VaultAccessPolicy(backup_vault_name="v", policy=DENY),),
        keys=(build.Key(alias_name="alias/k", description="", policy=DENY),),
    )
    found = made.main["resource"]
    chosen = found["aws_backup_selection"]["gold__all"]
    attached = next(iter(found["aws_iam_role_policy_attachment"]))
    assert chosen["iam_role_arn"] == "${aws_iam_role.Backup.arn}"
    assert chosen["depends_on"] == ["aws_iam_role_policy.Backup__keys", f"aws_iam_role_policy_attachment.{attached}"]
    assert found["aws_backup_vault_policy"]["v"]["depends_on"] == ["aws_iam_role.Backup"]
    assert found["aws_kms_key"]["k"]["depends_on"] == ["aws_iam_role.Backup"]


def test_plans_refer_to_what_stands_beside_them() -> None:
    """Vaults of the module by reference, so that they are there first; others by name and ARN."""
    copies = ("v", "gap", "elsewhere")
    made = of(
        vaults=(build.Vault(backup_vault_name="v"),),
        air_gapped_vaults=(build.AirGappedVault(backup_vault_name="gap", min_retention_days=7, max_retention_days=9),),
        plans=(
            plan(
                copy_actions=tuple(
                    build.CopyAction(
                        destination_backup_vault_arn=f"arn:aws:backup:{REGION}:$account:backup-vault:{name}"
                    )
                    for name in copies
                ),
                target_logically_air_gapped_backup_vault_arn=f"arn:aws:backup:{REGION}:$account:backup-vault:gap",
            ),
        ),
    )
    (found,) = made.main["resource"]["aws_backup_plan"]["gold"]["rule"]
    assert found["target_vault_name"] == "${aws_backup_vault.v.name}"
    gap = "${aws_backup_logically_air_gapped_vault.gap.arn}"
    assert found["target_logically_air_gapped_backup_vault_arn"] == gap
    first, second, third = (copy["destination_vault_arn"] for copy in found["copy_action"])
    assert (first, second) == ("${aws_backup_vault.v.arn}", gap)
    assert third.endswith("account_id}:backup-vault:elsewhere")
    assert made.provider == ">= 6.24.0, < 7.0.0"


def test_keys_are_managed_looked_up_or_asked_for() -> None:
    """An alias of the own account and Region is looked up unless managed; one of elsewhere is asked for."""
    own = f"{REGION}:$account"
    arns = [key(own, "alias/m"), key(own, "alias/a/b"), key(f"{REGION}:100000000002", "alias/f"), key(own, "key/1")]
    vaults = tuple(build.Vault(backup_vault_name=f"v{n}", encryption_key_arn=arn) for n, arn in enumerate(arns))
    managed = build.Key(alias_name="alias/m", description="", policy={"Statement": []})
    made = of(vaults=vaults, keys=(managed,))
    found = [made.main["resource"]["aws_backup_vault"][f"v{n}"]["kms_key_arn"] for n in range(4)]
    (looked_up,) = made.main["data"]["aws_kms_alias"].items()
    account, asked = made.variables
    assert looked_up[1] == {"name": "alias/a/b"}
    assert found[:3] == [
        "${aws_kms_key.m.arn}",
        f"${{data.aws_kms_alias.{looked_up[0]}.target_key_arn}}",
        f"${{var.{asked.name}}}",
    ]
    assert found[3].endswith(":key/1")
    assert (account.name, asked.stands_for) == ("account", arns[2])


def test_frameworks_of_elsewhere_are_looked_up() -> None:
    """A report names frameworks by ARN: by reference in the module, by a data source outside of it."""
    control = build.FrameworkControl(control_name="BACKUP_RECOVERY_POINT_ENCRYPTED")
    report = build.ReportPlan(
        report_plan_name="r",
        report_delivery_channel=build.ReportDeliveryChannel(s3_bucket_name="b"),
        report_setting=build.ReportSetting(report_template="CONTROL_COMPLIANCE_REPORT", framework_names=("f", "other")),
    )
    made = of(frameworks=(build.Framework(framework_name="f", framework_controls=(control,)),), report_plans=(report,))
    (setting,) = made.main["resource"]["aws_backup_report_plan"]["r"]["report_setting"]
    assert setting["framework_arns"] == ["${aws_backup_framework.f.arn}", "${data.aws_backup_framework.other.arn}"]
    assert made.main["data"]["aws_backup_framework"] == {"other": {"name": "other"}}


def test_what_holds_data_is_not_destroyed() -> None:
    """Vaults, air-gapped vaults and keys refuse a plan that would destroy them."""
    made = of(
        vaults=(build.Vault(backup_vault_name="v"),),
        air_gapped_vaults=(build.AirGappedVault(backup_vault_name="g", min_retention_days=7, max_retention_days=9),),
        keys=(build.Key(alias_name="alias/k", description="", policy={}),),
    )
    kept = [made.main["resource"][kind] for kind in ("aws_backup_vault", "aws_backup_logically_air_gapped_vault")]
    bodies = [*kept[0].values(), *kept[1].values(), *made.main["resource"]["aws_kms_key"].values()]
    assert [body["lifecycle"] for body in bodies] == [{"prevent_destroy": True}] * 3


def test_a_renamed_plan_is_made_before_the_old_one_goes() -> None:
    """The provider replaces a plan of another name; coverage must not drop on the way."""
    moved = (build.Moved(kind="plan", name="gold", before="silver"),)
    made = of(plans=(plan(),), selections=(selection(ROLE),), moved=moved)
    assert made.main["moved"] == [
        {"from": "aws_backup_plan.silver", "to": "aws_backup_plan.gold"},
        {"from": "aws_backup_selection.silver__all", "to": "aws_backup_selection.gold__all"},
    ]
    replaced = (
        made.main["resource"]["aws_backup_plan"]["gold"],
        made.main["resource"]["aws_backup_selection"]["gold__all"],
    )
    assert [one["lifecycle"] for one in replaced] == [{"create_before_destroy": True}] * 2
    both = of(plans=(plan(), plan("silver")), moved=moved)
    assert "moved" not in both.main


def test_a_renamed_vault_is_forgotten_not_destroyed() -> None:
    """The old vault and its lock stay in AWS, whatever they hold."""
    moved = (build.Moved(kind="vault", name="new", before="old"),)
    made = of(vaults=(build.Vault(backup_vault_name="new"),), moved=moved)
    assert {one["from"] for one in made.main["removed"]} >= {
        "aws_backup_vault.old",
        "aws_backup_vault_lock_configuration.old",
    }
    assert all(one["lifecycle"] == {"destroy": False} for one in made.main["removed"])


def test_wrong_credentials_stop_a_plan() -> None:
    """The caller's account and the provider's Region are checked before anything is done."""
    data = of().main["data"]
    account = data["aws_caller_identity"]["current"]["lifecycle"]["postcondition"]
    region = data["aws_region"]["current"]["lifecycle"]["postcondition"]
    assert account["condition"] == "${self.account_id == var.account}"
    assert region["condition"] == '${self.id == "eu-central-1"}'


def test_the_partition_is_looked_up_only_where_it_is_used() -> None:
    """ARNs of the own account follow the caller's partition; a module without any does not ask for it."""
    assert "aws_partition" not in of("aws-cn", vaults=(build.Vault(backup_vault_name="v"),)).main["data"]
    topic = f"arn:aws-cn:sns:{REGION}:$account:t"
    told = build.VaultNotifications(
        backup_vault_name="v", sns_topic_arn=topic, backup_vault_events=("COPY_JOB_FAILED",)
    )
    made = of("aws-cn", vault_notifications=(told,))
    assert made.main["data"]["aws_partition"] == {"current": {}}
    assert "aws-cn" not in json.dumps(made.main)


def test_opt_ins_that_the_policy_leaves_alone_are_no_changes() -> None:
    """AWS answers with every type; those that the policy does not name are ignored, those that it names are not."""
    found = of(region_settings={"RDS": True}).main["resource"]["aws_backup_region_settings"]["this"]
    assert found["resource_type_opt_in_preference"] == {"RDS": True}
    ignored = found["lifecycle"]["ignore_changes"]
    assert 'resource_type_opt_in_preference["EBS"]' in ignored
    assert 'resource_type_opt_in_preference["RDS"]' not in ignored
    assert not any(one.startswith("resource_type_management") for one in ignored)


def test_what_the_provider_lacks_is_not_written() -> None:
    """Parts that the provider would refuse are left out of a module, and only they."""
    advanced = tuple(
        build.AdvancedBackupSetting(resource_type=kind, backup_options={"a": "enabled"}) for kind in ("EC2", "S3")
    )
    body = build.BackupPlan(
        backup_plan_name="gold",
        rules=(rule(index_actions=(build.IndexAction(resource_types=("EBS",)),)),),
        advanced_backup_settings=advanced,
    )
    report = build.ReportPlan(
        report_plan_name="r",
        report_delivery_channel=build.ReportDeliveryChannel(s3_bucket_name="b"),
        report_setting=build.ReportSetting(report_template="SCAN_JOB_REPORT"),
    )
    hold = build.LegalHold(title="t", description="d", recovery_point_selection=build.HeldRecoveryPoints())
    made = of(plans=(build.Plan(backup_plan=body),), report_plans=(report,), legal_holds=(hold,))
    assert set(made.main["resource"]) == {"aws_backup_plan"}
    found = made.main["resource"]["aws_backup_plan"]["gold"]
    assert [one["resource_type"] for one in found["advanced_backup_setting"]] == ["EC2"]
    assert found["rule"][0]["rule_name"] == "r"
