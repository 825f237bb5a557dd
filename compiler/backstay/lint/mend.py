"""How a rule says what puts a finding right: new text for what its author wrote, found by its very letters.

Where those letters do not stand at the place, since a variable or a parameter does, there is no fix.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from backstay.lint.context import Context
from backstay.lint.fix import Edit, Fix
from backstay.lint.site import RuleSite
from backstay.lint.spelling import alike
from backstay_aws.cron import Part
from backstay_contract.findings import Span

_OPENING = "cron("
_ESCAPES = frozenset("\"'\\\n\r")


def exact(context: Context, span: Span | None, old: str, new: str, *words: str) -> Fix | None:
    """New text for a place at which exactly `old` is written; `words` are those of the language in it."""
    if span is None or written(context, span) != old:
        return None
    return Fix(f"write `{new}` for `{old}`", (Edit(span, new),), words=words)


def literal(context: Context, span: Span | None, old: str, new: str, *, after: str = "") -> Fix | None:
    """New text for the quoted `old`, wherever it stands inside a place (and right behind `after`)."""
    if span is None or not (_ESCAPES.isdisjoint(old) and _ESCAPES.isdisjoint(new)):
        return None
    edits = tuple(_edit(place, old, new) for place in _quoted(context, span, old, after))
    return Fix(f"write `{new}` for `{old}`", edits) if edits else None


def cron(context: Context, site: RuleSite, new: str) -> Fix | None:
    """Another cron expression for that of a rule; both with `cron(…)` around."""
    place, old = site.where.field("at"), site.rule.schedule
    return literal(context, place, _bare(old), _bare(new)) or literal(context, place, old, new)


def cron_field(context: Context, site: RuleSite, part: Part, new: str) -> Fix | None:
    """Another text for one field of a rule's cron expression."""
    text = site.rule.schedule
    found = cron(context, site, f"{text[: part.start]}{new}{text[part.end :]}")
    return found and replace(found, does=f"write `{new}` for `{part.text}`")


def removed(span: Span | None, what: str) -> Fix | None:
    """An item of a list, or an argument of a call, taken out."""
    return None if span is None else Fix(f"remove {what}", removed=(span,))


def respelt(context: Context, span: Span | None, name: str, known: Iterable[str]) -> Fix | None:
    """A known name for a quoted one inside a place that is a slip of the pen of no other."""
    meant = slip(name, known)
    return literal(context, span, name, meant) if meant else None


def slip(name: str, known: Iterable[str]) -> str | None:
    """The one known name of which another is a slip of the pen; None if there are several, or none."""
    meant = [one for one in known if alike(one, name)]
    return meant[0] if len(meant) == 1 else None


def written(context: Context, span: Span | None) -> str | None:
    """The text at a place, over however many lines."""
    if span is None or span.line == span.end_line:
        return context.written(span)
    found = [context.line(span.path, number) for number in range(span.line, span.end_line + 1)]
    lines = [line for line in found if line is not None]
    if len(lines) != len(found):
        return None
    return "\n".join([lines[0][span.column - 1 :], *lines[1:-1], lines[-1][: span.end_column - 1]])


def _quoted(context: Context, span: Span, text: str, after: str) -> Iterable[Span]:
    """The places of a text in quotes, without these; the quoted text has no line end."""
    for number in range(span.line, span.end_line + 1):
        line = context.line(span.path, number) or ""
        first = span.column - 1 if number == span.line else 0
        last = span.end_column - 1 if number == span.end_line else len(line)
        for quote in ('"', "'"):
            at = line.find(sought := f"{after}{quote}{text}{quote}", first, last)
            while at >= 0:
                start = at + len(after) + 2  # behind the quote, counted from 1
                yield Span(span.path, number, start, number, start + len(text))
                at = line.find(sought, at + 1, last)


def _edit(place: Span, old: str, new: str) -> Edit:
    """The least that makes one text of another, so that two edits of it do not stand in each other's way."""
    shorter = min(len(old), len(new))
    start = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    end = next((n for n in range(shorter - start) if old[-1 - n] != new[-1 - n]), shorter - start)
    span = Span(place.path, place.line, place.column + start, place.line, place.end_column - end)
    return Edit(span, new[start : len(new) - end])


def _bare(expression: str) -> str:
    return expression.removeprefix(_OPENING).removesuffix(")") if expression.startswith(_OPENING) else expression
