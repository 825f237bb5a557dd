"""What is told of a control wherever it is told: title with its parameters, remedy, clauses, version."""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from backstay_agent.audit import clauses
from backstay_agent.audit.clauses import Clause
from backstay_agent.controls.control import Control, Kind
from backstay_agent.controls.parameters import Parameters, Value
from backstay_contract.canonical import digest

_CONTROLS = "backstay_agent.controls."
_FRAME = frozenset(_CONTROLS + name for name in ("control", "facts", "parameters"))
"""What every control stands in; it decides nothing."""


@dataclass(frozen=True, slots=True)
class ControlFacts:
    """A control as it ran. `version` changes whenever its definition or its parameters do."""

    name: str
    short: str
    title: str
    kind: Kind
    remedy: str
    parameters: Mapping[str, Value]
    clauses: tuple[Clause, ...]
    version: str


def told(controls: Sequence[Control[Any]], parameters: Mapping[str, Parameters]) -> tuple[ControlFacts, ...]:
    """The controls in their order."""
    return tuple(of(control, parameters.get(control.name, Parameters())) for control in controls)


def of(control: Control[Any], parameters: Parameters) -> ControlFacts:
    """One control with the parameters that it runs with."""
    return ControlFacts(
        control.name,
        control.short,
        control.title(parameters),
        control.kind,
        control.remedy,
        parameters.values,
        clauses.of(control.name),
        version(control, parameters),
    )


def version(control: Control[Any], parameters: Parameters) -> str:
    """The digest of what decides: the text of the control's own file and of those it leans on, and its parameters."""
    return digest(
        {
            "name": control.name,
            "kind": control.kind,
            "needs": sorted(control.needs),
            "definition": _definition(control.check.__module__),
            "parameters": plain(parameters.values),
        }
    )


def plain(values: Mapping[str, Value]) -> dict[str, Any]:
    """Parameters as JSON has them."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in sorted(values.items())}


@cache
def _definition(module: str) -> tuple[str, ...]:
    """The SHA-256 of a module's text and of the modules of controls that it takes names from, line ends apart."""
    found, todo = set(), [module]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            origins = (getattr(value, "__module__", None) for value in vars(sys.modules[name]).values())
            todo += [one for one in origins if isinstance(one, str) and one.startswith(_CONTROLS) and one not in _FRAME]
    return tuple(sorted(_sha256(name) for name in found))


def _sha256(module: str) -> str:
    lines = inspect.getsource(sys.modules[module]).splitlines()
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
