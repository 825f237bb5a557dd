"""What is written: clean templates within their limits, a manifest of where they go, and what is left out."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backstay import ir, pipeline
from backstay.emit import cloudformation
from backstay.emit.cloudformation import limits, template
from backstay_contract import build
from backstay_contract.stacksets import StackSets

HERE = Path(__file__).parent
REFERENCE = HERE.parents[2] / "policies" / "reference"
UPDATE = "BACKSTAY_UPDATE_GOLDEN"
NOW = datetime.date(2026, 11, 24)
Compile = Callable[[Path | str], ir.Model]

SMALL = """
from backstay import Plan, Policy, Role, Rule, Select, Settings, Vault, daily, days, ou, tag

main = Vault("main", tags={"team": "x"})
plan = Plan(
    "gold",
    role=Role("BackstayBackups", manage=True),
    rules=[Rule("daily", at=daily("03:00"), into=main, keep=days(35))],
    select=[Select("tier", where=tag("backup") == "gold")],
)
small = Policy("small", attach=ou("Prod"), plans=[plan], vaults=[main], settings=Settings(opt_in={"EBS": True}))
"""


def _emitted(model: ir.Model) -> dict[str, Any]:
    return {path: json.loads(body) for path, body in cloudformation.emit(model)}


def _complaints(files: dict[str, bytes]) -> list[str]:
    """All that cfn-lint has to say of templates, information too.

    Not by their Regions: where AWS has a type is what our own rules know, and cfn-lint's lists are behind (2026-11).
    """
    from cfnlint import api
    from cfnlint.config import ManualArgs

    bodies = [body.decode() for path, body in files.items() if path.startswith(cloudformation.TEMPLATES)]
    assert bodies
    return [str(match) for body in bodies for match in api.lint(body, config=ManualArgs(include_checks=["I"]))]


def test_cfn_lint_has_nothing_to_say_of_every_feature(compiled: Compile) -> None:
    """No error, no warning and no information about templates with every word of the language in them."""
    assert _complaints(dict(cloudformation.emit(compiled(HERE / "every_feature.py")))) == []


@pytest.mark.parametrize("name", ["startup", "hospital", "govcloud"])
def test_cfn_lint_has_nothing_to_say_of_reference_policies(name: str) -> None:
    """What people copy is clean as CloudFormation, too, in other partitions as well."""
    folder = REFERENCE / name
    checked = pipeline.check([folder], folder / "org.yaml", now=NOW)
    assert checked.model is not None
    assert _complaints(dict(cloudformation.emit(checked.model))) == []


@pytest.mark.parametrize("name", ["every_feature", "small"])
def test_what_is_written_was_reviewed(name: str, compiled: Compile) -> None:
    """Every file, byte for byte. A change is accepted with BACKSTAY_UPDATE_GOLDEN=1, and then reviewed."""
    model = compiled(SMALL if name == "small" else HERE / "every_feature.py")
    files = {path.removeprefix("cloudformation/"): body.decode() for path, body in cloudformation.emit(model)}
    folder = HERE / "golden" / name
    if os.environ.get(UPDATE):
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
    kept = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.json")}
    assert kept == files


def test_the_manifest_covers_every_account_once(compiled: Compile) -> None:
    """Each account is in one stack set a Region, named by the first of its accounts; templates are as large as said."""
    model = compiled(HERE / "every_feature.py")
    files = dict(cloudformation.emit(model))
    manifest = StackSets.model_validate_json(files.pop("cloudformation/stacksets.json"))
    places = [(one.region, account) for one in manifest.stack_sets for account in one.accounts]
    assert len(places) == len(set(places))
    assert set(places) == {(shape.region, account) for shape in model.shapes for account in shape.accounts}
    assert {f"cloudformation/{one.template}": one.size for one in manifest.stack_sets} == {
        path: len(body) for path, body in files.items()
    }
    assert all(one.name == f"backstay-{one.region}-{one.accounts[0]}" for one in manifest.stack_sets)
    assert [one.units for one in manifest.stack_sets if one.region == "eu-central-1"] == [("Prod",)]


def test_the_name_of_a_stack_set_outlives_a_change(compiled: Compile, tmp_path: Path) -> None:
    """Another retention makes another template for the same stack set, with the same logical ids in it."""
    before = _emitted(compiled(SMALL))
    (tmp_path / "policies" / "policy.py").write_text(SMALL.replace("days(35)", "days(40)"))
    checked = pipeline.check([tmp_path / "policies"], tmp_path / "org.yaml", now=NOW)
    assert checked.model is not None
    after = _emitted(checked.model)
    old, new = (found.pop("cloudformation/stacksets.json")["stack_sets"] for found in (before, after))
    assert [one["name"] for one in old] == [one["name"] for one in new]
    assert {one["template"] for one in old}.isdisjoint(one["template"] for one in new)
    ids = [{name for one in found.values() for name in one["Resources"]} for found in (before, after)]
    assert ids[0] == ids[1]


def _resources(compiled: Compile, policy: str, folder: Path) -> dict[str, Any]:
    """The resources of the only template of a policy, whose folder is used again and again."""
    shutil.rmtree(folder / "policies", ignore_errors=True)
    (made,) = (one for path, one in _emitted(compiled(policy)).items() if path.startswith(cloudformation.TEMPLATES))
    found: dict[str, Any] = made["Resources"]
    return found


def _policy(*plans: str) -> str:
    """A policy of one Region with plans, each written as the arguments of `plan(…)`."""
    return f"""
from backstay import Plan, Policy, Role, Rule, Select, Vault, account, daily, days, tag

main = Vault("main")

def plan(name, moved=None):
    rule = Rule("daily", at=daily("03:00"), into=main, keep=days(35))
    return Plan(name, role=Role("Given"), rules=[rule], select=[Select("tier", where=tag("t") == name)], moved=moved)

only = Policy("only", attach=account("bank"), plans=[{", ".join(f"plan({one})" for one in plans)}], vaults=[main])
"""


def test_a_renamed_plan_stays_what_it_is(compiled: Compile, tmp_path: Path) -> None:
    """Plan and selections keep their logical ids: the plan is renamed, and never is there one too many or too few."""
    before = _resources(compiled, _policy('"golden"'), tmp_path)
    after = _resources(compiled, _policy('"gold", moved="golden"'), tmp_path)
    assert before.keys() == after.keys()
    assert _plan_names(after) == {"PlanGolden": "gold"}


@pytest.mark.parametrize(
    ("plans", "ids"),
    [
        (['"a"', '"b", moved="a"'], {"PlanA": "a", "PlanB": "b"}),
        (['"b", moved="a"', '"c", moved="b"'], {"PlanA": "b", "PlanC": "c"}),
        (['"a", moved="b"', '"b", moved="a"'], {"PlanA": "a", "PlanB": "b"}),
    ],
)
def test_no_plan_takes_the_place_of_another(
    plans: list[str], ids: dict[str, str], compiled: Compile, tmp_path: Path
) -> None:
    """Whatever was renamed into what, every plan is there, and so is its selection beside it."""
    found = _resources(compiled, _policy(*plans), tmp_path)
    assert _plan_names(found) == ids
    selections = [one["Properties"] for one in found.values() if one["Type"] == "AWS::Backup::BackupSelection"]
    assert {
        ids[one["BackupPlanId"]["Ref"]]: one["BackupSelection"]["Conditions"]["StringEquals"][0]["ConditionValue"]
        for one in selections
    } == {name: name for name in ids.values()}


def _plan_names(resources: dict[str, Any]) -> dict[str, str]:
    plans = {name: one for name, one in resources.items() if one["Type"] == "AWS::Backup::BackupPlan"}
    return {name: one["Properties"]["BackupPlan"]["BackupPlanName"] for name, one in plans.items()}


NAMED_LIKE_FUNCTIONS = """
from backstay import Access, Plan, Policy, Role, Rule, Select, Vault, account, daily, days, tag

main = Vault(
    "main",
    tags={"Ref": "OPS-7", "team": "x"},
    access=Access.document({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*",
        "Condition": {"StringEquals": {"Ref": "x"}},
    }]}),
)
rule = Rule("daily", at=daily("03:00"), into=main, keep=days(35), tags={"Fn::Sub": "${x}"})
gold = Plan("gold", role=Role("Given"), rules=[rule], select=[Select("tier", where=tag("t") == "x")])
only = Policy("only", attach=account("bank"), plans=[gold], vaults=[main])
"""


def test_a_key_is_never_taken_for_a_function(compiled: Compile, tmp_path: Path) -> None:
    """A tag `Ref` would be a function: it is left out and told; a policy document is a text, and says what it says."""
    found = _resources(compiled, NAMED_LIKE_FUNCTIONS, tmp_path)
    vault = found["VaultMain"]["Properties"]
    assert vault["BackupVaultTags"] == {"team": "x"}
    assert json.loads(vault["AccessPolicy"])["Statement"][0]["Condition"] == {"StringEquals": {"Ref": "x"}}
    assert "RecoveryPointTags" not in _rules(found["PlanGold"])[0]
    shutil.rmtree(tmp_path / "policies")
    model = compiled(NAMED_LIKE_FUNCTIONS)
    told = [
        (one.code, one.message.partition(" is not")[0], one.span and one.span.line)
        for one in cloudformation.report(model)
    ]
    assert told == [("CFN104", "tag `Ref` of vault main", 6), ("CFN104", "tag `Fn::Sub` of rule gold/daily", 12)]
    (entry,) = _emitted(model)["cloudformation/stacksets.json"]["stack_sets"]
    assert [one["what"] for one in entry["left_out"]] == [one for _, one, _ in told]
    assert _complaints(dict(cloudformation.emit(model))) == []


def test_roles_come_before_what_needs_them(compiled: Compile) -> None:
    """A managed role stands in the accounts' first Region: the stack sets of the others are deployed after it."""
    manifest = _emitted(compiled(SMALL))["cloudformation/stacksets.json"]
    assert {(one["region"], one["order"]) for one in manifest["stack_sets"]} == {("eu-central-1", 1), ("eu-west-1", 2)}
    with_roles = [one for one in manifest["stack_sets"] if one["capabilities"] == ["CAPABILITY_NAMED_IAM"]]
    assert [one["order"] for one in with_roles] == [1]


def test_what_is_left_out_is_told_at_its_place(compiled: Compile) -> None:
    """Opt-ins have no resource: a warning where the policy says them, and a line in the manifest of each stack set."""
    model = compiled(SMALL)
    (finding,) = cloudformation.report(model)
    assert (finding.code, finding.severity, finding.accounts) == ("CFN101", "warning", 2)
    assert finding.span is not None
    assert finding.span.line == 11
    manifest = _emitted(model)["cloudformation/stacksets.json"]
    assert [[entry["what"] for entry in one["left_out"]] for one in manifest["stack_sets"]] == [
        ["opt-in of EBS: on"]
    ] * 2


def _plans(count: int) -> build.Shape:
    rule = build.Rule(rule_name="daily", target_backup_vault_name="main", schedule_expression="cron(0 5 * * ? *)")
    names = [f"plan-{number}" for number in range(count)]
    role = build.Role(role_name="Own", path="/", description="", assume_role_policy_document={})
    chosen = build.BackupSelection(
        selection_name="all", iam_role_arn="arn:aws:iam::$account:role/Own", resources=("*",)
    )
    return build.Shape(
        region="eu-central-1",
        roles=(role,),
        vaults=(build.Vault(backup_vault_name="main"),),
        plans=tuple(build.Plan(backup_plan=build.BackupPlan(backup_plan_name=name, rules=(rule,))) for name in names),
        selections=tuple(build.Selection(backup_plan_name=name, backup_selection=chosen) for name in names),
    )


def test_many_plans_are_several_templates() -> None:
    """Each within AWS's limits, a plan beside its selections; what stands elsewhere is named, not referred to."""
    first, second, third = template.of_shape(_plans(600), "aws")
    parts = [json.loads(json.dumps(one.document))["Resources"] for one in (first, second, third)]
    assert all(len(part) <= limits.RESOURCES for part in parts)
    assert sum(len(part) for part in parts) == 1 + 1 + 600 + 600
    for part in parts:
        for one in part.values():
            if one["Type"] == "AWS::Backup::BackupSelection":
                assert one["Properties"]["BackupPlanId"]["Ref"] in part
    targets = [
        {json.dumps(rule["TargetBackupVault"]) for one in part.values() for rule in _rules(one)} for part in parts
    ]
    assert targets == [{'{"Ref": "VaultMain"}'}, {'"main"'}, {'"main"'}]
    arn = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/Own"}
    roles = [
        one["Properties"]["BackupSelection"]["IamRoleArn"]
        for one in parts[1].values()
        if one["Type"] == "AWS::Backup::BackupSelection"
    ]
    assert all(role == arn for role in roles)
    assert (first.names_roles, second.names_roles) == (True, False)
    assert "part 2 of 3" in second.document["Description"]


def _rules(resource: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = resource["Properties"].get("BackupPlan", {}).get("BackupPlanRule", [])
    return found


def test_large_plans_are_several_templates_too() -> None:
    """A template never has more bytes than AWS takes, whatever its resources say."""
    shape = _plans(90)
    tags = {f"key-{number}": "x" * 250 for number in range(50)}
    plans = tuple(one.model_copy(update={"backup_plan_tags": tags}) for one in shape.plans)
    made = template.of_shape(shape.model_copy(update={"plans": plans}), "aws")
    assert len(made) > 1
    assert all(len(one.body) <= limits.BYTES for one in made)
    assert [json.loads(one.body) for one in made] == [json.loads(json.dumps(one.document)) for one in made]


def test_many_parameters_are_several_templates_too() -> None:
    """Each asks for no more than AWS lets it, and for what it uses; a key of several vaults is asked for in each."""
    names = [f"vault-{number}" for number in range(450)]
    keys = [f"arn:aws:kms:eu-central-1:$account:alias/key-{number // 2}" for number in range(448)]
    keys += ["arn:aws:kms:eu-central-1:$account:alias/key-0"] * 2
    vaults = tuple(
        build.Vault(backup_vault_name=name, encryption_key_arn=key) for name, key in zip(names, keys, strict=True)
    )
    made = template.of_shape(build.Shape(region="eu-central-1", vaults=vaults), "aws")
    assert [len(one.parameters) for one in made] == [200, 25]
    for one in made:
        assert {parameter.name for parameter in one.parameters} == set(one.document["Parameters"])
    assert sum(len(one.document["Resources"]) for one in made) == 450


def test_work_grows_with_shapes_alone(compiled: Compile) -> None:
    """Ten thousand accounts of one shape have the templates of two, made by as many calls: the manifest is longer."""
    model = compiled(SMALL)
    many = tuple(f"{number:012}" for number in range(10_000))
    large = dataclasses.replace(model, shapes=tuple(dataclasses.replace(s, accounts=many) for s in model.shapes))
    (few, calls), (same, more) = _templates(model), _templates(large)
    assert few == same
    assert len(few) == 2
    assert more < 1.5 * calls


def _templates(model: ir.Model) -> tuple[list[tuple[str, bytes]], int]:
    """The templates of a model, and how many calls of Python made them: what a slow machine cannot change."""
    calls = 0

    def count(_frame: object, event: str, _given: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        made = list(itertools.islice(cloudformation.emit(model), len(model.shapes)))
    finally:
        sys.setprofile(None)
    return made, calls


def test_nothing_wanted_is_no_template() -> None:
    """A shape of opt-ins alone has no stack set: CloudFormation refuses templates without resources."""
    assert template.of_shape(build.Shape(region="eu-central-1", region_settings={"EBS": True}), "aws") == ()
