"""Templates read back: what CloudFormation would ask of AWS is what the build asks of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backstay.emit.cloudformation import limits, template
from backstay.emit.cloudformation.resources import LEAST_RETENTION
from backstay_contract import build

Body = dict[str, Any]
ACCOUNT, REGION = "100000000010", "eu-central-1"
PSEUDO = {"AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::Region": REGION}


class Stacks:
    """Templates worked out as CloudFormation would, parameters standing for what the policy says in their place."""

    def __init__(self, made: Sequence[template.Template]) -> None:
        self.documents = [json.loads(json.dumps(one.document)) for one in made]
        self.given = {one.name: one.stands_for.replace("$account", ACCOUNT) for part in made for one in part.parameters}

    def all(self, kind: str) -> list[Body]:
        """The properties of every resource of a type, of all templates."""
        return [
            self.value(one["Properties"], document)
            for document in self.documents
            for one in document["Resources"].values()
            if one["Type"] == kind
        ]

    def value(self, given: Any, document: Body) -> Any:
        """A value without functions."""
        if isinstance(given, list):
            return [self.value(item, document) for item in given]
        if not isinstance(given, dict):
            return given
        match given:
            case {"Ref": str() as name}:
                return self._ref(name, document)
            case {"Fn::GetAtt": [name, attribute]}:
                return self._arn(name, attribute, document)
            case {"Fn::Join": [between, pieces]}:
                return between.join(pieces)
            case {"Fn::Sub": [text, own]}:
                return _substituted(text, {**PSEUDO, **own})
            case {"Fn::Sub": text}:
                return _substituted(text, PSEUDO)
        return {key: self.value(item, document) for key, item in given.items()}

    def _ref(self, name: str, document: Body) -> str:
        if name in document.get("Parameters", {}):
            return self.given[name]
        resource = document["Resources"][name]
        own = self.value(resource["Properties"], document)
        plan = own.get("BackupPlan", {}).get("BackupPlanName")
        found: str = plan or own.get("BackupVaultName") or own.get("RestoreTestingPlanName")
        return found

    def _arn(self, name: str, attribute: str, document: Body) -> str:
        resource = document["Resources"][name]
        own = self.value(resource["Properties"], document)
        match resource["Type"], attribute:
            case (("AWS::Backup::BackupVault" | "AWS::Backup::LogicallyAirGappedBackupVault"), "BackupVaultArn"):
                return f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:{own['BackupVaultName']}"
            case "AWS::IAM::Role", "Arn":
                return f"arn:aws:iam::{ACCOUNT}:role{own['Path']}{own['RoleName']}"
            case "AWS::KMS::Key", "Arn":
                return f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/managed"
            case "AWS::Backup::Framework", "FrameworkArn":
                return f"framework {own['FrameworkName']}"
        raise AssertionError(f"{resource['Type']} has no {attribute}")


def _substituted(text: str, known: Mapping[str, str]) -> str:
    """`Fn::Sub`. A `${` that is not a variable's would be read as one, so there is none."""
    assert text.count("${") == len(re.findall(r"\$\{[A-Za-z:]+\}", text))
    return re.sub(r"\$\{([A-Za-z:]+)\}", lambda found: known[found[1]], text)


def read_back(made: Sequence[template.Template]) -> dict[str, list[Body]]:
    """The bodies that the templates stand for, by noun."""
    stacks = Stacks(made)
    vaults, gapped = stacks.all("AWS::Backup::BackupVault"), stacks.all("AWS::Backup::LogicallyAirGappedBackupVault")
    found = {noun: [inverse(body) for body in stacks.all(kind)] for noun, kind, inverse in NOUNS}
    found["keys"] = [
        {
            **_only(key, "Description"),
            "AliasName": alias["AliasName"],
            "Policy": _document(key["KeyPolicy"]),
            **_tags(key),
        }
        for key, alias in zip(stacks.all("AWS::KMS::Key"), stacks.all("AWS::KMS::Alias"), strict=True)
    ]
    found["vaults"] = [_only(one, *_VAULT) for one in vaults]
    found["air_gapped_vaults"] = [_only(one, *_VAULT, "MinRetentionDays", "MaxRetentionDays") for one in gapped]
    found["vault_locks"] = [
        {"BackupVaultName": one["BackupVaultName"], **one["LockConfiguration"]}
        for one in vaults
        if "LockConfiguration" in one
    ]
    found["vault_access_policies"] = [
        {"BackupVaultName": one["BackupVaultName"], "Policy": _document(one["AccessPolicy"])}
        for one in (*vaults, *gapped)
        if "AccessPolicy" in one
    ]
    found["vault_notifications"] = [
        {"BackupVaultName": one["BackupVaultName"], **one["Notifications"]}
        for one in (*vaults, *gapped)
        if "Notifications" in one
    ]
    return found


_VAULT = ("BackupVaultName", "EncryptionKeyArn", "BackupVaultTags")


def _only(body: Body, *names: str) -> Body:
    return {name: body[name] for name in names if name in body}


def _document(given: Any) -> Any:
    return json.loads(given) if isinstance(given, str) else given


def _tags(body: Body, name: str = "Tags") -> Body:
    return {name: {one["Key"]: one["Value"] for one in body.get(name, [])}}


def plan(body: Body) -> Body:
    """`CreateBackupPlan`."""
    inner = dict(body["BackupPlan"])
    rules = inner.pop("BackupPlanRule")
    renamed = [
        {"TargetBackupVaultName" if name == "TargetBackupVault" else name: value for name, value in rule.items()}
        for rule in rules
    ]
    return {"BackupPlan": {**inner, "Rules": renamed}, **_only(body, "BackupPlanTags")}


def selection(body: Body) -> Body:
    """`CreateBackupSelection`."""
    return {"BackupPlanName": body["BackupPlanId"], "BackupSelection": body["BackupSelection"]}


def framework(body: Body) -> Body:
    """`CreateFramework`."""
    return {**body, "FrameworkControls": [_control(one) for one in body["FrameworkControls"]], **_tags(body, _FT)}


_FT, _RT = "FrameworkTags", "ReportPlanTags"


def _control(body: Body) -> Body:
    scope = body.get("ControlScope")
    return body if scope is None else {**body, "ControlScope": {**scope, **_tags(scope)}}


def report(body: Body) -> Body:
    """`CreateReportPlan`, its frameworks by name."""
    setting = dict(body["ReportSetting"])
    arns = setting.pop("FrameworkArns", [])
    setting["FrameworkNames"] = [arn.removeprefix("framework ") for arn in arns]
    return {**body, "ReportSetting": setting, **_tags(body, _RT)}


def restore_test(body: Body) -> Body:
    """`CreateRestoreTestingPlan`."""
    return {"RestoreTestingPlan": {name: value for name, value in body.items() if name != "Tags"}, **_tags(body)}


def restored(body: Body) -> Body:
    """`CreateRestoreTestingSelection`."""
    inner = {name: value for name, value in body.items() if name != "RestoreTestingPlanName"}
    return {"RestoreTestingPlanName": body["RestoreTestingPlanName"], "RestoreTestingSelection": inner}


def tiering(body: Body) -> Body:
    """`CreateTieringConfiguration`."""
    inner = {name: value for name, value in body.items() if name != "TieringConfigurationTags"}
    return {"TieringConfiguration": inner, **_only(body, "TieringConfigurationTags")}


def hold(body: Body) -> Body:
    """`CreateLegalHold`."""
    return {**body, **_tags(body)}


def role(body: Body) -> Body:
    """`CreateRole`, with the policies in it and attached to it."""
    return {
        **body,
        "AssumeRolePolicyDocument": _document(body["AssumeRolePolicyDocument"]),
        "Policies": {one["PolicyName"]: _document(one["PolicyDocument"]) for one in body.get("Policies", [])},
        **_tags(body),
    }


NOUNS: tuple[tuple[str, str, Callable[[Body], Body]], ...] = (
    ("plans", "AWS::Backup::BackupPlan", plan),
    ("selections", "AWS::Backup::BackupSelection", selection),
    ("frameworks", "AWS::Backup::Framework", framework),
    ("report_plans", "AWS::Backup::ReportPlan", report),
    ("restore_testing_plans", "AWS::Backup::RestoreTestingPlan", restore_test),
    ("restore_testing_selections", "AWS::Backup::RestoreTestingSelection", restored),
    ("tiering_configurations", "AWS::Backup::TieringConfiguration", tiering),
    ("legal_holds", "AWS::Backup::LegalHold", hold),
    ("roles", "AWS::IAM::Role", role),
)


def asked(shape: build.Shape) -> dict[str, list[Body]]:
    """The bodies of a shape in one account, by noun, as CloudFormation can say them."""
    document = _expressible(json.loads(json.dumps(shape.document()).replace("$account", ACCOUNT)))
    found = {noun: document.get(noun, []) for noun in (*build.NOUNS, *build.RARE_NOUNS)}
    for lock in found["vault_locks"]:
        lock.setdefault("MinRetentionDays", LEAST_RETENTION)
    return found


MAPS = {
    "BackupVaultTags",
    "BackupPlanTags",
    "RecoveryPointTags",
    "TieringConfigurationTags",
    "RestoreMetadataOverrides",
    "BackupOptions",
}
"""Where an author's key is a member's name in a template, too."""


def _expressible(value: Any, name: str = "") -> Any:
    """A body without the keys that CloudFormation would take for functions, which the compiler warns of."""
    if isinstance(value, Mapping):
        kept = {key: item for key, item in value.items() if name not in MAPS or not re.match("Ref$|Fn::", key)}
        return {key: _expressible(item, key) for key, item in kept.items()}
    return [_expressible(item) for item in value] if isinstance(value, list) else value


def said(value: Any, name: str = "") -> Any:
    """A body without the members that say nothing, but for what stands in a document of its own."""
    if name in ("Policy", "AssumeRolePolicyDocument", "Policies"):
        return value
    if isinstance(value, Mapping):
        inner = {key: said(item, key) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item not in (None, [], {})}
    return [said(item) for item in value] if isinstance(value, list) else value


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_templates_say_what_the_build_says(shapes: st.SearchStrategy[build.Shape], data: st.DataObject) -> None:
    """Every body of the accounts target comes back from the templates, in order, whatever stands in its texts."""
    shape = data.draw(shapes)
    again = read_back(template.of_shape(shape, "aws"))
    wanted = asked(shape)
    assert {noun: said(bodies) for noun, bodies in again.items()} == {n: said(wanted[n]) for n in again}
    assert again.keys() == wanted.keys()


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_every_reference_points_at_something(shapes: st.SearchStrategy[build.Shape], data: st.DataObject) -> None:
    """No template speaks of what it has not got, every parameter is used, and none is beyond AWS's limits."""
    for made in template.of_shape(data.draw(shapes), "aws"):
        document = json.loads(json.dumps(made.document))
        known = {*document["Resources"], *document.get("Parameters", {})}
        named = set(re.findall(r'"(?:Ref|Fn::GetAtt)": \[?"([^"]+)"', json.dumps(document["Resources"])))
        assert named <= known
        assert set(document.get("Parameters", {})) <= named
        assert len(document["Resources"]) <= limits.RESOURCES
        assert all({*one.get("DependsOn", [])} <= known for one in document["Resources"].values())
