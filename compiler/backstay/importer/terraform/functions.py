"""Terraform's functions on text, numbers and encodings, as far as they are the same on every machine."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from backstay.importer.found import Unknown
from backstay.importer.terraform.containers import COLLECTIONS
from backstay.importer.terraform.evaluate import Function, Scope
from backstay.importer.terraform.operators import number
from backstay.importer.terraform.values import (
    LONGEST_TEXT,
    Failure,
    JsonText,
    leaves,
    marked,
    plain,
    to_text,
)

_VERB = re.compile(r"%(%|(\[[0-9]+\])?([-+ 0#]*)([0-9]*)(?:\.([0-9]+))?([a-zA-Z]))")
WIDEST: Final = 200


def on_text(function: Callable[..., Any], count: int | None = None) -> Function:
    """A function of texts and numbers: undecided if an argument is, or depends on the account or Region."""

    def called(_scope: Scope, arguments: tuple[Any, ...]) -> Any:
        if count is not None and len(arguments) != count:
            raise Failure(f"it takes {count} arguments")
        read = tuple(to_text(one) if isinstance(one, JsonText) else one for one in arguments)
        for one in leaves(list(read)):
            if isinstance(one, Unknown):
                return Unknown("", one.why, one.name)
            if marked(one):
                return Unknown("", "it differs by account or Region", "value")
        return function(*read)

    return called


def joining(function: Callable[..., Any]) -> Function:
    """A function that puts texts together without looking at them."""

    def called(_scope: Scope, arguments: tuple[Any, ...]) -> Any:
        for one in leaves(list(arguments)):
            if isinstance(one, Unknown):
                return Unknown("", one.why, one.name)
        made = function(*arguments)
        if isinstance(made, str) and len(made) > LONGEST_TEXT:
            raise Failure("the text is too long for any value of AWS")
        return made

    return called


def _format(template: Any, *values: Any) -> str:
    """`format`: verbs in the manner of Go; those that people use here."""
    left = list(values)

    def verb(found: re.Match[str]) -> str:
        if found[1] == "%":
            return "%"
        if found[2] or not left:
            raise Failure("`format` has too few arguments")
        return _formatted(left.pop(0), found[3], found[4], found[5], found[6])

    made = _VERB.sub(verb, _text(template))
    if left:
        raise Failure("`format` has too many arguments")
    return made


def _formatted(value: Any, flags: str, width: str, precision: str | None, verb: str) -> str:
    if verb == "d":
        text = str(int(number(value)))
    elif verb == "f":
        text = f"{number(value):.{min(int(precision or 6), 20)}f}"
    elif verb == "q":
        text = json.dumps(_text(value))
    elif verb == "t":
        text = "true" if value is True or value == "true" else "false"
    elif verb in ("s", "v"):
        text = json.dumps(plain(value)) if isinstance(value, (list, dict)) else _text(value)
    else:
        raise Failure(f"`format` does not know `%{verb}` here")
    size = min(int(width or 0), WIDEST)
    if "-" in flags:
        return text.ljust(size)
    return text.rjust(size, "0" if "0" in flags else " ")


def _format_list(template: str, *values: Any) -> list[str]:
    lengths = {len(one) for one in values if isinstance(one, list)}
    if len(lengths) > 1:
        raise Failure("the lists of `formatlist` differ in length")
    rows = range(lengths.pop() if lengths else 1)
    return [_format(template, *(one[row] if isinstance(one, list) else one for one in values)) for row in rows]


def _join(separator: str, *lists: Any) -> str:
    items = [item for one in lists for item in (one if isinstance(one, list) else [one])]
    return _text(separator).join(_text(item) for item in items)


def _replace(text: str, old: str, new: str) -> Any:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return Unknown("", "regular expressions are not worked out", "value")
    made = text.replace(old, new)
    return made if len(made) <= LONGEST_TEXT else Unknown("", "it is too long for any value of AWS", "value")


def _substr(text: str, start: int, length: int) -> str:
    begin = start if start >= 0 else len(text) + start
    return text[begin:] if length < 0 else text[begin : begin + length]


def _text(value: Any) -> str:
    made = to_text(value)
    return made if isinstance(made, str) else ""


def _title(text: str) -> str:
    return re.sub(r"(^|\s)(\w)", lambda found: found[1] + found[2].upper(), text)


def _json_encode(_scope: Scope, arguments: tuple[Any, ...]) -> Any:
    if len(arguments) != 1:
        raise Failure("it takes 1 argument")
    return arguments[0] if isinstance(arguments[0], Unknown) else JsonText(arguments[0])


def _json_decode(_scope: Scope, arguments: tuple[Any, ...]) -> Any:
    (text,) = arguments if len(arguments) == 1 else ("",)
    if isinstance(text, JsonText):
        return text.value
    if isinstance(text, Unknown):
        return Unknown("", text.why, text.name)
    try:
        return json.loads(text)
    except (ValueError, TypeError, RecursionError):
        raise Failure("this is no JSON") from None


def _to_string(_scope: Scope, arguments: tuple[Any, ...]) -> Any:
    return None if arguments[:1] in ((None,), ()) else to_text(arguments[0])


def _to_number(_scope: Scope, arguments: tuple[Any, ...]) -> Any:
    value = arguments[0] if arguments else None
    return value if value is None or isinstance(value, Unknown) else number(value)


def _to_bool(_scope: Scope, arguments: tuple[Any, ...]) -> Any:
    value = arguments[0] if arguments else None
    if value is None or isinstance(value, bool | Unknown):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise Failure("true or false should stand here")


def _same(_scope: Scope, arguments: tuple[Any, ...]) -> Any:
    return arguments[0] if arguments else None


def _most(pick: Callable[[list[float]], float]) -> Callable[..., Any]:
    return lambda *values: pick([number(value) for value in values])


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        raise Failure("this is no base64") from None


FUNCTIONS: Final[Mapping[str, Function]] = {
    **COLLECTIONS,
    "abs": on_text(lambda value: abs(number(value)), 1),
    "base64decode": on_text(_decoded, 1),
    "base64encode": on_text(lambda text: base64.b64encode(_text(text).encode()).decode(), 1),
    "ceil": on_text(lambda value: math.ceil(number(value)), 1),
    "chomp": on_text(lambda text: _text(text).rstrip("\r\n"), 1),
    "endswith": on_text(lambda text, end: _text(text).endswith(_text(end)), 2),
    "floor": on_text(lambda value: math.floor(number(value)), 1),
    "format": joining(_format),
    "formatlist": joining(_format_list),
    "indent": on_text(lambda by, text: _text(text).replace("\n", "\n" + " " * min(int(number(by)), WIDEST)), 2),
    "join": joining(_join),
    "jsondecode": _json_decode,
    "jsonencode": _json_encode,
    "lower": on_text(lambda text: _text(text).lower(), 1),
    "max": on_text(_most(max)),
    "min": on_text(_most(min)),
    "nonsensitive": _same,
    "parseint": on_text(lambda text, base: int(_text(text), int(base)), 2),
    "replace": on_text(lambda text, old, new: _replace(_text(text), _text(old), _text(new)), 3),
    "sensitive": _same,
    "split": on_text(lambda by, text: _text(text).split(_text(by)) if _text(by) else list(_text(text)), 2),
    "startswith": on_text(lambda text, begin: _text(text).startswith(_text(begin)), 2),
    "strcontains": on_text(lambda text, part: _text(part) in _text(text), 2),
    "strrev": on_text(lambda text: _text(text)[::-1], 1),
    "substr": on_text(lambda text, start, length: _substr(_text(text), int(start), int(length)), 3),
    "title": on_text(lambda text: _title(_text(text)), 1),
    "tobool": _to_bool,
    "tonumber": _to_number,
    "tostring": _to_string,
    "trim": on_text(lambda text, signs: _text(text).strip(_text(signs)), 2),
    "trimprefix": on_text(lambda text, begin: _text(text).removeprefix(_text(begin)), 2),
    "trimspace": on_text(lambda text: _text(text).strip(), 1),
    "trimsuffix": on_text(lambda text, end: _text(text).removesuffix(_text(end)), 2),
    "upper": on_text(lambda text: _text(text).upper(), 1),
}
