"""Values of a block with the places of their parts, as the tables of AWS bodies want them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from backstay.importer.cloudformation.placed import Made, Placed, spread
from backstay.importer.cloudformation.undecided import OpenKey, undecided
from backstay.importer.found import Unknown
from backstay.importer.problem import problem
from backstay.importer.terraform.evaluate import Scope
from backstay.importer.terraform.expand import iterations
from backstay.importer.terraform.syntax import Block, Body, Call, Expression, Items, Members
from backstay.importer.terraform.values import Failure, JsonText, bounded, clean, to_text
from backstay_contract.findings import Finding, Span

# Arguments and blocks of every resource that say how Terraform treats it, not what it is.
META: Final = frozenset(
    {
        "connection", "count", "depends_on", "for_each", "force_destroy", "lifecycle", "provider", "provisioner",
        "region", "tags_all", "timeouts",
    }
)  # fmt: skip


@dataclass
class Placing:
    """Places the values of one resource. Collects what cannot be worked out, and notes on what is kept once.

    `text` makes of a text, in which the account and Region are marked, what goes into the body.
    """

    text: Callable[[str], Any] = clean
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def resource(self, block: Block, scope: Scope) -> Placed:
        """A resource's arguments and blocks, but for those that only Terraform itself looks at."""
        return self.body(block.body, scope, block.span, META)

    def body(self, body: Body, scope: Scope, span: Span, left_out: frozenset[str] = frozenset()) -> Placed:
        """The arguments of a block by name; its blocks as lists under their type."""
        members: dict[str, Placed] = {}
        for attribute in body.attributes:
            if attribute.name not in left_out:
                value = self.expression(attribute.value, scope)
                members[attribute.name] = replace(value, key=attribute.span)
        listed: dict[str, list[Placed]] = {}
        for block in body.blocks:
            if block.type == "dynamic" and block.labels:
                listed.setdefault(block.labels[0], []).extend(self._dynamic(block, scope))
            elif block.type not in left_out:
                listed.setdefault(block.type, []).append(self.body(block.body, scope, block.span))
        blocks = {name: Placed(items, items[0].span, items[0].span) for name, items in listed.items() if items}
        return Placed({**members, **blocks}, span)

    def expression(self, node: Expression, scope: Scope) -> Placed:
        """A value; of a list or an object written out the places of its parts too."""
        match node:
            case Members():
                return self._members(node, scope)
            case Items():
                return Placed([self.expression(item, scope) for item in node.items], node.span)
            case Call(name="jsonencode", arguments=(Members() as said,)):
                return replace(self._members(said, scope), json=True)
        try:
            value = bounded(scope.value(node), scope.budget)
            return replace(spread(finished(value, self.text), node.span), json=isinstance(value, JsonText))
        except Failure as failure:
            message = f"`{node.text}` cannot be worked out: {failure.message}"
            self.findings.append(problem("undecided-value", message, failure.span or node.span))
            return Placed(undecided(node.text, failure.message), node.span)

    def _members(self, node: Members, scope: Scope) -> Placed:
        members: dict[str, Placed] = {}
        for key, value in node.members:
            try:
                name = to_text(scope.value(key))
            except Failure as failure:
                name = undecided(key.text, failure.message)
            if isinstance(name, Unknown):
                name = OpenKey.of(name)
            made = self.expression(value, scope)
            members[name if isinstance(name, OpenKey) else clean(name)] = replace(made, key=key.span)
        return Placed(members, node.span)

    def _dynamic(self, block: Block, scope: Scope) -> list[Placed]:
        over, iterator = block.body.attribute("for_each"), block.body.attribute("iterator")
        content = next(iter(block.body.named("content")), None)
        if over is None or content is None:
            message = "a `dynamic` block has `for_each` and `content`"
            self.findings.append(problem("missing-member", message, block.span))
            return []
        name = block.labels[0] if iterator is None else iterator.value.text
        try:
            unfolded = iterations(over.value, name, scope)
        except Failure as failure:
            message = f"the `dynamic` block `{name}` cannot be unfolded: {failure.message}"
            self.findings.append(problem("undecided-value", message, failure.span or over.value.span))
            return []
        self.notes += [one.note for one in unfolded if one.note is not None and one.note not in self.notes]
        return [self.body(content.body, one.scope, content.span) for one in unfolded]


def finished(value: Any, text: Callable[[str], Any] = clean) -> Any:
    """A value as it goes into bodies: texts by `text`, JSON text as the value that it is the text of."""
    match value:
        case str():
            return text(value)
        case JsonText():
            return finished(value.value, text)
        case Mapping():
            return {_key(name): finished(member, text) for name, member in value.items()}
        case list():
            return [finished(item, text) for item in value]
        case Unknown() | Made() | int() | float() | None:
            return value
    return undecided(getattr(value, "address", "…"), "a whole resource is no value")


def _key(name: str) -> str:
    return name if isinstance(name, OpenKey) else clean(name)
