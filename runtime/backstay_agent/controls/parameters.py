"""The parameters of controls: AWS's defaults, changed by `--set CONTROL.parameter=value`, checked by the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from backstay_agent.controls import own
from backstay_aws import catalog
from backstay_aws.catalog import Parameter

Value = int | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of one control; one that has neither a value nor a default is absent."""

    values: Mapping[str, Value] = field(default_factory=dict)

    def number(self, name: str) -> int | None:
        """An integer, None where none was given."""
        value = self.values.get(name)
        return value if isinstance(value, int) else None

    def word(self, name: str) -> str:
        """A choice, empty where none was given."""
        value = self.values.get(name, "")
        return value if isinstance(value, str) else ""

    def listed(self, name: str) -> tuple[str, ...]:
        """A list, empty where none was given."""
        value = self.values.get(name, ())
        return value if isinstance(value, tuple) else ()


class ParameterError(ValueError):
    """A control, a parameter or a value that does not exist or does not fit; the message says so in one sentence."""


def choose(known: Sequence[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """The names of the wanted controls, all of them when none is named; raises ParameterError with the nearest."""
    chosen = {_exact("control", name, known) for name in wanted}
    return tuple(name for name in known if name in chosen or not chosen)


def read(known: Sequence[str], settings: Iterable[str]) -> dict[str, Parameters]:
    """The parameters of every control, `settings` being `CONTROL.parameter=value`; raises ParameterError."""
    given: dict[str, dict[str, str]] = {name: {} for name in known}
    for text in settings:
        control, parameter, value = _apart(text)
        control = _exact("control", control, known)
        names = [one.name for one in _rows(control)]
        if not names:
            raise ParameterError(f"{control} has no parameters")
        given[control][_exact(f"parameter of {control}", parameter, names)] = value
    return {name: _complete(name, values) for name, values in given.items()}


def given(control: str, texts: Mapping[str, str]) -> Parameters:
    """The parameters that a framework gives a control, as text, over the defaults; raises ParameterError.

    One that does not exist is passed over: AWS may know more than this catalogue.
    """
    names = {row.name for row in _rows(control)}
    return _complete(control, {name: text for name, text in texts.items() if name in names})


def _apart(text: str) -> tuple[str, str, str]:
    left, equals, value = text.partition("=")
    control, dot, parameter = left.strip().rpartition(".")
    if not (equals and dot and control and parameter):
        raise ParameterError(f"--set wants CONTROL.parameter=value, not {text!r}")
    return control, parameter, value.strip()


def _exact(what: str, name: str, known: Sequence[str]) -> str:
    by_folded = {one.casefold(): one for one in known}
    found = by_folded.get(name.casefold())
    if found is None:
        near = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.0)
        nearest = f"; the nearest is {by_folded[near[0]]}" if near else ""
        raise ParameterError(f"there is no {what} called {name!r}{nearest}")
    return found


def _rows(control: str) -> tuple[Parameter, ...]:
    row = catalog.control(control)
    return row.parameters if row else own.PARAMETERS.get(control, ())


def _complete(control: str, given: Mapping[str, str]) -> Parameters:
    texts = {row.name: given.get(row.name, row.default) for row in _rows(control)}
    values = {row.name: _value(control, row, text, texts) for row in _rows(control) if (text := texts[row.name])}
    return Parameters(values)


def _value(control: str, row: Parameter, text: str, texts: Mapping[str, str | None]) -> Value:
    place = f"{control}.{row.name}"
    match row.kind:
        case "choice":
            if text not in row.choices:
                raise ParameterError(f"{place} is one of {', '.join(row.choices)}, not {text!r}")
            return text
        case "list":
            items = tuple(item.strip() for item in text.split(",") if item.strip())
            if row.maximum_items is not None and len(items) > row.maximum_items:
                raise ParameterError(f"{place} takes at most {row.maximum_items} items, not {len(items)}")
            return items
        case "integer":
            return _integer(place, row, text, texts)


def _integer(place: str, row: Parameter, text: str, texts: Mapping[str, str | None]) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ParameterError(f"{place} is a whole number, not {text!r}")
    number = int(text)
    unit = texts.get(row.unit_from or "")
    span = next((one for one in row.ranges if one.unit == unit), None)
    if span is not None and not span.minimum <= number <= span.maximum:
        raise ParameterError(f"{place} is {span.minimum} to {span.maximum} {span.unit}, not {number}")
    if number < 1:
        raise ParameterError(f"{place} is at least 1, not {number}")
    return number


def accepted(control: str) -> tuple[Parameter, ...]:
    """The parameters that a control has, with defaults and ranges."""
    return _rows(control)
