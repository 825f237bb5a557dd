"""One side of a comparison: a model, and the documents of its shapes as a build has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from backstay import ir
from backstay.emit import document

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Sided:
    """`documents` stand in the order of the model's shapes."""

    model: ir.Model
    documents: tuple[Document, ...]

    @cached_property
    def by_place(self) -> dict[tuple[str, str], int]:
        """Account and Region → number of the shape."""
        shapes = enumerate(self.model.shapes)
        return {(account, one.region): number for number, one in shapes for account in one.accounts}

    @cached_property
    def said(self) -> list[str]:
        """What each shape says, and what is said of the vaults that it copies to, as a digest."""
        from backstay_contract.canonical import digest

        shapes = zip(self.model.shapes, self.documents, strict=True)
        return [digest([dict(said), self._far(shape)]) for shape, said in shapes]

    def _far(self, shape: ir.Shape) -> list[list[Any]]:
        every = (copy.destination for plan in shape.plans for rule in plan.rules for copy in rule.copies)
        found = []
        for arn, reference in sorted({one.arn: one for one in every}.items()):
            gapped = self.model.air_gapped_at(reference, shape.accounts[0])
            vault = gapped.as_vault if gapped else self.model.vault_at(reference, shape.accounts[0])
            lock = vault.lock if vault else None
            facts = [lock.mode, lock.minimum, lock.maximum] if lock else []
            found.append([arn, gapped is not None, vault is not None, *facts])
        return found


def sided(model: ir.Model) -> Sided:
    """A model as a side."""
    return Sided(model, tuple(document.shape(shape).document() for shape in model.shapes))
