"""The root of the repository: where code scanning, merge requests and their peers begin to count paths."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from backstay_contract.findings import Finding, Label, Span

NOWHERE = Span("org.yaml", 1, 1, 1, 1)
"""The place of what has none, for readers that demand one: what concerns no line concerns the organization."""


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that paths are told from; `here` is the one that the paths of findings are relative to."""

    folder: Path
    here: Path

    def path(self, path: str) -> str:
        """A path from the root; the absolute one if it is not below it."""
        full = Path(os.path.normpath(self.here / path))
        return (full.relative_to(self.folder) if full.is_relative_to(self.folder) else full).as_posix()

    def moved(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings with the paths of their places told from the root."""
        return [
            replace(
                finding,
                span=self._span(finding.span) if finding.span else None,
                others=tuple(Label(self._span(other.span), other.text) for other in finding.others),
            )
            for finding in findings
        ]

    def _span(self, span: Span) -> Span:
        return replace(span, path=self.path(span.path))


def nearest(here: Path | None = None) -> Root:
    """The root around a folder (the working one): the nearest upwards that has a `.git`, else the folder itself."""
    here = Path.cwd() if here is None else here
    return Root(next((one for one in (here, *here.parents) if os.path.lexists(one / ".git")), here), here)
