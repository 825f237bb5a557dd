"""Works out expressions as far as they can be known without running Terraform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol, assert_never

from backstay.importer.cloudformation.undecided import OpenKey, undecided
from backstay.importer.found import Unknown
from backstay.importer.terraform import syntax as s
from backstay.importer.terraform.operators import binary, truth, unary
from backstay.importer.terraform.providers import DEFAULT, Provider
from backstay.importer.terraform.values import (
    LONGEST_TEXT,
    Budget,
    Failure,
    JsonText,
    Unique,
    bounded,
    clean,
    marked,
    shown,
    to_text,
)

Function = Callable[["Scope", tuple[Any, ...]], Any]


class Root(Protocol):
    """What a reference leads into: variables, locals, resources; its attributes and items are worked out when asked."""

    def attribute(self, name: str, scope: Scope, /) -> Any:
        """`root.name`."""

    def index(self, key: Any, scope: Scope, /) -> Any:
        """`root[key]`."""

    def items(self, scope: Scope, /) -> list[Any] | Unknown:
        """What `root[*]` goes through."""


_MAKING = (s.Items, s.Members, s.Call, s.ForList, s.ForObject, s.Splat)

Resolve = Callable[[str, "Scope"], Any]


@dataclass(frozen=True)
class Scope:
    """Where an expression is worked out. `names`: iterators and `each`; `resolve` knows all other first words.

    `functions` by name; a function that is missing is undecided. `lazy` ones get expressions instead of values.
    `provider`: that of the resource that is being worked out.
    """

    resolve: Resolve
    functions: Mapping[str, Function]
    budget: Budget
    names: Mapping[str, Any] = field(default_factory=dict)
    provider: Provider = DEFAULT

    def with_names(self, **names: Any) -> Scope:
        """The scope with more names."""
        return replace(self, names={**self.names, **names})

    def value(self, node: s.Expression) -> Any:
        """The value of an expression. Raises `Failure` where Terraform would refuse it too."""
        self.budget.spend()
        try:
            value = self._value(node)
            return bounded(value, self.budget) if isinstance(node, _MAKING) else value
        except Failure as failure:
            if failure.span is None:
                failure.span = node.span
            raise

    def _value(self, node: s.Expression) -> Any:
        match node:
            case s.Literal():
                return node.value
            case s.Template():
                return self._template(node)
            case s.Name():
                return self.names[node.name] if node.name in self.names else self.resolve(node.name, self)
            case s.Attr() | s.Index() | s.Splat():
                return self._step(node)
            case s.Items() | s.Members():
                return self._container(node)
            case s.Call():
                return self._call(node)
            case s.Conditional():
                return self._conditional(node)
            case s.Binary():
                return self._binary(node)
            case s.Unary():
                return unary(node.operator, self.value(node.of))
            case s.ForList() | s.ForObject():
                return self._for(node)
            case _:
                assert_never(node)

    def _template(self, node: s.Template) -> Any:
        if len(node.parts) == 1 and not isinstance(node.parts[0], str | s.Choice | s.Loop):
            return self.value(node.parts[0])
        parts = list(self._parts(node.parts))
        for part in parts:
            if isinstance(part, Unknown):
                written = "".join(clean(one) if isinstance(one, str) else f"${{{one.expression}}}" for one in parts)
                return undecided(written, part.why, "".join(_named(one) for one in parts))
        return "".join(str(part) for part in parts)

    def _parts(self, parts: tuple[s.Part, ...]) -> list[str | Unknown]:
        made: list[str | Unknown] = []
        for part in parts:
            match part:
                case str():
                    made.append(part)
                case s.Choice():
                    made += self._choice(part)
                case s.Loop():
                    made += self._loop(part)
                case _:
                    made.append(to_text(self.value(part)))
        length = sum(len(part) for part in made if isinstance(part, str))
        self.budget.spend(1 + length // 100)
        if length > LONGEST_TEXT:
            raise Failure("the text is too long for any value of AWS")
        return made

    def _choice(self, part: s.Choice) -> list[str | Unknown]:
        held = truth(self.value(part.condition))
        return [held] if isinstance(held, Unknown) else self._parts(part.then if held else part.otherwise)

    def _loop(self, part: s.Loop) -> list[str | Unknown]:
        pairs = entries(self.value(part.over), self)
        if isinstance(pairs, Unknown):
            return [pairs]
        made: list[str | Unknown] = []
        for key, value in pairs:
            names = {part.value: value, **({part.key: key} if part.key is not None else {})}
            made += self.with_names(**names)._parts(part.body)
        return made

    def _step(self, node: s.Attr | s.Index | s.Splat) -> Any:
        match node:
            case s.Attr():
                return attribute(self.value(node.of), node.name, self)
            case s.Index():
                return index(self.value(node.of), self.value(node.key), self)
            case s.Splat():
                return self._splat(node)
            case _:
                assert_never(node)

    def _container(self, node: s.Items | s.Members) -> Any:
        if isinstance(node, s.Items):
            return [self.value(item) for item in node.items]
        members: dict[str, Any] = {}
        for key, value in node.members:
            name = to_text(self.value(key))
            members[OpenKey.of(name) if isinstance(name, Unknown) else name] = self.value(value)
        return members

    def _splat(self, node: s.Splat) -> Any:
        of = self.value(node.of)
        if isinstance(of, Unknown):
            return undecided(node.text, of.why)
        listed = of if isinstance(of, list) else [] if of is None else _listed(of, self)
        if isinstance(listed, Unknown):
            return undecided(node.text, listed.why)
        return [self.with_names(**{node.item: item}).value(node.then) for item in listed]

    def _call(self, node: s.Call) -> Any:
        if node.name in ("try", "can"):
            return self._try(node)
        function = self.functions.get(node.name)
        if function is None:
            return undecided(node.text, f"the function `{node.name}` is not worked out")
        arguments = [self.value(argument) for argument in node.arguments]
        if node.spread and arguments:
            last = arguments.pop()
            if isinstance(last, Unknown):
                return undecided(node.text, last.why)
            arguments += list(last) if isinstance(last, list) else []
        self.budget.spend(1 + sum(len(one) for one in arguments if isinstance(one, (list, dict))))
        try:
            made = function(self, tuple(arguments))
        except (ArithmeticError, LookupError, TypeError, ValueError):
            raise Failure(f"`{node.name}` does not take these arguments") from None
        if isinstance(made, Unknown) and made.expression == "":
            called = f"{node.name}({', '.join(shown(one) for one in arguments)})"
            return undecided(called, made.why, made.name)
        return made

    def _try(self, node: s.Call) -> Any:
        for argument in node.arguments:
            try:
                value = self.value(argument)
            except Failure:
                continue
            return value if node.name == "try" or isinstance(value, Unknown) else True
        if node.name == "can":
            return False
        raise Failure("every argument of `try` fails")

    def _conditional(self, node: s.Conditional) -> Any:
        held = truth(self.value(node.condition))
        if not isinstance(held, Unknown):
            return self.value(node.then if held else node.otherwise)
        branches = []
        for branch in (node.then, node.otherwise):
            try:
                branches.append(self.value(branch))
            except Failure:
                branches.append(undecided(branch.text, "it cannot be worked out"))
        if not isinstance(branches[0], Unknown) and branches[0] == branches[1]:
            return branches[0]
        some = [one for one in branches if one not in (None, "", [], {})]
        name = some[0].name if len(some) == 1 and isinstance(some[0], Unknown) else None
        return undecided(node.text, f"it depends on `{held.expression}`: {held.why}", name)

    def _binary(self, node: s.Binary) -> Any:
        chain, left = [node], node.left
        while isinstance(left, s.Binary):
            chain.append(left)
            left = left.left
        made = self.value(left)
        for step in reversed(chain):
            made = binary(step.operator, made, partial(self.value, step.right), step.text)
        return made

    def _for(self, node: s.ForList | s.ForObject) -> Any:
        pairs = entries(self.value(node.over), self)
        if isinstance(pairs, Unknown):
            return undecided(node.text, pairs.why, pairs.name)
        rows = []
        for key, value in pairs:
            scope = self.with_names(**{node.value: value, **({node.key: key} if node.key is not None else {})})
            held = True if node.condition is None else truth(scope.value(node.condition))
            if isinstance(held, Unknown):
                return undecided(node.text, held.why)
            if held:
                rows.append(scope)
        if isinstance(node, s.ForList):
            return [scope.value(node.result) for scope in rows]
        return _grouped(node, rows)


def _grouped(node: s.ForObject, rows: list[Scope]) -> Any:
    made: dict[str, Any] = {}
    for scope in rows:
        name = to_text(scope.value(node.name))
        name = OpenKey.of(name) if isinstance(name, Unknown) else name
        value = scope.value(node.result)
        if not node.grouped:
            made[name] = value
        else:
            made.setdefault(name, []).append(value)
    return made


def attribute(of: Any, name: str, scope: Scope) -> Any:
    """`of.name`."""
    match of:
        case Unknown():
            return undecided(f"{of.expression}.{name}", of.why, f"{of.name} {name}")
        case Mapping():
            return _member(of, name, f"there is no attribute `{name}`")
        case None:
            raise Failure(f"null has no attribute `{name}`")
        case list() if name.isdecimal():
            return index(of, int(name), scope)
        case list():
            raise Failure(f"a list has no attribute `{name}`")
        case str() | int() | float() | JsonText():
            raise Failure(f"a single value has no attribute `{name}`")
    return of.attribute(name, scope)


def _member(of: Mapping[str, Any], name: Any, missing: str) -> Any:
    if name in of:
        return of[name]
    for other in of:
        if isinstance(other, OpenKey):
            return undecided(f"{{…}}.{name}", f"a key beside it is not known: {other.unknown.why}")
    raise Failure(missing)


def index(of: Any, key: Any, scope: Scope) -> Any:
    """`of[key]`."""
    if isinstance(of, Unknown):
        name = of.name if isinstance(key, Unknown | int) else f"{of.name} {shown(key)}"
        return undecided(f"{of.expression}[{shown(key)}]", of.why, name)
    if isinstance(key, Unknown) or (marked(key) and isinstance(of, Mapping)):
        why = key.why if isinstance(key, Unknown) else "it differs by account or Region"
        if isinstance(of, (list, Mapping)):
            return undecided(f"…[{shown(key)}]", why)
    if isinstance(of, Mapping):
        return _member(of, to_text(key), f"there is no element {shown(key)}")
    if isinstance(of, list):
        number = int(key) if isinstance(key, str) and key.isdecimal() else key
        if isinstance(number, bool) or not isinstance(number, int | float) or isinstance(of, Unique):
            raise Failure(f"{shown(key)} is no number of an item")
        if not 0 <= number < len(of):
            raise Failure(f"the list has no item {shown(key)}")
        return of[int(number)]
    if of is None or isinstance(of, str | int | float | JsonText):
        raise Failure("a single value has no elements")
    return of.index(key, scope)


def entries(value: Any, scope: Scope) -> list[tuple[Any, Any]] | Unknown:
    """The keys and values of what is gone through: of a list its numbers, of a set the elements themselves."""
    match value:
        case Unknown():
            return value
        case Mapping():
            pairs: list[tuple[Any, Any]] = [
                (name.unknown if isinstance(name, OpenKey) else name, value[name]) for name in sorted(value)
            ]
        case Unique():
            pairs = [(item, item) for item in value]
        case list():
            pairs = list(enumerate(value))
        case None | str() | int() | float() | JsonText():
            raise Failure(f"{shown(value)} cannot be gone through")
        case _:
            listed = _listed(value, scope)
            return listed if isinstance(listed, Unknown) else list(enumerate(listed))
    scope.budget.spend(len(pairs))
    return pairs


def _listed(value: Any, scope: Scope) -> list[Any] | Unknown:
    """What is gone through in a value that stands for something else; a single value is a list of one."""
    if isinstance(value, Mapping | str | int | float | JsonText):
        return [value]
    listed: list[Any] | Unknown = value.items(scope) if hasattr(value, "attribute") else [value]
    return listed


def _named(part: str | Unknown) -> str:
    return f" {part.name} " if isinstance(part, Unknown) else clean(part)
