"""What an editor offers to do about findings: their fixes, all fixes of a file, and the comment that allows one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lsprotocol import types
from pygls.workspace import PositionCodec

from backstay.editor.allow import allow
from backstay.editor.positions import Point, range_of, touches
from backstay.lint.fix import Edit, Fix, Spot, fitted, spot
from backstay.source import SourceFile
from backstay_contract.findings import Finding

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.backstay"
KINDS = (types.CodeActionKind.QuickFix, FIX_ALL)
Shown = Sequence[types.Diagnostic]


class Actions:
    """Makes the actions for one document: its text, where it is, and what is wrong in it."""

    def __init__(self, file: SourceFile, document: types.OptionalVersionedTextDocumentIdentifier, codec: PositionCodec):
        self._file = file
        self._document = document
        self._codec = codec

    def at(
        self, findings: Iterable[Finding], fixes: Mapping[Spot, Fix], start: Point, end: Point, shown: Shown
    ) -> Iterator[types.CodeAction]:
        """Those for the findings that a selection touches; `shown` are the diagnostics that the editor has there."""
        for finding in findings:
            if finding.span is None or not touches(finding.span, start, end):
                continue
            mine = [one for one in shown if one.code == finding.name and one.message.startswith(finding.message)]
            fix = fixes.get(spot(finding))
            edits = fitted(self._file, [fix]).edits if fix is not None else []
            if fix is not None and edits:
                yield self._quick(f"{fix.does[0].upper()}{fix.does[1:]}", edits, mine, preferred=True)
            comment = allow(self._file, finding)
            if comment is not None:
                yield self._quick(f"Allow {finding.name} here, for a reason", [comment], mine, preferred=False)

    def all(self, findings: Iterable[Finding], fixes: Mapping[Spot, Fix]) -> Iterator[types.CodeAction]:
        """The one that makes every fix of the document that goes together with those before it."""
        edits = fitted(self._file, [fixes[spot(one)] for one in findings if spot(one) in fixes]).edits
        if edits:
            title = "Fix all that Backstay can fix"
            yield types.CodeAction(title, kind=FIX_ALL, edit=self._edit(edits))

    def _quick(self, title: str, edits: Sequence[Edit], shown: Shown, *, preferred: bool) -> types.CodeAction:
        return types.CodeAction(
            title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=shown or None,
            is_preferred=preferred,
            edit=self._edit(edits),
        )

    def _edit(self, edits: Sequence[Edit]) -> types.WorkspaceEdit:
        lines = self._file.lines
        made = [types.TextEdit(range_of(lines, one.span, self._codec), one.text) for one in edits]
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(self._document, made)])
