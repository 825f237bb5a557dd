"""Settings as a person writes them on a command line or in a file: `start_delay=5m`, lists as `a,b;c`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from backstay_local.durations import span

from .options import Settings

_WORDS = {"true": True, "false": False}


def settings_of(pairs: Iterable[str]) -> Settings:
    """The settings of `name=value` pairs; `ValueError` in words for a name or a value that there is not."""
    hints = get_type_hints(Settings)
    given = {}
    for pair in pairs:
        name, equals, text = (part.strip() for part in pair.partition("="))
        if not equals or name not in hints:
            raise ValueError(f"{pair!r} is no setting; NAME=VALUE is, with a name of: {', '.join(sorted(hints))}")
        try:
            given[name] = _value(hints[name], text)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return Settings(**given)


def _value(hint: Any, text: str) -> Any:
    """The value of a type that a text stands for."""
    choices = get_args(hint)
    if get_origin(hint) is Literal:
        if text not in choices:
            raise ValueError(f"{text!r} is not one of {', '.join(map(str, choices))}")
        return text
    if get_origin(hint) in (Union, UnionType):
        if text == "none" and NoneType in choices:
            return None
        return _value(next(choice for choice in choices if choice is not NoneType), text)
    if get_origin(hint) is tuple:
        between = ";" if get_origin(choices[0]) is tuple else ","
        return tuple(_value(choices[0], part.strip()) for part in text.split(between) if part.strip())
    if hint is bool:
        if text not in _WORDS:
            raise ValueError(f"{text!r} is neither true nor false")
        return _WORDS[text]
    return span(text) if hint is timedelta else hint(text)
