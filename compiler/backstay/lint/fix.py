"""What puts a finding right, as a value; and several of them fitted to one file and applied to its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from backstay.lint.importing import importing
from backstay.lint.removal import removal
from backstay.source import SourceFile
from backstay_contract.findings import Finding, Span

Spot = tuple[str, Span | None, str]
"""What a finding is known by, however severely it is told: its code, its place and its message."""
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of a file, and the text that comes in its place. The lines of `text` end with a line feed."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """The one right answer to a finding. `does` says what it does, as an order: "write `FRI` for `6`".

    `removed` are items of lists and arguments of calls (or their values), which go with their comma and, if nothing
    else stands there, their lines. `words` are those of the language that the new text uses.
    """

    does: str
    edits: tuple[Edit, ...] = ()
    removed: tuple[Span, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def paths(self) -> frozenset[str]:
        """The files that it changes; `fitted` takes fixes of one."""
        return frozenset(span.path for span in (*(edit.span for edit in self.edits), *self.removed))


def spot(finding: Finding) -> Spot:
    """What a finding is known by."""
    return finding.code, finding.span, finding.message


@dataclass(slots=True)
class Fitted:
    """Fixes that go together: their edits, in the order of the file, and those fixes that are left for another time."""

    edits: list[Edit] = field(default_factory=list)
    done: list[Fix] = field(default_factory=list)
    left: list[Fix] = field(default_factory=list)


def fitted(file: SourceFile, fixes: Iterable[Fix]) -> Fitted:
    """Fixes of one file as edits. Of two that overlap the later is left, and so is one that does not fit the text."""
    found = Fitted()
    for fix in fixes:
        edits = _edits(file, fix)
        if edits is None or any(_clash(edit, other) for edit in edits for other in found.edits):
            found.left.append(fix)
        else:
            found.edits += [edit for edit in edits if edit not in found.edits]
            found.done.append(fix)
    words = {word for fix in found.done for word in fix.words}
    found.edits = sorted([*found.edits, *_imports(file, words)], key=lambda edit: edit.span)
    return found


def applied(text: str, edits: Sequence[Edit]) -> str:
    """A text with edits of it made, which do not overlap. Lines keep their ends, and new ones get the file's."""
    starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
    ending = _LINE_END.search(text)
    newline = ending[0] if ending is not None else "\n"

    def offset(line: int, column: int) -> int:
        return min(starts[line - 1] + column - 1, len(text)) if line <= len(starts) else len(text)

    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        span = edit.span
        start, end = offset(span.line, span.column), offset(span.end_line, span.end_column)
        text = f"{text[:start]}{edit.text.replace(chr(10), newline)}{text[end:]}"
    return text


def _edits(file: SourceFile, fix: Fix) -> list[Edit] | None:
    """The edits of one fix, those for removals and without those of imports; None if it does not fit the file."""
    if fix.paths != {file.path} or importing(file, fix.words) is None:
        return None
    removals = [removal(file, span) for span in fix.removed]
    cut = [Edit(span, "") for span in removals if span is not None]
    return [*fix.edits, *cut] if len(cut) == len(removals) else None


def _imports(file: SourceFile, words: Iterable[str]) -> list[Edit]:
    return [Edit(span, text) for span, text in importing(file, words) or ()]


def _clash(one: Edit, other: Edit) -> bool:
    """Whether two edits touch the same characters, or both begin at one; the same edit twice is no clash."""
    if one == other:
        return False
    a, b = one.span, other.span
    begin = (a.line, a.column), (b.line, b.column)
    end = (a.end_line, a.end_column), (b.end_line, b.end_column)
    return begin[0] == begin[1] or (begin[0] < end[1] and begin[1] < end[0])
