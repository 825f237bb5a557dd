"""The asterisk of AWS patterns: matching text, and ARNs field by field."""

from __future__ import annotations

import re
from functools import lru_cache

LITERAL = {"*": "\ue000", "?": "\ue001"}
"""What stands in a pattern of IAM for an asterisk, or a question mark, that means itself (`${*}`, `${?}`)."""


def glob(pattern: str, text: str) -> bool:
    """Match as backup selections do: `*` stands for any run of characters, anything else for itself, case matters."""
    return _star(pattern).fullmatch(text) is not None


def iam_glob(pattern: str, text: str) -> bool:
    """Match as IAM's `StringLike` does: `*` for any run of characters, `?` for exactly one, case matters."""
    return _star_and_mark(pattern).fullmatch(text) is not None


def arn_glob(pattern: str, text: str) -> bool:
    """Match as IAM's `ArnLike` does: each of the six fields by itself, with `*` and `?` in it."""
    wanted, given = pattern.split(":", 5), text.split(":", 5)
    return len(wanted) == len(given) == 6 and all(map(iam_glob, wanted, given))


@lru_cache(maxsize=4096)
def _star(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(piece) for piece in _squeezed(pattern).split("*")), re.DOTALL)


@lru_cache(maxsize=4096)
def _star_and_mark(pattern: str) -> re.Pattern[str]:
    spelled = {"*": ".*", "?": "."} | {sign: re.escape(meant) for meant, sign in LITERAL.items()}
    return re.compile("".join(spelled.get(sign) or re.escape(sign) for sign in _squeezed(pattern)), re.DOTALL)


def _squeezed(pattern: str) -> str:
    """Write a run of asterisks as one: the meaning is the same, and matching stays fast."""
    return re.sub(r"\*+", "*", pattern)
