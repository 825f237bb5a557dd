"""What turning pieces into the model needs to know: organization, partition, sources; and where complaints go."""

from __future__ import annotations

from dataclasses import dataclass, field

from backstay.ir import ACCOUNT
from backstay.resolve.tree import Tree
from backstay.source import Sources
from backstay_aws import arns
from backstay_contract.findings import Finding
from backstay_contract.organization import Organization

DEFAULT_ROLE = "service-role/AWSBackupDefaultServiceRole"


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of a resolution. `findings` collects what is wrong with single values."""

    organization: Organization
    tree: Tree
    partition: str
    sources: Sources
    findings: list[Finding] = field(default_factory=list)

    def role_arn(self, role: str | None) -> str:
        """The ARN of a role given by name with path, by ARN, or not at all."""
        if role is not None and role.startswith("arn:"):
            return role
        return arns.role(self.partition, ACCOUNT, role or DEFAULT_ROLE)
