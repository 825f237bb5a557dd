"""Goes through a template's resources and makes what AWS Backup has of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from backstay.importer.cloudformation import managed
from backstay.importer.cloudformation.bodies import MAKERS, Made, spelling
from backstay.importer.cloudformation.conditions import holds
from backstay.importer.cloudformation.evaluate import Evaluation, TooMuchError
from backstay.importer.cloudformation.leaves import Sink
from backstay.importer.cloudformation.placed import Placed
from backstay.importer.cloudformation.placing import placed
from backstay.importer.cloudformation.undecided import slug, undecided
from backstay.importer.found import ANYWHERE, Found, Scope, Unknown
from backstay.importer.problem import problem

PREFIX: Final = "AWS::Backup::"
TOO_MUCH: Final = "it unfolds into more values, or nests more deeply, than any real template"

# Names that CloudFormation makes up where a template gives none.
_OPTIONAL_NAMES: Final[Mapping[str, str]] = {"Framework": "FrameworkName", "ReportPlan": "ReportPlanName"}

# Macros whose work is understood, or leaves AWS Backup's resources alone.
_KNOWN_MACROS: Final = ("AWS::Serverless-2016-10-31", "AWS::LanguageExtensions", "AWS::SecretsManager-2020-07-23")


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of the template that is to be made."""

    name: str
    kind: str
    node: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    maybe: Unknown | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """Where its properties are."""
        return ("Resources", self.name, "Properties")


def listed(evaluation: Evaluation) -> Iterator[Resource]:
    """The resources that the template makes; those that a condition leaves out are said."""
    for name, node in evaluation.template.resources.items():
        path = ("Resources", name)
        if name.startswith("Fn::"):
            message = f"`{name}`: loops are unfolded on deployment; what they make is not seen here"
            evaluation.complain("undecided-value", message, path)
        elif not isinstance(node, Mapping) or not isinstance(node.get("Type"), str):
            evaluation.complain("wrong-value", f"`{name}` is no resource: it has no `Type`", path)
        else:
            yield from _conditional(evaluation, name, node)


def _conditional(evaluation: Evaluation, name: str, node: Mapping[str, Any]) -> Iterator[Resource]:
    condition = node.get("Condition")
    held = True if condition is None else holds(evaluation, condition, ("Resources", name, "Condition"))
    note = (f"only where the condition `{condition}` holds: {held.why}",) if isinstance(held, Unknown) else ()
    resource = Resource(name, node["Type"], node, note, held if isinstance(held, Unknown) else None)
    if held is not False:
        yield resource
    elif resource.kind.startswith(PREFIX):
        message = f"`{name}` is left out: with the parameters' defaults the condition `{condition}` does not hold"
        span = evaluation.template.place(("Resources", name, "Condition"))
        evaluation.findings.append(problem("not-imported", message, span, severity="advice"))


def made(evaluation: Evaluation, resource: Resource, scope: Scope = ANYWHERE) -> tuple[Found, ...]:
    """What AWS Backup has of one of its resources."""
    suffix = resource.kind.removeprefix(PREFIX)
    maker = MAKERS.get(suffix)
    if maker is None:
        message = f"`{resource.name}`: the type `{resource.kind}` is not known"
        evaluation.complain("not-imported", message, ("Resources", resource.name, "Type"))
        return ()

    def make(sink: Sink) -> Iterator[Made]:
        properties = _properties(evaluation, resource, suffix)
        return maker(properties, sink, spelling)

    return _found(evaluation, resource, make, scope)


def referred(evaluation: Evaluation, scope: Scope = ANYWHERE) -> Iterator[Found]:
    """The keys and roles that were referred to so far."""
    roles, keys = sorted(evaluation.roles), sorted(evaluation.keys)
    for names, make in ((roles, managed.role), (keys, managed.key)):
        for name in names:
            resource = Resource(name, "", evaluation.template.resources[name])
            yield from _found(evaluation, resource, partial(make, evaluation, name), scope)


def macros(evaluation: Evaluation) -> None:
    """Say which macros rewrite the template when it is deployed."""
    for name in evaluation.template.transforms:
        if name not in _KNOWN_MACROS:
            message = f"the macro `{name}` rewrites this template on deployment; what it adds is not seen here"
            span = evaluation.template.text.key(("Transform",))
            evaluation.findings.append(problem("undecided-value", message, span))


def _found(
    evaluation: Evaluation, resource: Resource, make: Callable[[Sink], Iterator[Made]], scope: Scope
) -> tuple[Found, ...]:
    sink = Sink(f"`{resource.name}`")
    evaluation.defaults.clear()
    evaluation.notes.clear()
    try:
        bodies = tuple(make(sink))
    except (TooMuchError, RecursionError):
        evaluation.busy.clear()
        evaluation.complain("too-large", f"`{resource.name}`: {TOO_MUCH}", ("Resources", resource.name))
        return ()
    evaluation.findings.extend(sink.findings)
    notes = (*resource.notes, *evaluation.notes, *sink.notes, *_defaults(evaluation.defaults))
    place = evaluation.template.text.key(("Resources", resource.name))
    found = []
    for number, one in enumerate(bodies):
        said, maybe = notes if number == 0 else resource.notes, one.maybe or resource.maybe
        places = sink.places if one.places is None else one.places
        found.append(Found(one.kind, resource.name, one.body, one.place or place, said, scope, places, maybe))
    return tuple(found)


def _defaults(names: set[str]) -> tuple[str, ...]:
    if not names:
        return ()
    shown = ", ".join(f"`{name}`" for name in sorted(names))
    return (f"with the default{'s' if len(names) > 1 else ''} of the parameter{'s' if len(names) > 1 else ''} {shown}",)


def _properties(evaluation: Evaluation, resource: Resource, suffix: str) -> Placed:
    node = resource.node.get("Properties")
    value = placed(evaluation, node if isinstance(node, Mapping) else {}, resource.path)
    optional = _OPTIONAL_NAMES.get(suffix)
    if optional is None or value.get(optional) is not None or not isinstance(value.value, Mapping):
        return value
    name = undecided(f"${{{resource.name}}}", "CloudFormation makes its name up on deployment", slug(resource.name))
    return Placed({**value.value, optional: Placed(name, value.span)}, value.span)
