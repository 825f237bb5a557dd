"""By which tags and names others show that they manage a vault or a plan, and will change it back. Pure.

A row is a sign, never a proof: what it says is told, and stops nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from backstay_agent.observed import OWNER_TAG

Kind = Literal["vault", "plan"]


@dataclass(frozen=True, slots=True)
class Controller:
    """Somebody who manages a thing, as a person calls them, and how it is taken out of their hands."""

    name: str
    release: str


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag by which a controller marks what it manages. Both patterns must match wholly, whatever the case.

    `name` has the words; `{value}` is the tag's value.
    """

    key: str
    value: str
    name: str
    release: str
    source: str


@dataclass(frozen=True, slots=True)
class NameRow:
    """Names that a controller gives: those of vaults and plans alike, or ids of plans."""

    pattern: str
    name: str
    release: str
    source: str


_STACK = "delete it from the stack with DeletionPolicy Retain"
_HCL = "take it out of its state (`removed` block, `state rm`)"
_CUSTOM = (
    r"(app\.kubernetes\.io/)?(managed|created|provisioned|deployed)[-_:./ ]?(by|with)|iac([-_ ]?tool)?|provisioner"
)
_ANY = ".+"
# What says most comes first: a stack of a stack set is a stack, too.
TAGS: tuple[TagRow, ...] = (
    TagRow(
        "aws:cloudformation:stack-name",
        r"StackSet-.+-[0-9a-f]{8}-[0-9a-f-]{27}",
        "a CloudFormation stack set (stack {value})",
        "take it out of the stack set's template, with DeletionPolicy Retain",
        "CloudFormation user guide, stack set concepts (names of stack instances' stacks); 2026-11-29",
    ),
    TagRow(
        "aws:servicecatalog:provisionedProductArn",
        _ANY,
        "the Service Catalog product {value}",
        "end the provisioned product with RetainPhysicalResources",
        "Service Catalog administrator guide, AutoTags; 2026-11-29",
    ),
    TagRow(
        "aws:cloudformation:stack-name",
        _ANY,
        "CloudFormation stack {value}",
        _STACK,
        "CloudFormation user guide, resource tags; 2026-11-29",
    ),
    TagRow(
        "aws:cloudformation:stack-id",
        _ANY,
        "CloudFormation stack {value}",
        _STACK,
        "CloudFormation user guide, resource tags; 2026-11-29",
    ),
    TagRow(
        "accelerator",
        "AWSAccelerator",
        "the Landing Zone Accelerator",
        "take it out of the accelerator's configuration",
        "Landing Zone Accelerator on AWS, tags of its stacks; 2026-11-29",
    ),
    TagRow(
        "crossplane-(kind|name|providerconfig)",
        _ANY,
        "Crossplane",
        "give the managed resource deletionPolicy Orphan and delete it",
        "Crossplane's AWS provider, default tags of managed resources; 2026-11-29",
    ),
    TagRow(
        "services.k8s.aws/(controller-version|namespace)",
        _ANY,
        "an AWS controller for Kubernetes",
        "give the custom resource deletion-policy retain and delete it",
        "ACK user docs, managing tags (default tags); 2026-11-29",
    ),
    TagRow(_CUSTOM, r"terraform.*|tf", "Terraform", _HCL, "convention, no tag of Terraform's own; 2026-11-29"),
    TagRow("terraform", "true|yes|1", "Terraform", _HCL, "convention, no tag of Terraform's own; 2026-11-29"),
    TagRow(_CUSTOM, r"(open)?tofu.*", "OpenTofu", _HCL, "convention; 2026-11-29"),
    TagRow(
        _CUSTOM,
        r"pulumi.*",
        "Pulumi",
        "take it out of the stack's state (`pulumi state delete`)",
        "convention; 2026-11-29",
    ),
    TagRow(_CUSTOM, r"(aws[-_ ]?)?cdk.*", "AWS CDK", _STACK, "convention; 2026-11-29"),
    TagRow(_CUSTOM, r"cloudformation.*|cfn", "CloudFormation", _STACK, "convention; 2026-11-29"),
    TagRow(_CUSTOM, r"ansible.*", "Ansible", "take it out of the playbook", "convention; 2026-11-29"),
    TagRow(_CUSTOM, r"crossplane.*", "Crossplane", "take it out of its resources", "convention; 2026-11-29"),
    TagRow(_CUSTOM, r"control[-_ ]?tower.*", "AWS Control Tower", "take it out there", "convention; 2026-11-29"),
)
NAMES: tuple[NameRow, ...] = (
    NameRow(
        r"orgs/.+",
        "a backup policy of AWS Organizations",
        "take it out of the policy, or detach that",
        "AWS Backup API reference, BackupPlanId; Organizations user guide, backup policies; 2026-11-29",
    ),
    NameRow(
        r"aws/efs/.+",
        "AWS itself (automatic backups of EFS)",
        "switch the automatic backups off",
        "EFS user guide, automatic backups (plan and vault aws/efs/automatic-backup-…); 2026-11-29",
    ),
    NameRow(
        r"aws-controltower-.+",
        "AWS Control Tower",
        "disable its backup baseline",
        "Control Tower user guide, resources created for AWS Backup; 2026-11-29",
    ),
    NameRow(
        r"AWSAccelerator-.+",
        "the Landing Zone Accelerator",
        "take it out of the accelerator's configuration",
        "Landing Zone Accelerator on AWS, prefix of what it makes; 2026-11-29",
    ),
)


def controller_of(
    tags: Mapping[str, str], names: tuple[str, ...], organization: str, wanted: Mapping[str, str]
) -> Controller | None:
    """Who else manages a thing, if its tags or one of its names (ids included) show it; the clearest sign counts.

    Tags that the build itself wants on it (`wanted`) are signs of nobody else.
    """
    foreign = {key: value for key, value in tags.items() if wanted.get(key) != value}
    return next(_signs(foreign, names, organization), None)


def _signs(tags: Mapping[str, str], names: tuple[str, ...], organization: str) -> Iterator[Controller]:
    owner = tags.get(OWNER_TAG)
    if owner is not None and owner != organization:
        yield Controller(f"Backstay of organization {owner or '(without an id)'}", "take it out of the policies there")
    for row in TAGS:
        for key, value in sorted(tags.items()):
            if _matches(row.key, key) and _matches(row.value, value):
                yield Controller(row.name.format(value=_short(value)), row.release)
    for named in NAMES:
        if any(_matches(named.pattern, name) for name in names):
            yield Controller(named.name, named.release)


def warning(controller: Controller) -> str:
    """What follows from it, in one sentence that goes on from another."""
    return f"{controller.name} manages it: it will change it back; remove it there first ({controller.release})"


def _matches(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.IGNORECASE | re.DOTALL) is not None


def _short(value: str) -> str:
    """The name in an ARN of a stack or product; other values as they are."""
    return value.split("/")[1] if value.startswith("arn:") and value.count("/") >= 1 else value
