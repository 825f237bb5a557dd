"""A module: the resources of a shape, what they look up and ask for, and the versions that they need."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstay.emit.terraform.audit import audit
from backstay.emit.terraform.labels import label
from backstay.emit.terraform.managed import managed
from backstay.emit.terraform.plans import PLAN, SELECTION, plans
from backstay.emit.terraform.settings import organization, settings
from backstay.emit.terraform.text import PARTITION
from backstay.emit.terraform.vaults import vaults
from backstay.emit.terraform.within import VAULT, Resource, Within
from backstay_aws.terraform import needed_version
from backstay_contract import build
from backstay_contract.terraform_modules import TerraformVariable

TERRAFORM = ">= 1.7.0"
"""The first version of Terraform with `removed` blocks."""

_BELOW = "7.0.0"  # the provider's next major version, of which nothing is known
_OF_A_VAULT = (
    VAULT,
    "aws_backup_vault_lock_configuration",
    "aws_backup_vault_policy",
    "aws_backup_vault_notifications",
)


@dataclass(frozen=True, slots=True)
class Module:
    """A module's three files, parsed, and what the manifest says of it."""

    main: Mapping[str, Any]
    variables: tuple[TerraformVariable, ...]
    provider: str

    def files(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Name and content of each file."""
        yield "main.tf.json", self.main
        yield "variables.tf.json", {"variable": {one.name: _declared(one) for one in self.variables}}
        yield (
            "versions.tf.json",
            {
                "terraform": {
                    "required_version": TERRAFORM,
                    "required_providers": {"aws": {"source": "hashicorp/aws", "version": self.provider}},
                }
            },
        )


def of_shape(shape: build.Shape, partition: str) -> Module:
    """The module of a shape. What the provider cannot express is left out of it: `gaps` tells what."""
    within = Within(shape, partition)
    resources = [*managed(within), *vaults(within), *plans(within), *audit(within), *settings(within)]
    asked = tuple(
        TerraformVariable(name=name, type="string", description=f"ARN of the key behind {arn}", stands_for=arn)
        for name, arn in within.asked_for()
    )
    renamed = {"moved": _moved(shape), "removed": _removed(shape)}
    more = {name: blocks for name, blocks in renamed.items() if blocks}
    return _module(resources, {**_guards(), "aws_region": _region(shape.region)}, within.looked_up(), asked, more)


def of_organization(given: tuple[tuple[str, str], ...]) -> Module:
    """The module of the management account, for settings that hold for the whole organization."""
    return _module(list(organization(given)), _guards(), (), (), {})


def _module(
    resources: Iterable[Resource],
    guards: Mapping[str, Any],
    looked_up: Iterable[tuple[str, str, dict[str, Any]]],
    asked: tuple[TerraformVariable, ...],
    more: Mapping[str, Any],
) -> Module:
    declared: dict[str, dict[str, Any]] = {}
    documents: dict[str, Any] = {}
    for resource in resources:
        declared.setdefault(resource.type, {})[resource.label] = resource.body
        documents.update(resource.documents)
    data: dict[str, dict[str, Any]] = {name: dict(labels) for name, labels in guards.items()}
    for kind, own, body in looked_up:
        data.setdefault(kind, {})[own] = body
    if PARTITION in json.dumps([declared, documents]):
        data["aws_partition"] = {"current": {}}
    parts = {"resource": declared, "locals": documents, "data": data, **more}
    main = {name: part for name, part in parts.items() if part}
    return Module(main, (_account(), *asked), f">= {needed_version(main)}, < {_BELOW}")


def _guards() -> dict[str, Any]:
    """Credentials of another account stop a plan, before anything is locked there for ever."""
    condition = {
        "condition": "${self.account_id == var.account}",
        "error_message": "This is for account ${var.account}, and the credentials are of ${self.account_id}.",
    }
    return {"aws_caller_identity": {"current": {"lifecycle": {"postcondition": condition}}}}


def _region(region: str) -> dict[str, Any]:
    condition = {
        "condition": f'${{self.id == "{region}"}}',
        "error_message": f"This is for Region {region}, and the provider is of ${{self.id}}.",
    }
    return {"current": {"lifecycle": {"postcondition": condition}}}


def _account() -> TerraformVariable:
    words = "the account that this module is for: the credentials must be of it"
    return TerraformVariable(name="account", type="string", description=words, stands_for=build.ACCOUNT_PLACEHOLDER)


def _declared(variable: TerraformVariable) -> dict[str, Any]:
    return {"type": variable.type, "description": variable.description, "nullable": False}


def _moved(shape: build.Shape) -> list[dict[str, str]]:
    """A renamed plan is another to the provider; told that it moved, Terraform makes the new one before it goes."""
    there = {plan.backup_plan.backup_plan_name for plan in shape.plans}
    found = []
    for moved in shape.moved:
        if moved.kind == "plan" and moved.name in there and moved.before not in there:
            found.append(_from_to(PLAN, label(moved.before), label(moved.name)))
            for selection in shape.selections:
                if selection.backup_plan_name == moved.name:
                    own = selection.backup_selection.selection_name
                    found.append(_from_to(SELECTION, label(moved.before, own), label(moved.name, own)))
    return found


def _from_to(kind: str, before: str, after: str) -> dict[str, str]:
    return {"from": f"{kind}.{before}", "to": f"{kind}.{after}"}


def _removed(shape: build.Shape) -> list[dict[str, Any]]:
    """AWS cannot rename a vault: the old one leaves the state, but stays, locked as it is, with what it holds."""
    there = {vault.backup_vault_name for vault in shape.vaults}
    old = sorted({moved.before for moved in shape.moved if moved.kind == "vault"} - there)
    return [{"from": f"{kind}.{label(name)}", "lifecycle": {"destroy": False}} for name in old for kind in _OF_A_VAULT]
