"""An organization as a file describes it, read into a tree of frozen values. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .problem import SeedError

_ACCOUNT = re.compile(r"\d{12}")
_ORGANIZATION = re.compile(r"o-[a-z0-9]{4,32}")


@dataclass(frozen=True, slots=True)
class Account:
    """A member account and the names of the units above it, outermost first."""

    id: str
    name: str
    tags: Mapping[str, str]
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blueprint:
    """The organization that shall be."""

    id: str
    management_account: str
    backup_account: str | None
    units: tuple[tuple[str, ...], ...]
    """Every unit by the names from the outermost down, parents before children."""
    accounts: tuple[Account, ...]
    regions: tuple[str, ...] = ()
    """The default Regions; the partition follows from them."""


def read(document: Mapping[str, Any], file: str) -> Blueprint:
    """The blueprint in a parsed `org.yaml` or JSON; `SeedError` with the place of the first fault."""
    reader = _Reader(file)
    organization = reader.text(document, "id", "")
    manager = reader.text(document, "management_account", "")
    backup = reader.text(document, "backup_account", "") if document.get("backup_account") is not None else None
    reader.expect(_ORGANIZATION.fullmatch(organization), "id", f"{organization!r} is no organization id (o-…)")
    root = document.get("root")
    if not isinstance(root, Mapping):
        raise SeedError(file, "root", "must hold accounts and units")
    accounts = tuple(reader.accounts(root, (), "root"))
    units = tuple(reader.units(root, (), "root"))
    ids = {account.id for account in accounts}
    for key, value in (("management_account", manager), ("backup_account", backup)):
        reader.expect(value is None or value in ids, key, f"account {value} is nowhere under root")
    if len(ids) != len(accounts):
        seen: set[str] = set()
        twice = next(account.id for account in accounts if account.id in seen or seen.add(account.id))  # type: ignore[func-returns-value]
        raise SeedError(file, "root", f"account {twice} stands twice")
    regions = document.get("regions") or []
    reader.expect(isinstance(regions, list), "regions", "must be a list")
    return Blueprint(organization, manager, backup, units, accounts, tuple(map(str, regions)))


class _Reader:
    """Takes values out of the document, or says where it cannot."""

    def __init__(self, file: str) -> None:
        self.file = file

    def expect(self, fine: object, place: str, reason: str) -> None:
        """Complain unless `fine`."""
        if not fine:
            raise SeedError(self.file, place, reason)

    def text(self, node: Mapping[str, Any], key: str, place: str) -> str:
        """A required text (YAML makes numbers of unquoted account ids, which loses leading zeros)."""
        value = node.get(key)
        where = f"{place}.{key}".lstrip(".")
        self.expect(value is not None, where, "is missing")
        self.expect(isinstance(value, str), where, f"must be text in quotes, not {value!r}")
        return str(value)

    def list(self, node: Mapping[str, Any], key: str, place: str) -> Iterator[tuple[Mapping[str, Any], str]]:
        """The objects of an optional list, each with its place."""
        items = node.get(key) or []
        self.expect(isinstance(items, list), f"{place}.{key}", "must be a list")
        for index, item in enumerate(items):
            where = f"{place}.{key}[{index}]"
            self.expect(isinstance(item, Mapping), where, "must be an object")
            yield item, where

    def accounts(self, node: Mapping[str, Any], above: tuple[str, ...], place: str) -> Iterator[Account]:
        """The accounts of a unit and of those below it."""
        for item, where in self.list(node, "accounts", place):
            number = self.text(item, "id", where)
            self.expect(_ACCOUNT.fullmatch(number), f"{where}.id", f"{number!r} is not twelve digits")
            tags = item.get("tags") or {}
            self.expect(isinstance(tags, Mapping), f"{where}.tags", "must be an object")
            named = {str(key): str(value) for key, value in tags.items()}
            yield Account(number, self.text(item, "name", where), named, above)
        for item, where in self.list(node, "units", place):
            yield from self.accounts(item, (*above, self.text(item, "name", where)), where)

    def units(self, node: Mapping[str, Any], above: tuple[str, ...], place: str) -> Iterator[tuple[str, ...]]:
        """The units below a node, parents first."""
        seen: set[str] = set()
        for item, where in self.list(node, "units", place):
            name = self.text(item, "name", where)
            self.expect(name not in seen, where, f"unit {name!r} stands twice")
            seen.add(name)
            yield (*above, name)
            yield from self.units(item, (*above, name), where)
