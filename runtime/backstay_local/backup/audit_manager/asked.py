"""What a framework asks of a control: its parameters, its scope, and the moment and place of the question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from backstay_local.backup.audit_manager.facts import Subject

Status = Literal["COMPLIANT", "NON_COMPLIANT", "INSUFFICIENT_DATA"]

Verdict = tuple[Status, str]
"""What a control says of one subject, and why."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a control is narrowed to; what is empty does not narrow."""

    types: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    tag: tuple[str, str] | None = None
    """Key and value; an empty value stands for any."""

    def covers(self, subject: Subject) -> bool:
        """Whether a subject is within the scope."""
        if self.types and not set(self.types) & set(subject.types):
            return False
        if self.ids and not set(self.ids) & set(subject.ids):
            return False
        if self.tag is None:
            return True
        key, value = self.tag
        return key in subject.tags and value in ("", subject.tags[key])


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to a control. `parameters` hold its defaults, too, spelt as they travel."""

    parameters: Mapping[str, str]
    scope: Scope
    account: str
    region: str
    now: datetime
    every_destination: bool = True
    """Whether a copy must go to every Region or account of a list, not just to one."""
    never_restored: Status = "INSUFFICIENT_DATA"
    """What a resource is that was never restored."""

    def number(self, name: str) -> int | None:
        """A whole number; None when it was not given."""
        given = self.parameters.get(name)
        return None if given is None else int(given)

    def listed(self, name: str) -> tuple[str, ...]:
        """A list with commas between."""
        return tuple(item.strip() for item in self.parameters.get(name, "").split(",") if item.strip())

    def span(self, value: str, unit: str) -> timedelta:
        """A length of time, out of the parameters that hold its value and its unit, hours or days."""
        amount = int(self.parameters[value])
        return timedelta(hours=amount) if self.parameters[unit] == "hours" else timedelta(days=amount)
