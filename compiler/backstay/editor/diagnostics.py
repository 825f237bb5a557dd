"""Findings as the protocol's diagnostics."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from lsprotocol import types
from pygls.workspace import PositionCodec

from backstay.editor.positions import range_of
from backstay.lint.registry import facts, rules
from backstay.source import SourceFile
from backstay_contract.findings import Finding, Label, Severity, Span

SOURCE = "backstay"
SEVERITIES: Mapping[Severity, types.DiagnosticSeverity] = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "advice": types.DiagnosticSeverity.Information,
}
Uri = Callable[[Path], str]


def diagnostic(finding: Finding, files: Mapping[Path, SourceFile], codec: PositionCodec, uri: Uri) -> types.Diagnostic:
    """A finding at its place, with its rule's page, and with the second places that it points at."""
    rule = rules().get(finding.code)
    page = facts(rule).uri if rule is not None else None
    others = [_related(other, files, codec, uri) for other in finding.others]
    return types.Diagnostic(
        _range(finding.span, files, codec),
        _message(finding),
        SEVERITIES[finding.severity],
        code=finding.name,
        code_description=types.CodeDescription(page) if page else None,
        source=SOURCE,
        related_information=others or None,
    )


def _message(finding: Finding) -> str:
    said = finding.message if not finding.label else f"{finding.message}\n{finding.label}"
    notes: Sequence[str] = [f"note: {note}" for note in finding.notes]
    return "\n".join([said, *notes, *([f"help: {finding.help}"] if finding.help else ())])


def _related(
    other: Label, files: Mapping[Path, SourceFile], codec: PositionCodec, uri: Uri
) -> types.DiagnosticRelatedInformation:
    place = types.Location(uri(Path(other.span.path)), _range(other.span, files, codec))
    return types.DiagnosticRelatedInformation(place, other.text)


def _range(span: Span | None, files: Mapping[Path, SourceFile], codec: PositionCodec) -> types.Range:
    if span is None:
        return types.Range(types.Position(0, 0), types.Position(0, 0))
    file = files.get(Path(span.path))
    return range_of(() if file is None else file.lines, span, codec)
