"""One look at the policies of a scope, with what is not saved: findings at the places that the editor knows."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from backstay import pipeline
from backstay.editor.house import told
from backstay.editor.shadow import Shadow, Unsaved
from backstay.lint.fix import Edit, Fix, Spot, spot
from backstay.source import SourceFile
from backstay_contract.findings import Finding, Span


@dataclass(frozen=True)
class Studied:
    """What a look came to. All paths are real ones; `files` are those looked at, with the texts that were."""

    findings: Mapping[Path, tuple[Finding, ...]] = field(default_factory=dict)
    fixes: Mapping[Spot, Fix] = field(default_factory=dict)
    files: Mapping[Path, SourceFile] = field(default_factory=dict)


def study(shadow: Shadow, unsaved: Unsaved, today: datetime.date) -> Studied:
    """Lint a scope as `backstay lint` does from the folder of its organization file. Nothing that files say raises.

    Only one look can be taken at a time: it changes the working directory of the process.
    """
    shadow.keep(unsaved)
    os.chdir(shadow.folder)
    checked = pipeline.check([shadow.policies], None, now=today)
    home = _Home(shadow)
    files = {
        shadow.original(path): replace(file, path=home.path(path)) for path, file in checked.loaded.sources.items()
    }
    if checked.org is not None:
        organization = shadow.original(checked.org.path)
        files[organization] = SourceFile(str(organization), _text(Path(checked.org.path)))
    moved = [home.finding(finding) for finding in checked.findings]
    fixes = {
        spot(new): home.fix(checked.fixes[spot(old)])
        for old, new in zip(checked.findings, moved, strict=True)
        if spot(old) in checked.fixes
    }
    findings: dict[Path, list[Finding]] = {path: [] for path in files}
    for finding in told(moved, shadow.scope, files):
        path = Path(finding.span.path) if finding.span is not None else next(iter(files), shadow.scope.policies)
        findings.setdefault(path, []).append(finding)
    return Studied({path: tuple(found) for path, found in findings.items()}, fixes, files)


@dataclass(frozen=True)
class _Home:
    """Brings what the compiler says of the shadow back to the files themselves."""

    shadow: Shadow

    def path(self, shown: str) -> str:
        return str(self.shadow.original(shown))

    def span(self, span: Span) -> Span:
        return replace(span, path=self.path(span.path))

    def finding(self, finding: Finding) -> Finding:
        return replace(
            finding,
            span=None if finding.span is None else self.span(finding.span),
            others=tuple(replace(other, span=self.span(other.span)) for other in finding.others),
        )

    def fix(self, fix: Fix) -> Fix:
        edits = tuple(Edit(self.span(edit.span), edit.text) for edit in fix.edits)
        return replace(fix, edits=edits, removed=tuple(map(self.span, fix.removed)))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig", errors="replace")
    except OSError:
        return ""
