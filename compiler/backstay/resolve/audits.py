"""Frameworks and reports of the model, as they stand in every account and Region that their policy reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from backstay import ir
from backstay.dsl.framework import Framework
from backstay.resolve.here import Here
from backstay.resolve.pieces import Piece

Format = Literal["CSV", "JSON"]
FORMATS: tuple[Format, ...] = ("CSV",)
"""What AWS writes if no format is named (Backup API `ReportDeliveryChannel`, read 2026-11)."""


@dataclass(frozen=True, slots=True)
class Auditor:
    """Turns pieces into frameworks and report plans of one place."""

    here: Here

    def framework(self, piece: Piece) -> ir.Framework:
        """A framework with its controls, in the author's order."""
        if not piece.children["controls"]:
            self.here.incomplete(piece, "framework", "controls", "add one: `controls=[Control.vault_lock()]`")
        return ir.Framework(
            name=piece.name,
            description=piece.get("description"),
            controls=tuple(self._control(control) for control in piece.children["controls"]),
            tags=piece.get("tags") or (),
            where=self.here.where(piece),
        )

    def _control(self, piece: Piece) -> ir.Control:
        types = tuple(dict.fromkeys(piece.get("types") or ()))
        scope = ir.ControlScope(types, piece.get("resource"), piece.get("tag"))
        everything = scope == ir.ControlScope()
        parameters = tuple(sorted(piece.get("parameters") or ()))
        return ir.Control(piece.name, parameters, None if everything else scope, self.here.where(piece))

    def report(self, piece: Piece) -> ir.Report:
        """A report plan; accounts by id, frameworks by name."""
        for field in ("template", "bucket"):
            if piece.get(field) is None:
                self.here.incomplete(piece, "report", field, f"add `{field}=`")
        return ir.Report(
            name=piece.name,
            description=piece.get("description"),
            template=piece.get("template") or "",
            bucket=piece.get("bucket") or "",
            prefix=piece.get("prefix"),
            formats=_once(piece.get("formats") or FORMATS),
            frameworks=tuple(_name(one) for one in piece.get("frameworks") or ()),
            accounts=tuple(self._accounts(piece)),
            units=tuple(dict.fromkeys(piece.get("units") or ())),
            regions=tuple(dict.fromkeys(piece.get("regions") or ())),
            tags=piece.get("tags") or (),
            where=self.here.where(piece),
        )

    def _accounts(self, piece: Piece) -> Iterator[str]:
        for account in dict.fromkeys(piece.get("accounts") or ()):
            found = self.here.context.tree.find(account)
            yield found[0].id if found else account


def _once(formats: Iterable[Format]) -> tuple[Format, ...]:
    return tuple(dict.fromkeys(formats))


def _name(framework: Framework | str) -> str:
    return framework if isinstance(framework, str) else framework.name
