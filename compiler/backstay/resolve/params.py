"""Parameters: what `param("x")` comes to where some policies hold together, from their `params=` or its default."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from backstay.dsl import Node, Policy, PolicyError
from backstay.dsl.param import Param
from backstay.resolve import places
from backstay.resolve.layers import Layer, place, related
from backstay.resolve.merge import frozen_by
from backstay.resolve.nouns import groups
from backstay.resolve.pieces import Piece, Said, below
from backstay.resolve.problem import nearest, problem, second
from backstay.source import Sources
from backstay_contract.findings import Finding


@dataclass(frozen=True, slots=True)
class _Given:
    """A value of a parameter, and who gave it: `order` counts the layers from the root down, a default has none."""

    value: Any
    said: Said
    order: int = -1


class Values:
    """What parameters come to where some layers hold: the nearest value, else the default.

    `used` learns which parameters of which layers (by index) something here looks at.
    """

    def __init__(
        self, layers: Sequence[Layer], sources: Sources, findings: list[Finding], used: set[tuple[int, str]]
    ) -> None:
        self._layers = layers
        self._sources = sources
        self._findings = findings
        self._used = used
        self._given: dict[str, list[_Given]] = {}
        for order, layer in enumerate(layers):
            for name, value in _params(layer.policy):
                said = Said(value, layer, "") if isinstance(value, Node) else Said(layer.policy, layer, "params", name)
                self._given.setdefault(name, []).append(_Given(value, said, order))

    def substituted(self, policy: Piece) -> Piece:
        """A policy with every parameter's value in its place, said where the value stands."""
        return self._piece(policy, "")

    def _piece(self, piece: Piece, path: str) -> Piece:
        """The piece itself, if no parameter is in it. `path` ends with a dot where it is not empty."""
        found = {
            name: self._value(value, piece.said[name], name, f"{path}{name}")
            for name, value in piece.values.items()
            if isinstance(value, Param)
        }
        children = {
            group.field: tuple(
                self._piece(child, f"{below(f'{path}{group.field}', group, child)}.")
                for child in piece.children[group.field]
            )
            for group in groups(piece.kind)
        }
        if not found and all(_same(children[name], piece.children[name]) for name in children):
            return piece
        values = {name: found[name].value if name in found else value for name, value in piece.values.items()}
        said = {name: found[name].said if name in found else by for name, by in piece.said.items()}
        missing = {name for name in found if found[name].value is None}
        return replace(piece, values=_without(values, missing), said=_without(said, missing), children=children)

    def _value(self, param: Param, said: Said, field: str, path: str) -> _Given:
        """What the parameter in a field comes to; a value of None stands for what then was complained of."""
        given = self._choice(param, said)
        if given is None:
            span = self._sources.where(param)[0] or places.spot(said, field, self._sources)
            message = f"no policy gives the parameter `{param.name}` a value, and it has no default"
            help_ = f'add `params={{"{param.name}": …}}` to a policy that holds here, or give `param` a default'
            note = f"looked for it in {_named(self._layers)}"
            self._findings.append(problem("param-without-value", message, span, help=help_, notes=(note,)))
            return _Given(None, said)
        self._keep_final(param, given, said.layer, path)
        return replace(given, value=self._checked(param, said.node, said.field or field, given))

    def _choice(self, param: Param, said: Said) -> _Given | None:
        answers = self._given.get(param.name, [])
        self._used.update((one.said.layer.index, param.name) for one in answers)
        if not answers:
            return _default(param, said)
        self._clash(param.name, answers)
        return answers[-1]

    def _clash(self, name: str, answers: Sequence[_Given]) -> None:
        """Complain of two policies of one level that give unlike values, and neither extends the other."""
        last = answers[-1]
        for one in answers[:-1]:
            above, below_ = one.said.layer, last.said.layer
            if one.value != last.value and above.level == below_.level and not related(above, below_):
                message = (
                    f"policies `{above.policy.name}` and `{below_.policy.name}` give the parameter `{name}` "
                    f"unlike values for {above.level}"
                )
                others = second(places.spot(one.said, "params", self._sources), "given here first")
                span = places.spot(last.said, "params", self._sources)
                self._findings.append(problem("same-name-twice", message, span, others=others))

    def _checked(self, param: Param, holder: Node, field: str, given: _Given) -> Any:
        """The value as the node that wanted it keeps it, or None and a complaint if that node refuses it."""
        try:
            return getattr(_with(holder, {field: given.value}), field)
        except PolicyError as wrong:
            message = f"the parameter `{param.name}` has a value that its use refuses: {wrong.message}"
            others = second(self._sources.where(param)[0], "used here")
            span = places.spot(given.said, "params", self._sources)
            self._findings.append(problem("param-of-wrong-kind", message, span, others=others, help=wrong.help))
            return None

    def _keep_final(self, param: Param, given: _Given, by: Layer, path: str) -> None:
        """Complain if a value from below changes what a policy above has made final: the field, or the parameter."""
        for order, layer in enumerate(self._layers[: max(given.order, 0)]):
            frozen = self._frozen(param, given, by, path, layer)
            if frozen is not None and self._at(param, order) not in (None, given.value):
                changer = given.said.layer.policy.name
                message = f"policy `{changer}` changes `{frozen}`, which `{layer.policy.name}` made final"
                others = second(place(self._sources, layer, "final"), "made final here")
                span = places.spot(given.said, "params", self._sources)
                self._findings.append(problem("final-overridden", message, span, others=others))
                return

    def _frozen(self, param: Param, given: _Given, by: Layer, path: str, layer: Layer) -> str | None:
        """The entry of a layer's `final=` that freezes a field with a parameter, if it has the field; or the parameter.

        Of parameters that an extension gives anew, overriding has told already.
        """
        field = frozen_by(layer, path) if layer in by.chain or by in layer.chain else None
        if field is not None or layer in given.said.layer.chain:
            return field
        return frozen_by(layer, f"params.{param.name}")

    def _at(self, param: Param, order: int) -> Any:
        """The value that a parameter has for a layer: given by it or above it."""
        answers = [one.value for one in self._given.get(param.name, []) if one.order <= order]
        return answers[-1] if answers else param.default


def unused(layers: Iterable[Layer], used: set[tuple[int, str]], sources: Sources) -> Iterator[Finding]:
    """A warning for each value in `params=` that nothing looks at where its policy holds."""
    known = {name for _, name in used}
    for layer in layers:
        for name, _ in _params(layer.policy):
            if (layer.index, name) not in used:
                message = f"nothing uses the parameter `{name}` where policy `{layer.policy.name}` holds"
                span = places.spot(Said(layer.policy, layer, "params", name), "params", sources)
                close = nearest(name, known)
                yield problem("param-unused", message, span, help=close)


def _params(policy: Policy) -> tuple[tuple[str, Any], ...]:
    """The values that a policy gives to parameters, by name."""
    return tuple(dict(policy.params or ()).items())


def _default(param: Param, said: Said) -> _Given | None:
    if param.default is None:
        return None
    default: Any = param.default
    where = Said(default, said.layer, "") if isinstance(default, Node) else Said(param, said.layer, "default")
    return _Given(default, where)


def _with(node: Node, values: Mapping[str, Any]) -> Any:
    """A copy of a node with other values, at the same place. Raises `PolicyError` if its own check refuses them."""
    made = object.__new__(type(node))
    for field in fields(node):
        object.__setattr__(made, field.name, values.get(field.name, getattr(node, field.name)))
    made.check()
    return made


def _parts(node: Node) -> Iterator[tuple[str, Any]]:
    return ((field.name, getattr(node, field.name)) for field in fields(node) if field.name != "span")


def holds_param(node: Node) -> bool:
    """Whether a node is a parameter or has one in it."""
    return isinstance(node, Param) or any(_within_any(value) for _, value in _parts(node))


def _within_any(value: Any) -> bool:
    """The same of a field's value."""
    if isinstance(value, tuple):
        return any(_within_any(item) for item in value)
    return isinstance(value, Node) and holds_param(value)


def _same(one: Sequence[Piece], other: Sequence[Piece]) -> bool:
    return all(new is old for new, old in zip(one, other, strict=True))


def _without(values: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _named(layers: Sequence[Layer]) -> str:
    return ", ".join(f"`{layer.policy.name}`" for layer in layers)
