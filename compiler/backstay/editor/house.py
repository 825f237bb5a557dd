"""What a house's configuration makes of findings in its editors; its own rules, which are programs, do not run here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from backstay.editor.scope import Scope
from backstay.lint import baseline
from backstay.lint.config.choices import choices, choose
from backstay.lint.config.find import find
from backstay.lint.config.read import read
from backstay.lint.registry import rules
from backstay.source import SourceFile
from backstay_contract.findings import Finding


def told(findings: Sequence[Finding], scope: Scope, files: Mapping[Path, SourceFile]) -> Sequence[Finding]:
    """The findings as the configuration of a scope wants them told, without those that its baseline knows.

    A configuration that is wrong changes nothing: `backstay lint` says what is wrong with it.
    """
    file = find([scope.policies])
    settings = read(file) if file is not None else None
    if settings is None or settings.findings:
        return findings
    made, wrong = choices(settings)
    if wrong:
        return findings
    chosen = choose(made, findings).findings
    if settings.baseline is None:
        return chosen
    return _unknown(chosen, settings.file.parent / settings.baseline.text, files)


def _unknown(findings: Sequence[Finding], file: Path, files: Mapping[Path, SourceFile]) -> Sequence[Finding]:
    try:
        known = baseline.read(file)
    except baseline.BaselineError:
        return findings

    def line(path: str, number: int) -> str | None:
        found = files.get(Path(path))
        return None if found is None else found.line(number)

    entries = baseline.named(findings, line, file.parent)
    hidden = [entry if one.code in rules() else None for one, entry in zip(findings, entries, strict=True)]
    return baseline.sift(findings, hidden, known).findings
