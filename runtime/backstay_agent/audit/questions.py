"""Which control is asked of what, with which parameters: as the frameworks of the build say, else of everything. Pure.

Where a framework of the build asks for a control in a place, the framework's parameters and scope count there, one
question for each framework; where none does, the control is put to everything with the parameters of the command line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from backstay_agent.controls import parameters as reading
from backstay_agent.controls.control import Control, Subject
from backstay_agent.controls.facts import Asked, Resource, short_name
from backstay_agent.controls.parameters import ParameterError, Parameters


@dataclass(frozen=True, slots=True)
class Scope:
    """What a framework narrows a control to; nothing at all is everything."""

    types: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    tag: tuple[str, str] | None = None

    def holds(self, subject: Subject) -> bool | None:
        """Whether a subject is meant; None where its tags are not known."""
        if self.types and subject.type not in self.types:
            return False
        if self.ids and subject.name not in self.ids and short_name(subject.name) not in self.ids:
            return False
        if self.tag is None:
            return True
        if not isinstance(subject.row, Resource):
            return None
        key, value = self.tag
        return key in subject.row.tags and value in ("", subject.row.tags[key])


UNTAGGED = "whether the framework means it depends on its tags, which the audit does not read for this kind of thing"


@dataclass(frozen=True, slots=True)
class Question:
    """A control with its parameters, for a framework or (None) for nobody in particular.

    `wrong` says why the framework's parameters are none that the control takes.
    """

    control: Control[Any]
    parameters: Parameters
    framework: str | None = None
    scope: Scope = Scope()
    wrong: str | None = None


def questions(control: Control[Any], parameters: Parameters, asked: Iterable[Asked]) -> tuple[Question, ...]:
    """The questions that a control puts in a place where frameworks ask this."""
    narrowed = [_narrowed(control, one) for one in asked if one.control == control.name]
    return tuple(narrowed) or (Question(control, parameters),)


def _narrowed(control: Control[Any], asked: Asked) -> Question:
    scope = Scope(asked.types, asked.ids, asked.tag)
    try:
        given = reading.given(control.name, asked.parameters)
    except ParameterError as error:
        return Question(control, Parameters(), asked.framework, scope, str(error))
    return Question(control, given, asked.framework, scope)
