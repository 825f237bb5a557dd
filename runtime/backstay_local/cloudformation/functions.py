"""The functions of a template, worked out: references, texts put together, conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backstay_local.wire.call import AwsError

from .template import Template

NOTHING = object()
"""What `AWS::NoValue` stands for: the member is not there."""


@dataclass
class Scope:
    """What names mean in one stack: parameters and pseudo parameters, and the resources that there are so far."""

    template: Template
    parameters: Mapping[str, Any]
    resources: Mapping[str, tuple[str, Mapping[str, Any]]]
    """Logical id → what `Ref` gives, and what `Fn::GetAtt` gives by name."""
    _conditions: dict[str, bool] = field(default_factory=dict)

    def value(self, given: Any) -> Any:
        """A value without functions."""
        if isinstance(given, list):
            return [one for one in map(self.value, given) if one is not NOTHING]
        if not isinstance(given, Mapping):
            return given
        if len(given) == 1:
            (name, argument) = next(iter(given.items()))
            if name == "Ref":
                return self._ref(argument)
            if name.startswith("Fn::"):
                return self._call(name, argument)
        worked = {key: self.value(item) for key, item in given.items()}
        return {key: item for key, item in worked.items() if item is not NOTHING}

    def holds(self, name: str) -> bool:
        """Whether a condition of the template is true."""
        if name not in self.template.conditions:
            raise _broken(f"Unresolved condition {name}")
        if name not in self._conditions:
            self._conditions[name] = self._condition(self.template.conditions[name])
        return self._conditions[name]

    def _condition(self, given: Any) -> bool:
        match given:
            case {"Condition": str() as name}:
                return self.holds(name)
            case {"Fn::Equals": [left, right]}:
                return _text(self.value(left)) == _text(self.value(right))
            case {"Fn::Not": [one]}:
                return not self._condition(one)
            case {"Fn::And": [*several]}:
                return all(self._condition(one) for one in several)
            case {"Fn::Or": [*several]}:
                return any(self._condition(one) for one in several)
        raise _broken(f"{given!r} is no condition")

    def _ref(self, name: Any) -> Any:
        if name == "AWS::NoValue":
            return NOTHING
        if name in self.parameters:
            return self.parameters[name]
        if name in self.resources:
            return self.resources[name][0]
        raise _broken(f"Unresolved resource dependencies [{name}]")

    def _attribute(self, argument: Any) -> Any:
        name, _, attribute = argument.partition(".") if isinstance(argument, str) else (argument[0], "", argument[1])
        attributes = self.resources[name][1] if name in self.resources else {}
        if attribute not in attributes:
            raise _broken(f"Requested attribute {attribute} does not exist in schema for {name}")
        return attributes[attribute]

    def _call(self, name: str, argument: Any) -> Any:
        calls: Mapping[str, Callable[[Any], Any]] = {
            "Fn::GetAtt": self._attribute,
            "Fn::Sub": self._substituted,
            "Fn::Join": lambda given: given[0].join(_text(one) for one in self.value(given[1])),
            "Fn::Split": lambda given: self.value(given[1]).split(given[0]),
            "Fn::Select": lambda given: self.value(given[1])[int(self.value(given[0]))],
            "Fn::If": lambda given: self.value(given[1] if self.holds(given[0]) else given[2]),
            "Fn::FindInMap": self._found,
        }
        if name not in calls:
            raise AwsError("ValidationError", f"This embedded AWS does not have the function {name} of templates.")
        try:
            return calls[name](argument)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            raise _broken(f"{name} cannot be worked out of {argument!r}") from None

    def _found(self, argument: Any) -> Any:
        outer, first, second = (self.value(one) for one in argument)
        return self.value(self.template.mappings[outer][first][second])

    def _substituted(self, argument: Any) -> str:
        text, own = (argument, {}) if isinstance(argument, str) else (argument[0], self.value(argument[1]))

        def put(found: re.Match[str]) -> str:
            name = found[1].strip()
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in own:
                return _text(own[name])
            return _text(self._attribute(name) if "." in name else self._ref(name))

        return re.sub(r"\$\{([^}]*)\}", put, text)


def parameters(template: Template, given: Mapping[str, str]) -> dict[str, Any]:
    """The values of a template's parameters; `AwsError` where one is missing, unknown, or not admitted."""
    if unknown := sorted(given.keys() - template.parameters.keys()):
        raise AwsError("ValidationError", f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values = {name: given.get(name, rule.get("Default")) for name, rule in template.parameters.items()}
    if missing := sorted(name for name, value in values.items() if value is None):
        raise AwsError("ValidationError", f"Parameters: [{', '.join(missing)}] must have values")
    return {name: _admitted(name, template.parameters[name], _text(value)) for name, value in values.items()}


def _admitted(name: str, rule: Mapping[str, Any], text: str) -> Any:
    pattern, allowed = rule.get("AllowedPattern"), rule.get("AllowedValues")
    if pattern is not None and not re.fullmatch(pattern, text):
        sentence = rule.get("ConstraintDescription") or f"Parameter {name} failed to satisfy constraint: {pattern}"
        raise AwsError("ValidationError", sentence)
    if allowed is not None and text not in map(_text, allowed):
        raise AwsError("ValidationError", f"Parameter '{name}' must be one of AllowedValues")
    match rule.get("Type"):
        case "Number":
            return _number(name, text)
        case "CommaDelimitedList":
            return [one.strip() for one in text.split(",")]
        case "List<Number>":
            return [_number(name, one) for one in text.split(",")]
        case "String":
            return text
        case kind:
            raise AwsError("ValidationError", f"This embedded AWS does not have parameters of type {kind}.")


def _number(name: str, text: str) -> str:
    try:
        float(text)
    except ValueError:
        raise AwsError("ValidationError", f"Parameter '{name}' must be a number.") from None
    return text


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _broken(sentence: str) -> AwsError:
    return AwsError("ValidationError", f"Template error: {sentence}")
