"""A difference as text for a person, and as JSON for programs. Pure; text is not escaped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from backstay.diff.change import Change, Direction
from backstay.diff.difference import Difference
from backstay.prove.text import place_of, sentence, witness_row

if TYPE_CHECKING:
    from collections.abc import Sequence

_SIGNS: dict[Direction, str] = {"lost": "- lost", "changed": "~ changed", "gained": "+ gained"}
_LOOSER = "! looser"
_WIDTH = 12


def text(found: Difference) -> str:
    """The verdict, then what is lost, changes and is gained."""
    lines = [verdict(found), *(line for change in found.changes for line in _lines(change)), *_notes(found)]
    return "\n".join(lines)


def verdict(found: Difference) -> str:
    """What a reviewer reads first."""
    looser = [one for one in found.changes if one.breaks]
    lost = [one for one in found.changes if one.direction == "lost" and not one.breaks]
    forever = [one for one in found.changes if one.forever]
    if not found.changes:
        return "Nothing changes for anybody."
    parts = [f"{_count(len(looser), 'lock')} {'gets' if len(looser) == 1 else 'get'} looser"] if looser else []
    if lost:
        parts.append(f"{_count(len(lost), 'kind')} of protection {'is' if len(lost) == 1 else 'are'} lost")
    if forever:
        parts.append(f"{_count(len(forever), 'thing')} can never be undone")
    rest = len(found.changes) - len(lost) - len(looser)
    told = ", ".join(parts) or "Nothing is lost"
    return f"{told[:1].upper()}{told[1:]}; {_count(rest, 'other change')}."


def document(found: Difference) -> dict[str, Any]:
    """`{"changes": […], …}`, stable."""
    return {
        "changes": [_row(one) for one in found.changes],
        "accounts": found.accounts,
        "joined": list(found.joined),
        "left": list(found.left),
        "not_compared": list(found.beyond),
    }


def _lines(change: Change) -> Iterator[str]:
    lock = "🔒 " if change.forever else ""
    yield ""
    sign = _LOOSER if change.breaks else _SIGNS[change.direction]
    yield f"{sign:<{_WIDTH}}{lock}{change.what}"
    yield f"{'':<{_WIDTH}}{change.subject}{where(change)}"
    if change.counted and change.types:
        yield f"{'':<{_WIDTH}}{of_inventory(change)}"
    if change.witness is not None:
        yield f"{'':<{_WIDTH}}such as {sentence(change.witness)}"
    if change.why or change.place:
        at = f" ({change.place})" if change.place else ""
        yield f"{'':<{_WIDTH}}{change.why or 'written here'}{at}"


def where(change: Change) -> str:
    """In how many accounts and which Regions."""
    if not change.accounts:
        return ""
    return f", in {_count(len(change.accounts), 'account')}, {', '.join(change.regions)}"


def of_inventory(change: Change) -> str:
    """How many resources that there are it is about."""
    if not change.resources:
        return "no resource of the inventory"
    first = change.resources[0]
    return f"{_count(len(change.resources), 'resource')} of the inventory, such as {first}"


def _notes(found: Difference) -> Iterator[str]:
    for accounts, told in (
        (found.joined, "only in the new organization file, so there is nothing to compare"),
        (found.left, "only in the old organization file, so there is nothing to compare"),
        (found.beyond, "not compared: there are more combinations of tags than are looked at"),
    ):
        if accounts:
            yield ""
            yield f"{_names(accounts)}: {told}."


def _names(accounts: Sequence[str]) -> str:
    shown = ", ".join(accounts[:5])
    return shown if len(accounts) <= 5 else f"{shown} and {len(accounts) - 5} more"


def _count(number: int, word: str) -> str:
    return f"{number} {word if number == 1 else word + 's'}"


def _row(one: Change) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "direction": one.direction,
        "what": one.what,
        "who": one.subject,
        "types": list(one.types),
        "accounts": len(one.accounts),
        "account_ids": list(one.accounts),
        "regions": list(one.regions),
        "witness": None if one.witness is None else witness_row(one.witness),
        "why": one.why,
        **place_of(one.place),
        "forever": one.forever,
        "breaks": one.breaks,
        "resources": list(one.resources) if one.counted else None,
    }
