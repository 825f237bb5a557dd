"""The condition keys of one request as far as they are known, and the policy variables that stand for their values.

Source: IAM user guide "Policy variables" (`${key}`, `${key, 'default'}`, `${*}`, `${?}`, `${$}`) and "AWS global
condition context keys", as known 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from backstay_aws.globs import LITERAL

_ALWAYS = frozenset({"aws:sourceip", "aws:currenttime", "aws:epochtime"})
"""Keys that (almost) every request has: one that is not told is unknown, and not absent."""

_VARIABLE = re.compile(r"\$\{\s*([^},]*?)\s*(?:,\s*'([^']*)'\s*)?\}")
_SIGNS = frozenset({"*", "?", "$"})


class Missing(Enum):
    """Why a condition key has no value."""

    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Context:
    """The condition keys of a request, in lower case, each with its values.

    `whole` says that these are all keys of the request but for what lies in the network; otherwise the asker knows only
    some, and a policy variable that is not among them cannot be told.
    """

    keys: Mapping[str, tuple[str, ...]]
    whole: bool = False

    @staticmethod
    def of(keys: Mapping[str, str | Sequence[str] | None], *, whole: bool = False) -> Context:
        """Take keys however spelt, with one value or several; None is a key that the request does not have."""
        spelt = ((key.casefold(), value) for key, value in keys.items() if value is not None)
        return Context({key: (value,) if isinstance(value, str) else tuple(value) for key, value in spelt}, whole)

    def get(self, key: str) -> tuple[str, ...] | Missing:
        """Give the values of a key, or say why there are none."""
        name = key.casefold()
        found = self.keys.get(name)
        if found is not None:
            return found
        return Missing.UNKNOWN if name in _ALWAYS else Missing.ABSENT

    def variable(self, key: str) -> str | Missing:
        """Give the value that a policy variable stands for: that of a key with exactly one."""
        found = self.get(key)
        if isinstance(found, Missing):
            return found if self.whole else Missing.UNKNOWN
        return found[0] if len(found) == 1 else Missing.ABSENT


def expand(text: str, context: Context, *, pattern: bool) -> str | Missing:
    """Put the values of a request in the place of policy variables; `pattern`: what they give stands for itself."""
    if "${" not in text:
        return text
    pieces, end = [], 0
    for found in _VARIABLE.finditer(text):
        value = _value(found[1], found[2], context)
        if isinstance(value, Missing):
            return value
        pieces += [text[end : found.start()], _itself(value) if pattern else value]
        end = found.end()
    return "".join([*pieces, text[end:]])


def _value(name: str, default: str | None, context: Context) -> str | Missing:
    if name in _SIGNS:
        return name
    value = context.variable(name)
    return default if value is Missing.ABSENT and default is not None else value


def _itself(value: str) -> str:
    return "".join(LITERAL.get(sign, sign) for sign in value)


def hits(text: str, context: Context, *, pattern: bool, test: Callable[[str], bool | None]) -> bool | None:
    """Test a value of a policy once its variables are filled in; one without a value matches nothing."""
    meant = expand(text, context, pattern=pattern)
    if isinstance(meant, Missing):
        return None if meant is Missing.UNKNOWN else False
    return test(meant)


def every(answers: Iterable[bool | None]) -> bool | None:
    """Join answers by "and": one no decides, one "cannot be told" leaves it open."""
    return _joined(answers, decisive=False)


def some(answers: Iterable[bool | None]) -> bool | None:
    """Join answers by "or": one yes decides, one "cannot be told" leaves it open."""
    return _joined(answers, decisive=True)


def negated(answer: bool | None) -> bool | None:
    """Turn an answer around; what cannot be told stays so."""
    return None if answer is None else not answer


def _joined(answers: Iterable[bool | None], *, decisive: Literal[True, False]) -> bool | None:
    found: bool | None = not decisive
    for answer in answers:
        if answer is decisive:
            return decisive
        if answer is None:
            found = None
    return found
