"""Placeholders of generators in policy documents: those of the own account and partition are resolved, others open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backstay.importer.found import Unknown

PLACEHOLDER = re.compile(r"\$\{([^}]*)\}|\{\{\s*([^}]*?)\s*\}\}")
BARE = re.compile(r"\$\{[^}\n]*\}|\{\{[^}\n]*\}\}")
"""What may stand without quotes in the JSON of a generator's policies."""

KNOWN: Mapping[str, str] = {
    # variable of CloudFormation's Fn::Sub or of the Landing Zone Accelerator → what it is in a backup policy
    "AWS::Partition": "aws",
    "PARTITION": "aws",
    "AWS::AccountId": "$account",
    "ACCOUNT_ID": "$account",
}
_LOOKUP = re.compile(r"^ACCEL_LOOKUP::(?:CUSTOM:)?")
_ARN_HEAD = re.compile(r"^arn:[^:]*:[^:]*:[^:]*:[^:]*:(?:role/|backup-vault:)?")


@dataclass
class Placeholders:
    """Fills in what is known; `given` are values from beside the document, `open` what stayed undecided.

    `kept` is what whole texts stand for, where something undecided became a placeholder so that it can stand in text;
    `names` are the names in the document that stayed undecided.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, Unknown] = field(default_factory=dict)
    open: dict[Unknown, None] = field(default_factory=dict)
    names: dict[str, Unknown] = field(default_factory=dict)

    def filled(self, text: str) -> str | Unknown:
        """The text with its placeholders filled in, or why that cannot be."""
        known = {**KNOWN, **self.given}
        filled = PLACEHOLDER.sub(lambda found: known.get(_variable(found), found[0]), text)
        left = list(PLACEHOLDER.finditer(filled))
        if not left:
            return filled
        unknown = self.kept.get(text) or Unknown(text, _why(_variable(found) for found in left), _name(filled))
        self.open[unknown] = None
        return unknown

    def named(self, text: str) -> str:
        """A name. As a key of the document it has to stay a text, so that an undecided one is kept in `names`."""
        found = self.filled(text)
        if isinstance(found, Unknown):
            self.names[text] = found
            return text
        return found

    def restored(self, value: Any) -> Any:
        """A body with undecided names in the places of their texts."""
        if isinstance(value, str):
            return self.names.get(value, value)
        if isinstance(value, Mapping):
            return {name: self.restored(member) for name, member in value.items()}
        return [self.restored(item) for item in value] if isinstance(value, list | tuple) else value

    def several(self, text: str) -> list[str] | None:
        """A list that stands as one placeholder without quotes, if beside the document it is given."""
        found = PLACEHOLDER.fullmatch(text)
        value = self.given.get(_variable(found)) if found is not None else None
        return value.split(",") if value is not None else None


def _variable(found: re.Match[str]) -> str:
    name = (found[1] if found[1] is not None else found[2]).strip()
    return _LOOKUP.sub("", name)


def _why(names: Iterable[str]) -> str:
    listed = list(dict.fromkeys(names))
    what = " and ".join(f"`{name}`" for name in listed)
    return f"the file does not say what {what} {'is' if len(listed) == 1 else 'are'}"


def _name(text: str) -> str:
    """A readable name: the variables' own, with the text around them but for the beginning of an ARN."""
    return PLACEHOLDER.sub(lambda found: f" {_variable(found)} ", _ARN_HEAD.sub("", text)).strip()
