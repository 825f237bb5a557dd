"""How selections ask for tags: what of it AWS refuses, and what it takes and then finds nothing by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from backstay.importer.bodies.shapes import CONDITION, TAG, Shape
from backstay.importer.problem import problem
from backstay_aws.selection import TAG_PREFIX
from backstay_contract.findings import Finding, Severity, Span

TYPES: Final = ("STRINGEQUALS", "StringEquals")
"""The only `ConditionType`, as the API has it and as the developer guide's sample spells it (read 2026-11)."""
_OPEN: Final = ("${", "{{", "<%")
"""How what is not rendered yet begins; that is told by itself."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a member of a test for a tag."""

    member: str
    message: str
    help: str
    severity: Severity

    def finding(self, what: str, span: Span) -> Finding:
        """The complaint. `what`: the thing that the test is of, with a colon; empty where the place tells."""
        return problem("wrong-value", f"{what}{self.message}", span, help=self.help, severity=self.severity)


def wrong_tests(shape: Shape, test: Mapping[str, Any]) -> Iterator[Wrong]:
    """What is wrong with a structure, if it is a test for a tag.

    Backup policies of Organizations are none of this: they have no type, and the prefix is their own (`_prefixed`).
    """
    if shape is TAG:
        kind = test.get("ConditionType")
        if isinstance(kind, str) and kind not in TYPES and not _is_open(kind):
            yield Wrong(
                "ConditionType",
                f"AWS refuses `{kind}` as the type of an entry of ListOfTags: `STRINGEQUALS` is the only one",
                "other comparisons are made under `Conditions`",
                "error",
            )
    elif shape is CONDITION:
        key = test.get("ConditionKey")
        if isinstance(key, str) and not key.startswith(TAG_PREFIX) and not _is_open(key):
            yield Wrong(
                "ConditionKey",
                f"the key `{key}` of a condition is not that of a tag, so that it matches nothing as documented",
                f"write `{TAG_PREFIX}{key}`",
                "warning",
            )


def _is_open(text: str) -> bool:
    return any(sign in text for sign in _OPEN)
