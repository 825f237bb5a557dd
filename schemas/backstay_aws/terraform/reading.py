"""Reads the recorded schema's TOML tables, each once and only when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from backstay_aws.terraform.block import Argument, Block, Gap

_RESOURCES = ("audit", "managed", "plans", "settings", "vaults")


@cache
def resources() -> Mapping[str, Block]:
    """Read every resource type by name."""
    return {name: _block(row) for table in _RESOURCES for name, row in _table(table)["resource"].items()}


@cache
def data_sources() -> Mapping[str, Block]:
    """Read every data source by name."""
    return {name: _block(row) for name, row in _table("lookups")["data"].items()}


@cache
def gaps() -> Mapping[str, Gap]:
    """Read every gap of the provider by name, in the order of the table."""
    return {row["name"]: Gap(**row) for row in _table("gaps")["gap"]}


def _block(row: Mapping[str, Any]) -> Block:
    arguments = {name: _argument(one) for name, one in row.get("arguments", {}).items()}
    blocks = {name: _block(one) for name, one in row.get("blocks", {}).items()}
    plain = {key: value for key, value in row.items() if key not in ("arguments", "blocks")}
    return Block(arguments, blocks, **plain)


def _argument(row: Mapping[str, Any]) -> Argument:
    return Argument(**{**row, "values": tuple(row.get("values", ()))})


def _table(name: str) -> dict[str, Any]:
    import tomllib  # here, because start-up must not pay for tables that no command asks for
    from importlib.resources import files

    text = files("backstay_aws.terraform").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
