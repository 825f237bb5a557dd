"""A review as a comment on a pull request: the verdict, losses with witnesses, then the rest, folded. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from backstay.diff.text import of_inventory, where
from backstay.prove.text import NOTHING_NEAR, because, sentence
from backstay.review.asides import asides
from backstay.review.review import Review, numbers, verdict
from backstay_formats.comment import Part, fit, table
from backstay_formats.escape import brief, markdown, markdown_code

if TYPE_CHECKING:
    from backstay.diff.change import Change
    from backstay.prove.answer import Answer
    from backstay_contract.findings import Span

MARK = "<!-- backstay review -->"
"""By this a later comment finds the one that it takes the place of."""
_LINK = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~!$&*+,;=:@%/?#-]*)?", re.ASCII)
_SENTENCE = 500
_COLUMNS = ("what", "who", "why")
_SIGNS = {"lost": "−", "changed": "~", "gained": "+"}


def render(review: Review, link: str = "") -> str:
    """The comment. Text from outside is never markup, a link or a mention.

    `link` is the address of the whole review (`is_link` says which can be one): it stands under the numbers, and where
    rows are left out.
    """
    second = " · ".join(markdown(one) for one in numbers(review))
    head = f"{MARK}\n**{markdown(verdict(review))}**\n\n{second}\n"
    if not link:
        return fit(head, _parts(review), "`backstay diff` tells them")
    return fit(f"{head}\n[The whole review]({link})\n", _parts(review), f"[the whole review]({link}) has them")


def is_link(text: str) -> bool:
    """Whether a text is an address that can stand in a link of Markdown as it is."""
    return _LINK.fullmatch(text) is not None


def _parts(review: Review) -> Iterator[Part]:
    yield Part(table("### 🔓 Locks that get looser", _COLUMNS), tuple(map(_change, review.looser)))
    yield Part(table("### Lost", _COLUMNS), tuple(map(_change, review.lost)))
    yield Part(
        table("### 🔒 For ever", _COLUMNS),
        tuple(_change(one) for one in review.forever if one.direction != "lost" and not one.breaks),
    )
    yield Part(table("### Promises", ("", "promise", "why")), tuple(map(_answer, review.refuted)))
    rest = tuple(f"| {_SIGNS[one.direction]} {_change(one)[2:]}" for one in review.rest)
    yield Part(table(f"<details><summary>What else changes ({len(rest)})</summary>", _COLUMNS), rest, "\n</details>\n")
    proved = tuple(f"- {markdown(one.name)}\n" for one in review.proved)
    yield Part(f"\n<details><summary>Proved ({len(proved)})</summary>\n\n", proved, "\n</details>\n")
    if review.cost is not None:
        yield Part("\n", (f"Cost: {markdown(review.cost.said)}\n",))
    yield Part("\n", tuple(f"{markdown(line)}\n" for line in asides(review.difference)))


def _change(one: Change) -> str:
    who = [f"{one.subject}{where(one)}"]
    if one.counted and one.types:
        who.append(of_inventory(one))
    elif one.witness is not None:
        who.append(f"such as {sentence(one.witness)}")
    what = f"{'🔒 ' if one.forever else ''}{one.what}"
    return f"| {_cell([what])} | {_cell(who)} | {_reason(one.why, one.place)} |\n"


def _answer(one: Answer) -> str:
    told = [_cell([sentence(one.witness)])] if one.witness is not None else []
    if one.nearest is not None:
        told += [_reason(said, place) for said, place in because(one.nearest)]
    elif one.witness is not None:
        told.append(_cell([NOTHING_NEAR]))
    told += [_cell([note]) for note in one.notes]
    status = "refuted" if one.status == "COUNTEREXAMPLE" else "unknown"
    return f"| {status} | {_reason(one.name, one.where.span)} | {'<br>'.join(told)} |\n"


def _reason(why: str, place: Span | None) -> str:
    parts = [part for part in (_cell([why]) if why else "", _place(place)) if part]
    return "<br>".join(parts)


def _place(place: Span | None) -> str:
    return markdown_code(f"{place.path}:{place.line}") if place is not None else ""


def _cell(lines: list[str]) -> str:
    return "<br>".join(markdown(brief(line, _SENTENCE)) for line in lines)
