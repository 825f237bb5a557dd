"""A review as a page: one file that needs no network, and no JavaScript to be read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from backstay.diff.text import of_inventory, where
from backstay.prove.text import NOTHING_NEAR, because, sentence
from backstay.review.asides import asides
from backstay.review.excerpt import Line, Row, excerpt
from backstay.review.review import Cost, Review, money, tone, verdict

if TYPE_CHECKING:
    from jinja2 import Environment

    from backstay.diff.change import Change
    from backstay.prove.answer import Answer
    from backstay_contract.findings import Span

_STATUS = {"PROVED": "proved", "COUNTEREXAMPLE": "refuted", "UNKNOWN": "unknown"}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a review was made of.

    `names`: accounts of the new side by id; `line`: where the new side's policies can be read.
    """

    old: str
    new: str
    on: date
    names: Mapping[str, str]
    line: Line


@dataclass(frozen=True, slots=True)
class _Reason:
    text: str
    place: str
    excerpt: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A change, or the answer to a promise."""

    sort: str
    what: str
    forever: bool
    who: tuple[str, ...]
    accounts: tuple[str, ...]
    reasons: tuple[_Reason, ...]


@dataclass(frozen=True, slots=True)
class _Number:
    tone: str
    label: str
    figure: str
    note: str


def render(review: Review, setting: Setting) -> str:
    """The page. Text from outside is text there and nothing else."""
    from markupsafe import Markup

    from backstay_formats.page import page, rows

    locks = [one for one in review.forever if one.direction != "lost" and not one.breaks]
    concerned = sorted({account for one in review.difference.changes for account in one.accounts})
    body = (
        _environment()
        .get_template("review.html")
        .render(
            setting=setting,
            tone=tone(review),
            verdict=verdict(review),
            scope=_scope(review),
            numbers=_numbers(review),
            looser=[_change(one, setting) for one in review.looser],
            lost=[_change(one, setting) for one in review.lost],
            forever=[_change(one, setting) for one in locks],
            refuted=[_answer(one, setting) for one in review.refuted],
            rest=[_change(one, setting) for one in review.rest],
            proved=[_answer(one, setting) for one in review.proved],
            accounts=sorted((setting.names.get(one, one), one) for one in concerned),
            promises=bool(review.answers),
            cost=review.cost.said if review.cost else "",
            asides=[*asides(review.difference)],
        )
    )
    return page(f"Review of backups: {verdict(review)}", Markup(body), script=rows(), style=_text("review.css"))


def _numbers(review: Review) -> list[_Number]:
    lost, forever = [*review.looser, *review.lost], review.forever
    arns = {arn for one in lost for arn in one.resources}
    places = len({account for one in lost for account in one.accounts})
    locks = f"{len(review.looser):,} lock{_s(len(review.looser))} looser, " if review.looser else ""
    hit = f"{len(arns):,} resource{_s(len(arns))} of the inventory, " if any(one.counted for one in lost) else ""
    refuted = sum(one.status == "COUNTEREXAMPLE" for one in review.answers)
    unknown = len(review.refuted) - refuted
    return [
        _Number(
            "bad" if lost else "good",
            f"loss{'' if len(lost) == 1 else 'es'}" if review.looser else f"kind{_s(len(lost))} of protection lost",
            f"{len(lost):,}",
            f"{locks}{hit}{places:,} account{_s(places)}" if lost else "nobody loses anything",
        ),
        _Number(
            "warn" if forever else "good",
            f"thing{_s(len(forever))} for ever",
            f"{len(forever):,}",
            "can never be undone once in force" if forever else "no lock that becomes final",
        ),
        _Number(
            "bad" if refuted else "warn" if unknown else "good" if review.answers else "none",
            "promises hold",
            f"{len(review.proved):,} of {len(review.answers):,}" if review.answers else "–",
            f"{refuted:,} refuted, {unknown:,} unknown" if review.answers else "no Require was looked at",
        ),
        _cost(review.cost)
        if review.cost is not None
        else _Number(
            "none",
            "accounts with a change",
            f"{review.accounts():,}",
            f"of {review.difference.accounts:,}",
        ),
    ]


def _scope(review: Review) -> str:
    changes, found = len(review.difference.changes), review.difference
    return f"{changes:,} change{_s(changes)} in {review.accounts():,} of {found.accounts:,} accounts"


def _cost(cost: Cost) -> _Number:
    figure, _, range_ = money(cost).partition("/month")
    return _Number("none", "a month", figure, f"likely; {range_.strip(' ()')}")


def _s(number: int) -> str:
    return "" if number == 1 else "s"


def _change(one: Change, setting: Setting) -> _Row:
    who = [f"{one.subject}{where(one)}"]
    if one.counted and one.types:
        who.append(of_inventory(one))
    if one.witness is not None:
        who.append(f"such as {sentence(one.witness)}")
    reason = _reason(one.why, one.place, setting)
    return _Row(
        "looser" if one.breaks else one.direction,
        one.what,
        one.forever,
        tuple(who),
        one.accounts,
        (reason,) if reason else (),
    )


def _answer(one: Answer, setting: Setting) -> _Row:
    who = [sentence(one.witness)] if one.witness is not None and one.status == "COUNTEREXAMPLE" else []
    if one.accounts > 1:
        who.append(f"{'and the like in' if who else 'in'} {one.accounts:,} accounts")
    near = [*because(one.nearest)] if one.nearest is not None else []
    promised = _reason("promised", one.where.span, setting) if one.where.span is not None else None
    told = [promised, *(_reason(f"nearest: {said}", place, setting) for said, place in near)]
    notes = [_Reason(note, "", ()) for note in (*_nothing(one), *one.notes)]
    reasons = [*(reason for reason in told if reason), *notes]
    return _Row(_STATUS[one.status], one.name, False, tuple(who), (), tuple(reasons))


def _nothing(one: Answer) -> list[str]:
    return [NOTHING_NEAR] if one.witness is not None and one.nearest is None else []


def _reason(why: str, place: Span | None, setting: Setting) -> _Reason | None:
    if not why and place is None:
        return None
    at = f"{place.path}:{place.line}" if place is not None else ""
    return _Reason(why or "written here", at, excerpt(place, setting.line))


@cache
def _environment() -> Environment:
    """The pages' environment, with the template of a review: autoescape stays on."""
    from jinja2 import PackageLoader

    from backstay_formats.page import environment

    return environment().overlay(loader=PackageLoader("backstay.review", "templates"))


@cache
def _text(name: str) -> str:
    return resources.files("backstay.review").joinpath("templates", name).read_text("utf-8")
