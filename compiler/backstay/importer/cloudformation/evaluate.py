"""Works out a template's values as far as they can be known without deploying it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from backstay.importer.cloudformation.leaves import REGION
from backstay.importer.cloudformation.template import Template
from backstay.importer.cloudformation.undecided import slug, undecided
from backstay.importer.found import Unknown
from backstay.importer.problem import Problem, problem
from backstay.ir import ACCOUNT
from backstay.source.text import DataPath
from backstay_contract.findings import Finding

LONGEST_TEXT = 100_000
MOST_STEPS = 500_000
_DYNAMIC = re.compile(r"\{\{resolve:[^}]*\}\}")


class Absent(Enum):
    """`AWS::NoValue`: the member that has it is not there."""

    NO_VALUE = "AWS::NoValue"


NO_VALUE = Absent.NO_VALUE

PSEUDO: Final[Mapping[str, Any]] = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": NO_VALUE,
}
"""Pseudo parameters as they are read in what is deployed to one account and Region."""


class TooMuchError(Exception):
    """The template unfolds into more values than any real one."""


Function = Callable[["Evaluation", Any, DataPath], Any]
"""One of CloudFormation's functions: called with its argument as it is written, and the place of the call."""


@dataclass
class Evaluation:
    """One template being worked out. `arguments` are parameters' values from outside (a stack set's).

    `defaults` collects the parameters whose default was used, `roles` and `keys` the logical ids of those referred to,
    since the caller last looked.
    """

    template: Template
    functions: Mapping[str, Function]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    pseudo: Mapping[str, Any] = field(default_factory=lambda: PSEUDO)
    findings: list[Finding] = field(default_factory=list)
    defaults: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    busy: set[tuple[str, ...]] = field(default_factory=set)
    known: dict[tuple[str, ...], Any] = field(default_factory=dict)
    steps: int = 0

    def value(self, node: Any, path: DataPath) -> Any:
        """A value of the template without its functions; `Unknown` where it cannot be decided."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooMuchError
        if isinstance(node, str):
            return dynamic(node)
        if isinstance(node, list):
            items = [self.value(item, (*path, number)) for number, item in enumerate(node)]
            return [item for item in items if item is not NO_VALUE]
        if not isinstance(node, Mapping):
            return node
        call = intrinsic(node)
        if call is not None:
            return self._call(call, node[call], path)
        members = {name: self.value(member, (*path, name)) for name, member in node.items()}
        return {name: member for name, member in members.items() if member is not NO_VALUE}

    def note(self, said: str | None) -> None:
        """Something to be said beside what is being made, once."""
        if said is not None and said not in self.notes:
            self.notes.append(said)

    def complain(self, name: Problem, message: str, path: DataPath) -> None:
        """A finding at a place of the template."""
        self.findings.append(problem(name, message, self.template.place(path)))

    def _call(self, call: str, argument: Any, path: DataPath) -> Any:
        function = self.functions.get(call)
        if function is None:
            return undecided(shown({call: argument}), f"`{call}` is only worked out on deployment", slug(call[4:]))
        return function(self, argument, path)


def intrinsic(node: Mapping[str, Any]) -> str | None:
    """The name of the function that an object calls, if it is a call."""
    if len(node) != 1:
        return None
    name = next(iter(node))
    return name if name == "Ref" or name.startswith("Fn::") else None


def dynamic(text: str) -> Any:
    """Text; one that refers to a parameter store or secret is not known."""
    return undecided(text, "it is looked up on deployment") if _DYNAMIC.search(text) else text


def shown(node: Any) -> str:
    """A node as a short text, for people."""
    if isinstance(node, Unknown):
        return node.expression
    if isinstance(node, Mapping) and len(node) == 1:
        (name, argument), *_ = node.items()
        if name == "Ref":
            return f"${{{argument}}}"
        if name == "Fn::GetAtt":
            return f"${{{'.'.join(map(str, argument)) if isinstance(argument, list) else argument}}}"
        if name == "Fn::Sub" and isinstance(argument, str):
            return argument
        return f"!{str(name).removeprefix('Fn::')} {shown(argument)}"
    if isinstance(node, list):
        return f"[{', '.join(shown(item) for item in node[:8])}{', …' if len(node) > 8 else ''}]"
    return "{…}" if isinstance(node, Mapping) else str(node)
