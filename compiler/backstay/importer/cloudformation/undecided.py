"""Values that a source does not decide: readable names for them, and one name for one meaning."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from backstay.importer.found import Found, Kind, Unknown

NAMES: Mapping[Kind, tuple[str, ...]] = {
    # kind → the members of its body that lead to its name
    "plan": ("BackupPlan", "BackupPlanName"),
    "selection": ("BackupSelection", "SelectionName"),
    "vault": ("BackupVaultName",),
    "air_gapped_vault": ("BackupVaultName",),
    "lock": ("BackupVaultName",),
    "access": ("BackupVaultName",),
    "notifications": ("BackupVaultName",),
    "framework": ("FrameworkName",),
    "report_plan": ("ReportPlanName",),
    "restore_testing_plan": ("RestoreTestingPlan", "RestoreTestingPlanName"),
    "restore_testing_selection": ("RestoreTestingSelection", "RestoreTestingSelectionName"),
    "legal_hold": ("Title",),
    "tiering": ("TieringConfiguration", "TieringConfigurationName"),
    "key": ("AliasName",),
    "role": ("RoleName",),
}

LONGEST_EXPRESSION = 300
LONGEST_NAME = 48
_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ROOTS = re.compile(r"\b(?:var|local|module|data|each\.value|each\.key|AWS::)\b\.?")
_ARN = re.compile(r"^arn:[^:]*:[a-z0-9-]*:[^:]*:[^:]*:(?!root$)")
_BRACES = re.compile(r"\$\{[^}]*\}")


def undecided(expression: str, why: str, name: str | None = None) -> Unknown:
    """A value that is not known here; its name is made of the expression unless one is given.

    Of an ARN the name is what stands behind the account, unless that is the account's root.
    """
    text = expression if len(expression) <= LONGEST_EXPRESSION else expression[: LONGEST_EXPRESSION - 1] + "…"
    said = _ROOTS.sub("", text) if name is None else name
    return Unknown(text, why, slug(_headless(said)))


class OpenKey(str):
    """A key of a map that is not known: its text is a placeholder, and what stands behind that is `unknown`."""

    unknown: Unknown

    @classmethod
    def of(cls, unknown: Unknown) -> OpenKey:
        """The key that an undecided value stands for."""
        key = cls(f"${{{unknown.expression}}}")
        key.unknown = unknown
        return key


def slug(text: str) -> str:
    """Text as a name in lower case: `pBackupKeyAlias` → `p_backup_key_alias`, `${var.name}-vault` → `name_vault`."""
    words = re.sub(r"[^A-Za-z0-9]+", "_", _BORDER.sub("_", text)).strip("_").lower()
    if len(words) > LONGEST_NAME:
        words = words[:LONGEST_NAME].rsplit("_", 1)[0]
    return words if words[:1].isalpha() else f"value_{words}".rstrip("_")


def _headless(text: str) -> str:
    """An ARN without what stands before its resource; colons inside of `${…}` are none of the ARN's."""
    plain = _BRACES.sub(lambda found: "_" * len(found[0]), text)
    head = _ARN.match(plain)
    return text[head.end() :] if head is not None else text


def unknowns(value: Any) -> Iterator[Unknown]:
    """All undecided values inside a body."""
    if isinstance(value, Unknown):
        yield value
    elif isinstance(value, Mapping):
        yield from (name.unknown for name in value if isinstance(name, OpenKey))
        for member in value.values():
            yield from unknowns(member)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from unknowns(item)


def settle(found: Iterable[Found]) -> tuple[tuple[Found, ...], tuple[Unknown, ...]]:
    """Give undecided values of different meaning different names (`name`, `name_2`), in the order of the bodies."""
    all_of = tuple(found)
    names: dict[tuple[str, str], Unknown] = {}
    taken: set[str] = set()
    for one in (unknown for thing in all_of for unknown in unknowns(thing.body)):
        meaning = (one.expression, one.why)
        if meaning not in names:
            names[meaning] = replace(one, name=_free(one.name, taken))
            taken.add(names[meaning].name)
    settled = (replace(one, body=exchanged(one.body, lambda it: names[it.expression, it.why])) for one in all_of)
    return tuple(replace(one, name=_called(one)) for one in settled), tuple(names.values())


def _called(one: Found) -> str:
    """What something is called: an undecided name by the name of what is undecided, so that its parts find it."""
    value: Any = one.body
    for member in NAMES.get(one.kind, ()):
        value = value.get(member) if isinstance(value, Mapping) else None
    return value.name if isinstance(value, Unknown) else value if isinstance(value, str) else one.name


def exchanged(value: Any, exchange: Callable[[Unknown], Any]) -> Any:
    """A body with every undecided value exchanged."""
    if isinstance(value, Unknown):
        return exchange(value)
    if isinstance(value, Mapping):
        return {name: exchanged(member, exchange) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [exchanged(item, exchange) for item in value]
    return value


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free
