"""How values of rows lie in SQLite: times as whole microseconds since 1970, what has a shape as canonical JSON."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson

Codec = Callable[[Any], Any]
"""What turns SQLite's value into Python's."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PLAIN = (str, int, float, bool)
_SHORT = 2_000  # characters of JSON that may well come again: a lifecycle, the plan that a job was created by


def encode(value: Any) -> Any:
    """A Python value as SQLite holds it."""
    if value is None or isinstance(value, str | float):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, datetime):
        return micros(value)
    return to_json(value)


@lru_cache(maxsize=4096)
def micros(value: datetime) -> int:
    """An aware time as a column of times holds it."""
    return (value - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=4096)
def moment(value: int) -> datetime:
    """The aware UTC time that a column of times holds."""
    return _EPOCH + timedelta(microseconds=value)


def to_json(value: Any) -> str:
    """Anything with a shape of its own."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def from_json(text: str) -> Any:
    """What had a shape of its own. Values of one text may be shared: leave them as they are."""
    return _shared(text) if len(text) <= _SHORT else orjson.loads(text)


@lru_cache(maxsize=1024)
def _shared(text: str) -> Any:
    return orjson.loads(text)


def codecs(row: type[Any]) -> dict[str, Codec]:
    """For each field of a row class, what turns SQLite's value into Python's."""
    hints = typing.get_type_hints(row)
    return {field.name: _codec(hints[field.name]) for field in dataclasses.fields(row)}


def encoder(codec: Codec) -> Codec | None:
    """What turns Python's value into SQLite's; None where they are the same."""
    if codec in _PLAIN:
        return None
    return micros if codec is moment else to_json


def affinity(codec: Codec) -> str:
    """The type of a column."""
    if codec is moment or codec in (int, bool):
        return "INTEGER"
    return "REAL" if codec is float else "TEXT"


def _codec(hint: Any) -> Codec:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        (hint,) = (part for part in typing.get_args(hint) if part is not type(None))
    if hint is datetime:
        return moment
    if typing.get_origin(hint) is typing.Literal:
        return str
    if hint in _PLAIN:
        return typing.cast(Codec, hint)
    return from_json
