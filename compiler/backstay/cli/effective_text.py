"""What `backstay effective` tells a person: the document, who set what, and errors drawn in the policy's own text."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from backstay.cli.context import colour, width
from backstay_aws.effective import Effective, Invalid, Refused, conflicts
from backstay_contract.findings import Finding, Label, Span
from backstay_formats.escape import terminal as escape

if TYPE_CHECKING:
    from backstay_aws.effective import EffectiveError, Leaf, Place, Refusal, Said
    from backstay_aws.effective.case import Case, CaseError

_NAMES = {
    "KEY_REQUIRED": "key-required",
    "ELEMENTS_TOO_FEW": "elements-too-few",
    "ELEMENTS_TOO_MANY": "elements-too-many",
    "CROSS_ATTRIBUTE_VALIDATION": "cross-attribute-validation",
}


def complaint(path: str, source: str, error: CaseError) -> str:
    """What is wrong with a file that is no case, drawn at its place."""
    place = error.place
    span = Span(path, place.line, place.column, place.end_line, place.end_column)
    finding = Finding("EFF000", "no-case", "error", error.message, _short(span), "here")
    return _draw([finding], {path: source}, terminal=sys.stderr.isatty())


class Page:
    """Tells the answer to one case; knows in which text each policy stands."""

    def __init__(self, path: str, source: str, case: Case) -> None:
        self.path = path
        self.case = case
        self.texts = {path: source}
        self.homes: dict[str, str] = {}
        for level in case.levels:
            for policy in level.policies:
                self.homes[policy.id] = path if policy.text is None else f"{path} ({policy.id})"
                if policy.text is not None:
                    self.texts[self.homes[policy.id]] = policy.text

    def text(self, answer: Effective | Refused | Invalid, *, everything: bool) -> str:
        """The whole answer."""
        terminal = sys.stdout.isatty()
        match answer:
            case Effective():
                document = json.dumps(answer.document, indent=2)
                return "\n".join([self._head(), document, *self._told(answer, everything)]) + "\n"
            case Refused():
                return _draw([self._refused(one) for one in answer.refusals], self.texts, terminal=terminal)
            case Invalid():
                drawn = _draw([self._wrong(one, answer) for one in answer.errors], self.texts, terminal=terminal)
                kept = json.dumps(answer.published, indent=2)
                tail = ["nothing of the new policy is put into effect; the account keeps", kept]
                return drawn + "\n".join([*tail, *self._told(answer, everything)]) + "\n"

    def _head(self) -> str:
        way = " > ".join(level.target for level in self.case.levels)
        count = sum(len(level.policies) for level in self.case.levels)
        return escape(f"{way}: {count} {'policy' if count == 1 else 'policies'}")

    def _told(self, answer: Effective | Invalid, everything: bool) -> list[str]:
        """The story's lines, with what a terminal would obey made visible."""
        return [escape(line) for line in self._story(answer, everything)]

    def _story(self, answer: Effective | Invalid, everything: bool) -> Iterator[str]:
        """Who set what where more than one policy had a say (or everywhere), what did not count, who is in conflict."""
        told = [leaf for leaf in answer.trace.leaves if everything or _surprising(leaf)]
        if told:
            yield from ("", "who set what:" if everything else "where several policies have a say:")
        for leaf in told:
            yield f"  {leaf.path} = {_value(leaf.value)}"
            yield from (f"    {self._said(one)}" for one in leaf.said)
        keys = [one for one in answer.trace.ignored if not one.operator]
        if keys:
            yield from ("", "new keys that do not count:")
        for one in keys:
            yield f"  {one.path} of policy {one.policy} at {one.at}{self._where(one.policy, one.place)}: {one.by}"
        fights = conflicts(answer.trace)
        if fights:
            yield from ("", "policies of one level in conflict; the order of attachment decides:")
        for leaf in fights:
            yield from (f"  {leaf.path}: {one.policy} loses, {one.by}" for one in leaf.said if one.outcome == "lost")

    def _said(self, one: Said) -> str:
        values = ", ".join(one.values) or "nothing"
        tail = f" ({one.by})" if one.by else ""
        who = f"policy {one.policy} at {one.at}{self._where(one.policy, one.place)}"
        return f"{one.outcome:<14} {one.operator} {values}: {who}{tail}"

    def _where(self, policy: str, place: Place | None) -> str:
        return f", {self.homes[policy]}:{place.line}:{place.column}" if place else ""

    def _span(self, policy: str, place: Place | None) -> Span | None:
        if place is None:
            return None
        return _short(Span(self.homes[policy], place.line, place.column, place.end_line, place.end_column))

    def _refused(self, one: Refusal) -> Finding:
        span = self._span(one.policy, one.place)
        where = f" (at {one.path})" if one.path else ""
        notes = (f"Organizations answers {one.code}{f' ({one.limit})' if one.limit else ''}, without a place",)
        message = f"policy {one.policy} is refused: {one.reason}{where}"
        return Finding("EFF001", "policy-refused", "error", message, span, "", (), notes)

    def _wrong(self, one: EffectiveError, answer: Invalid) -> Finding:
        """An error of the merge, at what the contributing policies say there."""
        labels = self._fields(one, answer) or self._keys(one, answer)
        who = ", ".join(one.contributing) or "nobody"
        notes = (f"AWS says {one.code}: {one.message}", f"contributing policies: {who}")
        name, message = _NAMES.get(one.code, "invalid"), f"{one.path}: {one.reason}"
        if not labels:
            return Finding("EFF002", name, "error", message, notes=notes)
        *others, main = labels
        return Finding("EFF002", name, "error", message, main.span, main.text, tuple(others), notes)

    def _fields(self, one: EffectiveError, answer: Invalid) -> list[Label]:
        """The values that the message names, where they were set."""
        said = [(leaf.path.rpartition("/")[2], leaf.set_by) for leaf in answer.trace.leaves if _below(leaf, one.path)]
        return [
            Label(span, f"{name}, set by {last.policy}")
            for name, last in said
            if last and f"{name}=" in one.message and (span := self._span(last.policy, last.place))
        ]

    def _keys(self, one: EffectiveError, answer: Invalid) -> list[Label]:
        """The keys at the error's path, in every policy that speaks there."""
        found = answer.trace.speakers.get(one.path, ())
        spans = [(who.policy, self._span(who.policy, who.place)) for who in found]
        return [Label(span, f"policy {policy}") for policy, span in spans if span]


def _below(leaf: Leaf, path: str) -> bool:
    return leaf.path.startswith(f"{path}/")


def _surprising(leaf: Leaf) -> bool:
    return len(leaf.said) > 1 or leaf.said[0].outcome != "set"


def _value(value: str | Sequence[str]) -> str:
    return json.dumps(value if isinstance(value, str) else list(value))


def _short(span: Span) -> Span:
    """Of a place of several lines only the beginning, as people look for it there."""
    if span.end_line == span.line:
        return span
    return Span(span.path, span.line, span.column, span.line, span.column + 1)


def _draw(findings: Sequence[Finding], texts: dict[str, str], *, terminal: bool) -> str:
    from backstay_formats.text import render

    lines = {path: [line.rstrip("\r") for line in text.split("\n")] for path, text in texts.items()}
    return render(findings, partial(_line, lines), colour=colour(terminal), width=width(terminal))


def _line(lines: dict[str, list[str]], path: str, number: int) -> str | None:
    known = lines.get(path, [])
    return known[number - 1] if 0 < number <= len(known) else None
