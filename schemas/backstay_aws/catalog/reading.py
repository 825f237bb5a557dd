"""Reads the catalogue's TOML tables into rows, each table once and only when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeVar

from backstay_aws.catalog.rows import Control, Event, Gap, Limit, Parameter, Price, Region, ResourceType, Span

Row = TypeVar("Row", Region, Limit, Event, Price)


@cache
def resource_types() -> Mapping[str, ResourceType]:
    """Read every resource type, its kinds inside it, by API name, in the order of the table."""
    return {row["name"]: _resource_type(row) for row in _table("resource_type")}


@cache
def regions() -> Mapping[str, Region]:
    """Read every Region by name."""
    return _plain("region", Region)


@cache
def limits() -> Mapping[str, Limit]:
    """Read every limit by name."""
    return _plain("limit", Limit)


@cache
def prices() -> Mapping[str, Price]:
    """Read every price by type and tier."""
    return _plain("price", Price)


@cache
def events() -> Mapping[str, Event]:
    """Read every vault notification event by name."""
    return _plain("event", Event)


@cache
def controls() -> Mapping[str, Control]:
    """Read every control of Audit Manager by name."""
    return {row["name"]: Control(**_frozen(row) | {"parameters": _parameters(row)}) for row in _table("control")}


def _table(name: str) -> list[dict[str, Any]]:
    import tomllib  # here, because start-up must not pay for tables that no command asks for
    from importlib.resources import files

    text = files("backstay_aws.catalog").joinpath(f"{name}s.toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)[name]
    return rows


def _plain(name: str, row_type: type[Row]) -> dict[str, Row]:
    return {row["name"]: row_type(**row) for row in _table(name)}


def _resource_type(row: Mapping[str, Any]) -> ResourceType:
    base = {key: value for key, value in row.items() if key != "kinds"}
    kinds = tuple(_one_type(base | kind) for kind in row.get("kinds", ()))
    return _one_type(base | {"kinds": kinds})


def _one_type(row: Mapping[str, Any]) -> ResourceType:
    gaps = tuple(Gap(cell, tuple(names)) for cell, names in row.get("gaps", {}).items())
    return ResourceType(**_frozen(row) | {"gaps": gaps})


def _parameters(row: Mapping[str, Any]) -> tuple[Parameter, ...]:
    return tuple(_parameter(one) for one in row.get("parameters", ()))


def _parameter(row: Mapping[str, Any]) -> Parameter:
    ranges = tuple(Span(unit, low, high) for unit, (low, high) in row.get("ranges", {}).items())
    return Parameter(**_frozen(row) | {"ranges": ranges})


def _frozen(row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(_tuples(row))


def _tuples(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        yield key, tuple(value) if isinstance(value, list) else value
