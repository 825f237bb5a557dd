"""`Ref` and `Fn::GetAtt`: parameters, pseudo parameters, and what the template's own resources will be called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from backstay.importer.cloudformation.evaluate import NO_VALUE, Evaluation, Function
from backstay.importer.cloudformation.leaves import LATER, REGION
from backstay.importer.cloudformation.placed import Made
from backstay.importer.cloudformation.undecided import undecided
from backstay.importer.found import Unknown
from backstay.ir import ACCOUNT
from backstay.source.text import DataPath


@dataclass(frozen=True, slots=True)
class Named:
    """How a type of resource is called: the property with its name, and what `Ref` and attributes make of that.

    Texts have `{name}`; the ARN is that of the resource in the account and Region that it is deployed to.
    """

    member: str
    reference: str
    attributes: Mapping[str, str]


def _named(member: str, arn: str, attribute: str, reference: str = "{name}") -> Named:
    return Named(member, reference, {attribute: arn, member: "{name}"})


# Source: "Return values" on each type's page in the CloudFormation template reference (read 2026-11).
NAMED: Final[Mapping[str, Named]] = {
    "AWS::Backup::BackupVault": _named(
        "BackupVaultName", f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:{{name}}", "BackupVaultArn"
    ),
    "AWS::Backup::LogicallyAirGappedBackupVault": _named(
        "BackupVaultName", f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:{{name}}", "BackupVaultArn"
    ),
    "AWS::Backup::RestoreTestingPlan": Named("RestoreTestingPlanName", "{name}", {}),
    "AWS::Backup::TieringConfiguration": Named("TieringConfigurationName", "{name}", {}),
    "AWS::KMS::Alias": Named("AliasName", "{name}", {}),
    "AWS::SNS::Topic": Named(
        "TopicName",
        f"arn:aws:sns:{REGION}:{ACCOUNT}:{{name}}",
        {"TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:{{name}}", "TopicName": "{name}"},
    ),
    "AWS::S3::Bucket": _named("BucketName", "arn:aws:s3:::{name}", "Arn"),
    "AWS::DynamoDB::Table": _named("TableName", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{name}}", "Arn"),
    "AWS::RDS::DBInstance": _named(
        "DBInstanceIdentifier", f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{{name}}", "DBInstanceArn"
    ),
    "AWS::RDS::DBCluster": _named(
        "DBClusterIdentifier", f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:{{name}}", "DBClusterArn"
    ),
}


def reference(evaluation: Evaluation, argument: Any, path: DataPath) -> Any:
    """`Ref`: a parameter's value, a pseudo parameter, or what stands for a resource."""
    name = str(argument)
    template = evaluation.template
    if name in evaluation.pseudo:
        return evaluation.pseudo[name]
    if name.startswith("AWS::"):
        return undecided(f"${{{name}}}", "only the deployment tells")
    if name in template.parameters:
        return _parameter(evaluation, name)
    if name in template.resources:
        return _resource(evaluation, name, None, path)
    evaluation.complain("wrong-value", f"the template has neither a parameter nor a resource `{name}`", path)
    return undecided(f"${{{name}}}", "the template has no such parameter or resource")


def attribute(evaluation: Evaluation, argument: Any, path: DataPath) -> Any:
    """`Fn::GetAtt`: an attribute of a resource, as text with a dot or as a list of two."""
    parts = argument if isinstance(argument, list) else str(argument).split(".", 1)
    if len(parts) != 2 or not all(isinstance(part, str) for part in parts):
        return undecided(f"${{{argument}}}", "it is no attribute of a resource")
    name, member = parts
    if name in evaluation.template.resources:
        return _resource(evaluation, name, member, path)
    evaluation.complain("wrong-value", f"the template has no resource `{name}`", path)
    return undecided(f"${{{name}.{member}}}", "the template has no such resource")


def _parameter(evaluation: Evaluation, name: str) -> Any:
    if name in evaluation.arguments:
        return evaluation.arguments[name]
    said = evaluation.template.parameters[name]
    kind = str(said.get("Type", "String")) if isinstance(said, Mapping) else "String"
    if not isinstance(said, Mapping) or "Default" not in said:
        return undecided(f"${{{name}}}", f"the parameter `{name}` has no default")
    if kind.startswith("AWS::SSM::Parameter::Value"):
        return undecided(f"${{{name}}}", f"the parameter `{name}` is looked up in the parameter store")
    evaluation.defaults.add(name)
    default = said["Default"]
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [part.strip() for part in str(default).split(",") if part.strip()]
    return default if isinstance(default, str | int | float) else str(default)


def _resource(evaluation: Evaluation, name: str, member: str | None, path: DataPath) -> Any:
    said = evaluation.template.resources[name]
    kind = said.get("Type") if isinstance(said, Mapping) else None
    shown = f"${{{name}}}" if member is None else f"${{{name}.{member}}}"
    if kind == "AWS::Backup::BackupPlan":
        wanted = member in (None, "BackupPlanId")
        plan = named(evaluation, name, ("BackupPlan", "BackupPlanName"), path)
        return Made("plan", plan, shown) if wanted else undecided(shown, LATER)
    if kind == "AWS::Backup::Framework":
        return Made("framework", named(evaluation, name, ("FrameworkName",), path), shown)
    if kind == "AWS::IAM::Role":
        evaluation.roles.add(name)
        return _role(evaluation, name, member, shown, path)
    if kind == "AWS::KMS::Key":
        evaluation.keys.add(name)
        return _key(evaluation, name, shown, path)
    return _by_name(evaluation, name, kind, member, shown, path)


def _by_name(evaluation: Evaluation, name: str, kind: Any, member: str | None, shown: str, path: DataPath) -> Any:
    naming = NAMED.get(kind) if isinstance(kind, str) else None
    form = None if naming is None else naming.reference if member is None else naming.attributes.get(member)
    if naming is None or form is None:
        return undecided(shown, LATER)
    own = named(evaluation, name, (naming.member,), path)
    return own if isinstance(own, Unknown) and form == "{name}" else _formed(form, own, shown)


def _role(evaluation: Evaluation, name: str, member: str | None, shown: str, path: DataPath) -> Any:
    own = named(evaluation, name, ("RoleName",), path)
    if member is None:
        return own
    if member != "Arn":
        return undecided(shown, LATER)
    folder = evaluation.template.resources[name].get("Properties", {}).get("Path", "/")
    under = evaluation.value(folder, ("Resources", name, "Properties", "Path"))
    if not isinstance(under, str):
        return undecided(shown, under.why if isinstance(under, Unknown) else LATER)
    return _formed(f"arn:aws:iam::{ACCOUNT}:role{under if under.endswith('/') else under + '/'}{{name}}", own, shown)


def _key(evaluation: Evaluation, name: str, shown: str, path: DataPath) -> Any:
    """A key of the template, by the alias that the template gives it: only AWS knows its id."""
    alias = alias_of(evaluation, name)
    if alias is None:
        return undecided(shown, "only AWS knows the key's id, and the template gives it no alias")
    called = named(evaluation, alias, ("AliasName",), path)
    return called if isinstance(called, Unknown) else f"arn:aws:kms:{REGION}:{ACCOUNT}:{called}"


def alias_of(evaluation: Evaluation, key: str) -> str | None:
    """The logical id of the first alias of a key in the template."""
    for name, said in sorted(evaluation.template.resources.items()):
        if isinstance(said, Mapping) and said.get("Type") == "AWS::KMS::Alias":
            target = said.get("Properties", {}).get("TargetKeyId") if isinstance(said.get("Properties"), dict) else None
            if target in ({"Ref": key}, {"Fn::GetAtt": [key, "Arn"]}, {"Fn::GetAtt": f"{key}.Arn"}):
                return str(name)
    return None


def named(evaluation: Evaluation, name: str, members: tuple[str, ...], path: DataPath) -> Any:
    """What a resource is called, by the property that says so."""
    step = ("name", name)
    if step in evaluation.busy:
        evaluation.complain("circular-reference", f"the name of `{name}` depends on itself", path)
        return undecided(f"${{{name}}}", "it depends on itself")
    if step not in evaluation.known:
        evaluation.busy.add(step)
        evaluation.known[step] = _called(evaluation, name, members)
        evaluation.busy.discard(step)
    return evaluation.known[step]


def _called(evaluation: Evaluation, name: str, members: tuple[str, ...]) -> Any:
    node: Any = evaluation.template.resources[name].get("Properties")
    for member in members:
        node = node.get(member) if isinstance(node, Mapping) else None
    value = evaluation.value(node, ("Resources", name, "Properties", *members)) if node is not None else None
    if value is None or value is NO_VALUE:
        return undecided(f"${{{name}}}", "CloudFormation makes its name up on deployment")
    return value if isinstance(value, Unknown) else str(value)


def _formed(form: str, own: Any, shown: str) -> Any:
    return undecided(shown, own.why) if isinstance(own, Unknown) else form.replace("{name}", own)


REFERENCES: Final[Mapping[str, Function]] = {"Ref": reference, "Fn::GetAtt": attribute}
