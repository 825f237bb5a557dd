"""What was read, as canonical JSON and back: the same facts always give the same bytes, wherever they were read.

Used wherever facts leave the process: shards that a worker read, what is kept for a rerun, evidence. Every row of
`controls.facts` is covered without being named here. A member that a document lacks takes its default, one that the
rows do not know is passed over, so that versions near each other read what the other wrote.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from backstay_agent.controls.facts import Facts, Place
from backstay_agent.observed import Unread

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Packable = TypeVar("Packable", Facts, Place, Unread)


class UnreadableFactsError(ValueError):
    """Bytes that are no facts of this version."""


def pack(facts: Facts | Place | Unread) -> bytes:
    """Canonical JSON of facts, one place or one that could not be read."""
    from backstay_contract.canonical import compact

    return compact(_adapter(type(facts).__name__).dump_python(facts, mode="json"))


def unpack(form: type[Packable], packed: bytes) -> Packable:
    """The facts again; raises UnreadableFactsError, whose text names the first member that is wrong."""
    from pydantic import ValidationError

    try:
        value: Packable = _adapter(form.__name__).validate_json(packed)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "the document"
        raise UnreadableFactsError(f"{place}: {first['msg']}") from None
    return value


def digest(packed: bytes) -> str:
    """SHA-256 of packed facts, in hexadecimal."""
    return hashlib.sha256(packed).hexdigest()


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter({"Facts": Facts, "Place": Place, "Unread": Unread}[name])


@cache
def rows_digest() -> str:
    """A digest of the form of the rows: what another form was read into may lack what this one holds."""
    from backstay_contract import canonical

    return canonical.digest(_adapter("Place").json_schema())
