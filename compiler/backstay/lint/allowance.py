"""Comments that silence a rule on a line: `# backstay: allow NAME — reason`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from backstay_contract.findings import Span

_COMMENT = re.compile(r"#\s*backstay:\s*(?P<rest>.*)")
_ALLOW = re.compile(r"allow\s+(?P<names>[\w-]+(?:\s*,\s*[\w-]+)*)(?:\s*[—–:]\s*|\s+-+\s+|\s*$)(?P<reason>.*)")


@dataclass(frozen=True, slots=True)
class Allowance:
    """A comment, the lines on which it silences, the rules it names; `names` is empty if it cannot be understood."""

    span: Span
    lines: frozenset[int]
    names: tuple[str, ...]
    reason: str


class Commented(Protocol):
    """A policy file with its comments (`source.SourceFile` is one)."""

    @property
    def path(self) -> str:
        """The path as shown to people."""

    @property
    def comments(self) -> Mapping[int, str]:
        """Line number → comment."""

    def line(self, number: int) -> str:
        """The text of a line."""


def allowances(file: Commented) -> Iterator[Allowance]:
    """The comments of a file that speak to the linter."""
    for number, comment in file.comments.items():
        match = _COMMENT.match(comment)
        if match is None:
            continue
        text = file.line(number)
        column = text.rfind(comment) + 1
        span = Span(file.path, number, column, number, column + len(comment))
        allow = _ALLOW.fullmatch(match["rest"].rstrip())
        lines = frozenset({number, _next_code(file, number)} if text.lstrip().startswith("#") else {number})
        if allow is None:
            yield Allowance(span, lines, (), "")
        else:
            names = tuple(name.strip() for name in allow["names"].split(","))
            yield Allowance(span, lines, names, allow["reason"].strip())


def _next_code(file: Commented, number: int) -> int:
    """The first line after `number` that holds more than a comment."""
    following = number + 1
    while following in file.comments and file.line(following).lstrip().startswith("#"):
        following += 1
    return following
