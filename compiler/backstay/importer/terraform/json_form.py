"""Reads `.tf.json`: the same configuration as in Terraform's own language, in JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from backstay.importer.problem import problem
from backstay.importer.terraform import syntax as s
from backstay.importer.terraform.parse import expression, text_template
from backstay.importer.terraform.tree import BadSyntaxError
from backstay.importer.text import read_text
from backstay.source.text import DataPath, Text
from backstay_contract.findings import Finding, Span

# Block types → how many labels they have.
_LABELS: Final = {"resource": 2, "data": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "locals": 0}

# Nested blocks that have to be told from arguments, since what they make depends on it.
_BLOCKS: Final = frozenset({"statement", "principals", "not_principals", "condition", "assume_role"})
_WITH_BLOCKS: Final = frozenset({("data", "aws_iam_policy_document"), ("provider", "aws")})


def parse_json(path: str, data: bytes) -> tuple[s.Body, tuple[Finding, ...]]:
    """A file's blocks; of `.tfvars.json` its values are the attributes."""
    text, findings = read_text(path, data)
    if not isinstance(text.data, Mapping):
        if not findings:
            message = "a Terraform configuration in JSON is an object"
            findings = (problem("unreadable-source", message, Span(path, 1, 1, 1, 2)),)
        return s.Body(), findings
    reader = _Reader(text)
    try:
        if path.endswith(".tfvars.json"):
            return reader.body(text.data, (), frozenset()), findings
        return s.Body((), tuple(reader.blocks())), findings
    except BadSyntaxError as error:
        return s.Body(), (*findings, problem("unreadable-source", error.message, error.span))


@dataclass(frozen=True)
class _Reader:
    text: Text

    def blocks(self) -> Iterator[s.Block]:
        """The blocks of the whole file."""
        for kind, content in self.text.data.items():
            if kind in _LABELS:
                yield from self._labelled(kind, (), content, (kind,), _LABELS[kind])

    def body(self, members: Mapping[str, Any], path: DataPath, blocks: frozenset[str]) -> s.Body:
        """The inside of a block. Nested objects are arguments, but for `dynamic` and the block types that are named."""
        attributes: list[s.Attribute] = []
        nested: list[s.Block] = []
        for name, value in members.items():
            at = (*path, name)
            if name == "//":
                continue
            if name == "dynamic":
                nested += self._dynamic(value, at, blocks)
            elif name in blocks:
                nested += self._labelled(name, (), value, at, 0, blocks)
            else:
                attributes.append(s.Attribute(name, self._value(value, at, name), self.text.key(at)))
        return s.Body(tuple(attributes), tuple(nested))

    def _labelled(
        self,
        kind: str,
        labels: tuple[str, ...],
        content: Any,
        path: DataPath,
        missing: int,
        blocks: frozenset[str] | None = None,
    ) -> Iterator[s.Block]:
        """Blocks below their labels; a list is several of them."""
        if isinstance(content, list):
            for number, one in enumerate(content):
                yield from self._labelled(kind, labels, one, (*path, number), missing, blocks)
        elif not isinstance(content, Mapping):
            raise BadSyntaxError(f"`{path[-1]}` should be an object", self.text.place(path))
        elif missing:
            for label, inner in content.items():
                if label != "//":
                    yield from self._labelled(kind, (*labels, label), inner, (*path, label), missing - 1, blocks)
        else:
            inside = blocks if blocks is not None else _BLOCKS if (kind, *labels[:1]) in _WITH_BLOCKS else frozenset()
            yield s.Block(kind, labels, self.body(content, path, inside), self.text.key(path))

    def _dynamic(self, content: Any, path: DataPath, blocks: frozenset[str]) -> Iterator[s.Block]:
        for block in self._labelled("dynamic", (), content, path, 1, blocks):
            inner = block.body.attribute("content")
            node = self._content(content, path, block.labels[0])
            if inner is None or node is None:
                yield block
                continue
            body, at = node
            made = s.Block("content", (), self.body(body, at, blocks), inner.span)
            kept = tuple(one for one in block.body.attributes if one.name != "content")
            yield s.Block("dynamic", block.labels, s.Body(kept, (made,)), block.span)

    def _content(self, content: Any, path: DataPath, label: str) -> tuple[Mapping[str, Any], DataPath] | None:
        """The `content` of a dynamic block: an object, or a list of one."""
        node, at = content, path
        for step in (label, "content"):
            if isinstance(node, list) and node:
                node, at = node[0], (*at, 0)
            node, at = (node.get(step) if isinstance(node, Mapping) else None), (*at, step)
        if isinstance(node, list) and node:
            node, at = node[0], (*at, 0)
        return (node, at) if isinstance(node, Mapping) else None

    def _value(self, value: Any, path: DataPath, name: str = "") -> s.Expression:
        span, shown = self.text.place(path), str(value)[:200]
        if isinstance(value, str):
            if name == "type" and path[0] == "variable":
                return expression(self.text.path, value, span, fixed=True)
            return text_template(self.text.path, value, span)
        if isinstance(value, Mapping):
            members = (
                (self._key(key, (*path, key)), self._value(one, (*path, key)))
                for key, one in value.items()
                if key != "//"
            )
            return s.Members(span, shown, tuple(members))
        if isinstance(value, list):
            return s.Items(span, shown, tuple(self._value(one, (*path, number)) for number, one in enumerate(value)))
        return s.Literal(span, shown, value)

    def _key(self, key: str, path: DataPath) -> s.Expression:
        return text_template(self.text.path, key, self.text.key(path))
