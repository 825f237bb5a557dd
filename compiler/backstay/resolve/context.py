"""What turning pieces into the model needs to know: organization, partition, sources; and where complaints go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from backstay.dsl import Node
from backstay.dsl.managed import Role
from backstay.ir import ACCOUNT
from backstay.resolve.tree import Tree
from backstay.source import Sources
from backstay_aws import arns
from backstay_contract.findings import Finding
from backstay_contract.organization import Organization

DEFAULT_ROLE = "service-role/AWSBackupDefaultServiceRole"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Constructs (by their first node) that some places are without, since what they name stands elsewhere.

    `somewhere` are those that at least one place has; `nowhere()` is what then is lost.
    """

    without: dict[int, Node] = field(default_factory=dict)
    somewhere: set[int] = field(default_factory=set)

    def nowhere(self) -> Iterator[Node]:
        """What no place has."""
        return (node for key, node in self.without.items() if key not in self.somewhere)


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of a resolution. `findings` collects what is wrong with single values."""

    organization: Organization
    tree: Tree
    partition: str
    sources: Sources
    findings: list[Finding] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)

    def role_arn(self, role: str | Role | None) -> str:
        """The ARN of a role given by name with path, as a `Role`, by ARN, or not at all."""
        name = role.name.strip("/") if isinstance(role, Role) else role
        if name is not None and name.startswith("arn:"):
            return name
        return arns.role(self.partition, ACCOUNT, name or DEFAULT_ROLE)
