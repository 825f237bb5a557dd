"""What the resources of one shape need to know of each other: ids, names that are declared here, keys, parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from backstay import ir
from backstay.emit.cloudformation import values
from backstay.emit.cloudformation.names import logical_id
from backstay.emit.cloudformation.values import Reference, Value
from backstay_aws import arns
from backstay_contract import build
from backstay_contract.stacksets import StackParameter

VAULT = "AWS::Backup::BackupVault"
AIR_GAPPED = "AWS::Backup::LogicallyAirGappedBackupVault"


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a template. `kept`: neither a deleted stack nor a replacement may delete it."""

    logical_id: str
    type: str
    properties: Mapping[str, Value]
    kept: bool = False

    def body(self) -> dict[str, Value]:
        """The resource as it stands in a template, references not resolved yet."""
        policies = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"} if self.kept else {}
        return {"Type": self.type, **policies, "Properties": dict(self.properties)}


Bundle = tuple[Resource, ...]
"""Resources that must stand in one template, because CloudFormation alone knows what they have to say to each other."""


@dataclass(frozen=True)
class Within:
    """A shape, and how to speak of what is in it."""

    shape: build.Shape
    partition: str

    def text(self, value: str) -> Value:
        """A text of the model."""
        return values.text(value, self.partition)

    def document(self, value: Mapping[str, Any]) -> Value:
        """A policy document of the model."""
        return values.document(value, self.partition)

    def given(self, members: Mapping[str, Any]) -> dict[str, Any]:
        """Properties without those that say nothing, their texts those of a template; keys are literal there.

        An author cannot write the account's id into a key (RES109). One that is a function is told (CFN104).
        """
        spelt = {name: self._deep(value) for name, value in members.items() if value is not None}
        return {name: value for name, value in spelt.items() if value not in ((), [], {})}

    def _deep(self, value: Any) -> Any:
        if isinstance(value, Reference | values.Spelt):
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self._deep(item) for key, item in value.items() if not values.is_function(key)}
        if isinstance(value, list | tuple):
            return [self._deep(item) for item in value]
        return value

    def tags(self, tags: Mapping[str, str]) -> list[dict[str, Any]]:
        """Tags as some resources want them."""
        return [{"Key": self.text(key), "Value": self.text(value)} for key, value in sorted(tags.items())]

    @cached_property
    def _vaults(self) -> Mapping[str, str]:
        """Logical ids of the vaults of the shape, by name."""
        standard = {one.backup_vault_name: logical_id("Vault", one.backup_vault_name) for one in self.shape.vaults}
        gapped = {
            one.backup_vault_name: logical_id("AirGapped", one.backup_vault_name)
            for one in self.shape.air_gapped_vaults
        }
        return {**standard, **gapped}

    @cached_property
    def plan_keys(self) -> Mapping[str, str]:
        """By what each plan goes in logical ids: a renamed one by its old name, so that it stays the same resource.

        As for the agent, a plan was renamed only if no plan has the old name any more. Of several, the first was.
        """
        there = {one.backup_plan.backup_plan_name for one in self.shape.plans}
        before = {one.before: one.name for one in reversed(self.shape.moved) if one.kind == "plan"}
        renamed = {name: old for old, name in before.items() if old not in there}
        return {name: renamed.get(name, name) for name in there}

    def vault_name(self, name: str) -> Value:
        """A vault by its name: a reference, if the shape declares it."""
        known = self._vaults.get(name)
        return Reference(known, None, self.text(name)) if known else self.text(name)

    def vault_arn(self, arn: str) -> Value:
        """A vault by its ARN: a reference, if the shape declares it."""
        parsed = arns.parse(arn)
        known = self._vaults.get(parsed.resource.removeprefix("backup-vault:")) if parsed else None
        if parsed is not None and known is not None and self._here(arn):
            return Reference(known, "BackupVaultArn", self.text(arn))
        return self.text(arn)

    def role_arn(self, arn: str) -> Value:
        """A role by its ARN: a reference, if the shape declares it."""
        for role in self.shape.roles:
            if arns.role(self.partition, ir.ACCOUNT, f"{role.path}{role.role_name}") == arn:
                return Reference(logical_id("Role", role.role_name), "Arn", self.text(arn))
        return self.text(arn)

    def framework_arn(self, name: str) -> Value:
        """A framework's ARN by its name: of one that is declared elsewhere a parameter asks for it."""
        if any(one.framework_name == name for one in self.shape.frameworks):
            return Reference(
                logical_id("Framework", name), "FrameworkArn", values.Spelt({"Ref": _framework_parameter(name)})
            )
        return values.Spelt({"Ref": _framework_parameter(name)})

    def key_arn(self, arn: str) -> Value:
        """A key by its ARN; one by its alias is the managed key, or a parameter, since vaults take no alias.

        Source: Backup API `CreateBackupVault`, developer guide "Encryption for backups", read 2026-11.
        """
        alias = _alias(arn)
        if alias is None:
            return self.text(arn)
        parameter = values.Spelt({"Ref": _key_parameter(arn)})
        if self._here(arn) and any(key.alias_name == alias for key in self.shape.keys):
            return Reference(logical_id("Key", alias.removeprefix("alias/")), "Arn", parameter)
        return parameter

    def parameters(self) -> Iterator[StackParameter]:
        """Every parameter that some resource of the shape may refer to."""
        keys = [one.encryption_key_arn for one in self.shape.vaults]
        keys += [one.encryption_key_arn for one in self.shape.air_gapped_vaults]
        for arn in sorted({arn for arn in keys if arn and _alias(arn) is not None}):
            yield StackParameter(
                name=_key_parameter(arn),
                description=f"ARN of the KMS key behind {_alias(arn)}",
                stands_for=arn,
            )
        for name in sorted({n for plan in self.shape.report_plans for n in plan.report_setting.framework_names or ()}):
            yield StackParameter(
                name=_framework_parameter(name),
                description=f"ARN of the framework {name}",
                stands_for=f"framework {name}",
            )

    def _here(self, arn: str) -> bool:
        parsed = arns.parse(arn)
        return parsed is not None and (parsed.account, parsed.region) == (ir.ACCOUNT, self.shape.region)


def _alias(arn: str) -> str | None:
    """The alias that an ARN names (`alias/x`), if it names one."""
    parsed = arns.parse(arn)
    return parsed.resource if parsed is not None and parsed.resource.startswith("alias/") else None


def _key_parameter(arn: str) -> str:
    parsed = arns.parse(arn)
    assert parsed is not None, "only for ARNs of aliases"
    place = () if parsed.account == ir.ACCOUNT else (parsed.account, parsed.region)
    return logical_id("KeyArn", parsed.resource.removeprefix("alias/"), *place)


def _framework_parameter(name: str) -> str:
    return logical_id("FrameworkArn", name)
