"""The statements of vault access policies, each with its vault."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from backstay.ir import ACCOUNT
from backstay.lint.context import Context
from backstay.lint.vaults import AnySite, called, every_vault
from backstay_aws import arns
from backstay_aws.policy_document import statements, values

_ID = re.compile(r"[0-9]{12}")


@dataclass(frozen=True)
class PolicyStatement:
    """A statement as it stands in the document; `number` counts from 1."""

    site: AnySite
    number: int
    body: Mapping[str, Any]

    @property
    def called(self) -> str:
        """How a sentence names it: `statement 2 of vault `a`'s access policy`."""
        return f"statement {self.number} of {called(self.site)}'s access policy"

    @property
    def allows(self) -> bool:
        """Whether it gives something."""
        return self.body.get("Effect") == "Allow"

    @property
    def denies(self) -> bool:
        """Whether it takes something."""
        return self.body.get("Effect") == "Deny"

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """The actions that it names."""
        return values(self.body.get("Action"))

    @cached_property
    def principals(self) -> tuple[str, ...]:
        """The AWS principals that it names; `*` for everybody."""
        principal = self.body.get("Principal")
        return values(principal.get("AWS") if isinstance(principal, Mapping) else principal)

    @property
    def unconditional_for_all(self) -> bool:
        """Whether it holds for everybody, whatever the circumstances."""
        return "*" in self.principals and not self.body.get("Condition")

    def named(self, actions: frozenset[str]) -> tuple[str, ...]:
        """Those of its actions that are among some (in lower case), as written."""
        return tuple(action for action in self.actions if action.casefold() in actions)


def policy_statements(context: Context) -> Iterator[PolicyStatement]:
    """Every statement of every vault's access policy."""
    for site in every_vault(context):
        for number, body in enumerate(statements(site.vault.policy or {}), 1):
            yield PolicyStatement(site, number, body)


def account_of(principal: str) -> str | None:
    """The account of a principal, `ACCOUNT` for the vault's own; None if it does not show (`*`, a unique id)."""
    arn = arns.parse(principal)
    account = principal if arn is None else arn.account
    return account if account == ACCOUNT or _ID.fullmatch(account) else None
