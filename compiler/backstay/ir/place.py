"""Where a construct of the model was written, and what brought it to the account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backstay_contract.findings import Span

ACCOUNT = "$account"


@dataclass(frozen=True, slots=True)
class Where:
    """The place of a construct: its call, the values of its keywords, and what brought it here.

    After `extends=`, the fields of one construct may stand in several files: `brought` names policy and target of
    those that another policy than `policy` said. `fields` also holds places inside a value: `tz` of a rule's schedule,
    and of a selection's condition one for each value of the AWS selection, by JSON pointer (`/Resources/0`).
    """

    span: Span | None
    fields: Mapping[str, Span] = field(default_factory=dict)
    policy: str = ""
    target: str = ""
    brought: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def field(self, name: str) -> Span | None:
        """The place of one keyword's value, or of the whole call if the keyword was not written."""
        return self.fields.get(name, self.span)

    def origin(self, name: str) -> tuple[str, str]:
        """The policy that said one keyword's value, and the target that brought it here."""
        return self.brought.get(name, (self.policy, self.target))
