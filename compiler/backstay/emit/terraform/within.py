"""What a resource must know of the module that it stands in: what is declared beside it, and how to refer to that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backstay import ir
from backstay.emit.terraform.labels import label
from backstay.emit.terraform.text import document, template
from backstay_aws import arns
from backstay_contract import build

VAULT = "aws_backup_vault"
AIR_GAPPED = "aws_backup_logically_air_gapped_vault"
KEY = "aws_kms_key"
ROLE = "aws_iam_role"
FRAMEWORK = "aws_backup_framework"


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a module; `documents`: the locals that it reads."""

    type: str
    label: str
    body: Mapping[str, Any]
    documents: Mapping[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """How other resources of the module name it."""
        return f"{self.type}.{self.label}"


@dataclass(frozen=True, slots=True)
class Within:
    """A shape, seen by one of its resources."""

    shape: build.Shape
    partition: str

    def text(self, text: str) -> str:
        """A text of the policy's author."""
        return template(text, self.partition)

    def texts(self, texts: tuple[str, ...]) -> list[str]:
        """Several of them, in their order."""
        return [self.text(text) for text in texts]

    def tags(self, tags: Mapping[str, str], name: str = "tags") -> dict[str, Any]:
        """An argument that holds tags, or nothing without any."""
        return {name: document(dict(tags), self.partition)} if tags else {}

    def document(self, kind: str, owner: str, argument: str, content: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
        """An argument that holds a JSON document, and the local that it reads, so that people can review it."""
        local = f"{kind}_{owner}"
        return {argument: f"${{jsonencode(local.{local})}}"}, {local: document(dict(content), self.partition)}

    def vault_address(self, name: str) -> str | None:
        """The address of the vault of that name that the module declares, standard or air-gapped."""
        if any(vault.backup_vault_name == name for vault in self.shape.vaults):
            return f"{VAULT}.{label(name)}"
        if any(vault.backup_vault_name == name for vault in self.shape.air_gapped_vaults):
            return f"{AIR_GAPPED}.{label(name)}"
        return None

    def vault_name(self, name: str) -> str:
        """A vault by its name: a reference, if the module declares it."""
        address = self.vault_address(name)
        return f"${{{address}.name}}" if address else self.text(name)

    def vault_arn(self, arn: str) -> str:
        """A vault by its ARN: a reference, if the module declares it."""
        parsed = arns.parse(arn)
        if parsed is not None and self._here(arn):
            address = self.vault_address(parsed.resource.removeprefix("backup-vault:"))
            if address is not None:
                return f"${{{address}.arn}}"
        return self.text(arn)

    def role_arn(self, arn: str) -> str:
        """A role by its ARN: a reference, if the module declares it."""
        role = self._role(arn)
        return f"${{{ROLE}.{label(role.role_name)}.arn}}" if role else self.text(arn)

    def rights(self, arn: str) -> dict[str, Any]:
        """`depends_on` for what uses a role that the module declares: the rights that the role must have first."""
        role = self._role(arn)
        if role is None:
            return {}
        return _after(
            [
                *(f"aws_iam_role_policy.{label(role.role_name, name)}" for name in sorted(role.policies)),
                *(f"aws_iam_role_policy_attachment.{attachment(role, one)}" for one in role.managed_policy_arns),
            ]
        )

    def principals(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """`depends_on` for a resource policy: AWS refuses principals that do not exist yet."""
        named = set(_strings(content))
        return _after([f"{ROLE}.{label(role.role_name)}" for role in self.shape.roles if self._arn(role) in named])

    def key_arn(self, arn: str) -> str:
        """A key by its ARN or its alias's: the managed key, the one behind the alias, or a variable."""
        alias = alias_of(arn)
        if alias is None:
            return self.text(arn)
        if not self._here(arn):
            return f"${{var.{key_variable(arn)}}}"
        if any(key.alias_name == alias for key in self.shape.keys):
            return f"${{{KEY}.{alias_label(alias)}.arn}}"
        return f"${{data.aws_kms_alias.{alias_label(alias)}.target_key_arn}}"

    def framework_arn(self, name: str) -> str:
        """A framework's ARN by its name, whether the module declares it or not."""
        declared = any(one.framework_name == name for one in self.shape.frameworks)
        return f"${{{'' if declared else 'data.'}{FRAMEWORK}.{label(name)}.arn}}"

    def looked_up(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Data sources that the module needs: kind, label and body."""
        managed = {key.alias_name for key in self.shape.keys}
        for arn in self._vault_keys():
            alias = alias_of(arn)
            if alias is not None and self._here(arn) and alias not in managed:
                yield "aws_kms_alias", alias_label(alias), {"name": self.text(alias)}
        declared = {one.framework_name for one in self.shape.frameworks}
        for name in sorted({n for plan in self.shape.report_plans for n in plan.report_setting.framework_names or ()}):
            if name not in declared:
                yield FRAMEWORK, label(name), {"name": self.text(name)}

    def asked_for(self) -> Iterator[tuple[str, str]]:
        """Variables for keys of other accounts and Regions, with the aliases that the policy names."""
        for arn in self._vault_keys():
            if alias_of(arn) is not None and not self._here(arn):
                yield key_variable(arn), arn

    def _vault_keys(self) -> list[str]:
        keys = [vault.encryption_key_arn for vault in self.shape.vaults]
        keys += [vault.encryption_key_arn for vault in self.shape.air_gapped_vaults]
        return sorted({arn for arn in keys if arn})

    def _here(self, arn: str) -> bool:
        parsed = arns.parse(arn)
        return parsed is not None and (parsed.account, parsed.region) == (ir.ACCOUNT, self.shape.region)

    def _role(self, arn: str) -> build.Role | None:
        return next((role for role in self.shape.roles if self._arn(role) == arn), None)

    def _arn(self, role: build.Role) -> str:
        return arns.role(self.partition, ir.ACCOUNT, f"{role.path}{role.role_name}")


def alias_of(arn: str) -> str | None:
    """The alias that an ARN names (`alias/x`), if it names one."""
    parsed = arns.parse(arn)
    return parsed.resource if parsed is not None and parsed.resource.startswith("alias/") else None


def alias_label(alias: str) -> str:
    """The label of a key, its alias, and the lookup of either."""
    return label(alias.removeprefix("alias/"))


def key_variable(arn: str) -> str:
    """The variable that asks for the ARN of a key behind an alias of another account or Region."""
    parsed = arns.parse(arn)
    assert parsed is not None, "only for ARNs of aliases"
    place = "own" if parsed.account == ir.ACCOUNT else parsed.account
    return label("key", place, parsed.region, parsed.resource.removeprefix("alias/"))


def attachment(role: build.Role, policy_arn: str) -> str:
    """The label of a policy's attachment to a role."""
    return label(role.role_name, policy_arn.rpartition(":policy/")[2])


def _after(addresses: list[str]) -> dict[str, Any]:
    return {"depends_on": addresses} if addresses else {}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)
