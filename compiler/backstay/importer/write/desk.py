"""What writing one file keeps in mind: names given out, parameters and constants for what could not be decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from backstay.importer.found import Unknown
from backstay.importer.write.code import Atom, Code, call, items, literal, noted, pairs, quoted, text, wrapped
from backstay.importer.write.names import Names, identifier
from backstay.importer.write.things import OWN_ACCOUNT, OWN_REGION

STANDS_IN = "AWS's own default stands in until `params=`, or this line, says better"
SHORT = 40
"""Characters of a constant's text: with its name it stays on a line."""
_OWN: Mapping[str, str] = {
    OWN_ACCOUNT: "the account's own id stands in it, for which policies have no word there",
    OWN_REGION: "the Region's own name stands in it, for which policies have no word there",
}


@dataclass
class Desk:
    """Turns values into source. `params` and `constants`: what could not be decided, by the name that it got.

    `absent` are accounts, units and targets that the source names and the organization file does not have. `capitals`
    are the names of constants, which are nobody else's; `words` those whose text may have no hyphen.
    """

    partition: str = "aws"
    names: Names = field(default_factory=Names)
    capitals: Names = field(default_factory=lambda: Names(set()))
    params: dict[str, Unknown] = field(default_factory=dict)
    constants: dict[str, Unknown] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    words: set[str] = field(default_factory=set)

    def stood_in(self, value: Any, make: Callable[[Any], Code], own: Code) -> Code | None:
        """A scalar field's value, made by `make`; an undecided one is a parameter with AWS's `own` default behind it.

        None stays None.
        """
        if isinstance(value, Unknown) and value.default is None:
            new = value not in self.params.values()
            return noted(call("param", text(self._param(value)), own), (undecided(value, STANDS_IN),) if new else ())
        return self.value(value, make, [], "")

    def value(self, value: Any, make: Callable[[Any], Code], notes: list[str], what: str) -> Code | None:
        """A field's value, made by `make`; an undecided one is left out, and `notes` say so. None stays None."""
        if not isinstance(value, Unknown):
            return None if value is None else make(value)
        if value.default is not None:
            return noted(make(value.default), (undecided(value, "its default is taken"),))
        notes.append(f"left out: `{what}`; {undecided(value)}")
        return None

    def text(self, value: Any) -> Code:
        """Text in a place where no parameter can stand: an undecided one is a constant at the top of the file."""
        if not isinstance(value, Unknown):
            own = next((word for word in (OWN_ACCOUNT, OWN_REGION) if word in str(value)), None)
            if own is None:
                return text(str(value))
            value = Unknown(str(value), _OWN[own], str(value).replace("$", " "))
        if value.default is not None:
            return noted(literal(value.default), (undecided(value, "its default is taken"),))
        return Atom(self._constant(value))

    def word(self, value: Any) -> Code:
        """Text where AWS takes letters, digits and `_` only."""
        code = self.text(value)
        self.words |= {code.text} if isinstance(code, Atom) and code.text in self.constants else set()
        return code

    def arn(self, value: Any) -> Code:
        """An ARN where only one can stand."""
        if isinstance(value, Unknown) and not str(value.default or "").startswith("arn:"):
            value = replace(value, default=None, name=f"{value.name} arn")
        return self.text(value)

    def texts(self, values: Any, notes: list[str], what: str) -> Code | None:
        """A list of text; one that could not be decided is left out, and `notes` say so."""
        if isinstance(values, Unknown):
            notes.append(f"{what} {undecided(values, 'left out')}")
            return None
        return None if values is None else items(self.text(value) for value in values)

    def pairs(self, values: Any) -> Code | None:
        """A dictionary of text to text; None for an empty one."""
        if not values:
            return None
        if isinstance(values, Unknown):
            return noted(pairs({}), (undecided(values),))
        return pairs({str(key): self.text(value) for key, value in values.items()})

    def constant(self, name: str) -> Iterable[str]:
        """The lines of a constant that stands for an undecided text; of an ARN it looks like one."""
        unknown = self.constants[name]
        yield from wrapped(undecided(unknown, "put the right text here"))
        word = identifier(unknown.name, fallback="value")[-SHORT:].strip("_")
        said = word if name in self.words else word.replace("_", "-")
        yield f"{name} = {quoted(f'arn:aws:to-be-named:::{said}' if said.endswith('-arn') else said)}"

    def _param(self, unknown: Unknown) -> str:
        return _named(self.params, unknown, identifier(unknown.name, fallback="value"))

    def _constant(self, unknown: Unknown) -> str:
        known = next((name for name, other in self.constants.items() if other == unknown), None)
        if known is None:
            known = self.capitals.give(unknown.name, "value").upper()
            self.constants[known] = unknown
        return known


def undecided(unknown: Unknown, more: str = "") -> str:
    """The comment on a value that could not be decided."""
    said = f"could not be decided: {unknown.expression} ({unknown.why})"
    return f"{said}; {more}" if more else said


def _named(known: dict[str, Unknown], unknown: Unknown, wish: str) -> str:
    """The name under which the same unknown is known, or a new one like the wish."""
    for name, other in known.items():
        if other == unknown:
            return name
    name, number = wish, 2
    while name in known:
        name, number = f"{wish}_{number}", number + 1
    known[name] = unknown
    return name


def known(body: Mapping[str, Any], member: str) -> Any:
    """A member's value if it is decided, else None."""
    value = body.get(member)
    return None if isinstance(value, Unknown) else value
