"""The Organizations target: backup policies, where they are attached, and what must be there beside them.

    policies/<name>.json    each document exactly as to be sent
    attachments.json        policies, the nodes that they go to, and how much of every limit that takes
    prerequisites.json      per account and Region what backup policies cannot express

For every account, what its backup policies come to equals the plans of the accounts target, but for the plans that
`prerequisites.json` lists with a reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import orjson

from backstay import ir
from backstay.emit.organizations.attachments import attachments
from backstay.emit.organizations.cover import organization
from backstay.emit.organizations.naming import names
from backstay.emit.organizations.packing import Document, Packed, pack
from backstay.emit.organizations.pieces import Sorted, sort_out
from backstay.emit.organizations.prerequisites import prerequisites
from backstay.emit.organizations.report import findings
from backstay_contract.findings import Finding

__all__ = ["Arrangement", "arrange", "emit", "remainder", "report"]

FOLDER = "organizations"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """All that the target decides about a model, worked out once; `emit`, `report` and `remainder` are its parts."""

    model: ir.Model
    plans: Sorted
    packed: Packed
    documents: Mapping[str, Document]

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The files by their paths."""
        for name in sorted(self.documents):
            yield f"{FOLDER}/policies/{name}.json", self.documents[name].text.encode()
        yield f"{FOLDER}/attachments.json", _pretty(attachments(self.model.organization, self.documents))
        yield "prerequisites.json", _pretty(prerequisites(self.model, self.rest(), self.plans))

    def findings(self) -> tuple[Finding, ...]:
        """Warnings for plans that go to the accounts target, errors for limits that do not hold."""
        return findings(self.model, self.plans, self.packed)

    def rest(self) -> ir.Model:
        """The model without the plans that the documents carry."""
        kept: dict[int, list[ir.Plan]] = {}
        for one in self.plans.moved:
            kept.setdefault(one.shape, []).append(one.plan)
        shapes = (replace(shape, plans=tuple(kept.get(n, ()))) for n, shape in enumerate(self.model.shapes))
        return replace(self.model, shapes=tuple(shapes))


def arrange(model: ir.Model) -> Arrangement:
    """Decide which policies there are and where they go. Needs `model.tree`; never fails for what a model holds."""
    plans = sort_out(model)
    packed = pack(plans.pieces, organization(model.tree, plans.classes))
    documents = dict(zip(names(packed.documents), packed.documents, strict=True))
    return Arrangement(model, plans, packed, documents)


def emit(model: ir.Model) -> Iterator[tuple[str, bytes]]:
    """The files of the target by their paths, in the build's folder."""
    return arrange(model).files()


def report(model: ir.Model) -> tuple[Finding, ...]:
    """What cannot be expressed, with its place and reason, and which limits do not hold."""
    return arrange(model).findings()


def remainder(model: ir.Model) -> ir.Model:
    """The model of what the accounts target must still make."""
    return arrange(model).rest()


def _pretty(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
