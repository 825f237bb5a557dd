"""What an editor shows over a place: the findings there with the reasons of their rules, or what a word means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from backstay.editor.positions import Point, touches
from backstay.editor.words import meaning, word_at
from backstay.lint.registry import facts, rules
from backstay.lint.rule import Rule
from backstay.source import SourceFile
from backstay_contract.findings import Finding

_ALLOWED = re.compile(r"#\s*backstay:\s*allow\b")
_NAME = re.compile(r"[\w-]+")


def hover(file: SourceFile, findings: Sequence[Finding], point: Point) -> str | None:
    """Markdown for a place; None if there is nothing to say."""
    parts = list(_parts(file, findings, point))
    return "\n\n---\n\n".join(parts) if parts else None


def _parts(file: SourceFile, findings: Sequence[Finding], point: Point) -> Iterator[str]:
    for finding in findings:
        if finding.span is not None and touches(finding.span, point, point):
            yield _finding(finding)
    allowed = _allowed(file, *point)
    if allowed is not None:
        yield f"**{allowed.NAME}** ({allowed.CODE})\n\n{_rule(allowed)}"
    word = word_at(file, *point)
    said = meaning(word) if word else None
    if said:
        yield said


def _finding(finding: Finding) -> str:
    head = f"**{finding.name}** ({finding.code}, {finding.severity})\n\n{finding.message}"
    helped = f"{head}\n\n*{finding.help}*" if finding.help else head
    rule = rules().get(finding.code)
    return f"{helped}\n\n{_rule(rule)}" if rule is not None else helped


def _rule(rule: type[Rule]) -> str:
    """Why a rule is there, and where that is written."""
    known = facts(rule)
    pages = [f"[{source.title}]({source.uri})" if source.uri else source.title for source in rule.SOURCES]
    return f"{known.why}\n\n{' · '.join(pages)}\n\n`backstay rules {known.name}`"


def _allowed(file: SourceFile, line: int, column: int) -> type[Rule] | None:
    """The rule that a comment names at a place."""
    text, comment = file.line(line), file.comments.get(line, "")
    if not _ALLOWED.match(comment):
        return None
    found = next((one for one in _NAME.finditer(text) if one.start() < column <= one.end() + 1), None)
    return rules().get(found[0]) if found else None
