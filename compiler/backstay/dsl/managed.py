"""KMS keys and IAM roles: named ones, which must exist, and managed ones, which Backstay makes."""

from __future__ import annotations

from dataclasses import dataclass

from backstay.dsl.node import Node, PolicyError, expect, expect_name


@dataclass(frozen=True)
class Key(Node):
    """A customer managed KMS key by its alias. `manage=True`: made wherever a vault uses it, with the least rights."""

    alias: str
    manage: bool = False

    def check(self) -> None:
        """A managed key has an alias, since its ARN is not known before it is made."""
        expect_name(self.alias, "alias")
        expect(self.manage, bool, "True or False", "manage")
        if self.manage and not self.alias.startswith("alias/"):
            raise PolicyError(f"a managed key is named by an alias, such as `alias/{self.alias}`", field="alias")
        if self.manage and self.alias.startswith("alias/aws/"):
            raise PolicyError("aliases that begin with `alias/aws/` are AWS's own", field="alias")


@dataclass(frozen=True)
class Role(Node):
    """An IAM role by its name, with a path in front if it has one. `manage=True`: made, with the least rights."""

    name: str
    manage: bool = False

    def check(self) -> None:
        """The name is text."""
        expect_name(self.name)
        expect(self.manage, bool, "True or False", "manage")


ROLE = "a role's name, or made by Role"


def expect_role(value: object) -> None:
    """Refuse what names no role."""
    expect(value, (str, Role), ROLE, "role")
    if isinstance(value, str):
        expect_name(value, "role")
