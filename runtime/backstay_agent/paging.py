"""Lists that name the token of their next page in a way of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def pages(call: Callable[..., dict[str, Any]], member: str, answered: str, asked: str) -> Iterator[dict[str, Any]]:
    """Every item of a list operation. `answered` is the token's name in an answer, `asked` in the next question."""
    token: dict[str, str] = {}
    while True:
        answer = call(**token)
        yield from answer.get(member, ())
        if not answer.get(answered):
            return
        token = {asked: answer[answered]}
