"""Changes in words: what was given and what is, whom it is about. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, assert_never

from backstay import ir
from backstay.diff.offers import FOR_EVER, NEVER, CopyOffer, Offer

if TYPE_CHECKING:
    from backstay.diff.meaning import Shortfall
    from backstay_aws.selection import Selection

_LOCKS = ("no lock", "a governance lock", "a compliance lock")
_MANY = 6


def what(one: Shortfall, *, lost: bool) -> str:
    """The change in one phrase, from the old side to the new."""
    match one.aspect:
        case "backup":
            return "Any backup" if lost else "Backups at all"
        case "plan":
            return _plan(one, lost=lost)
        case "points":
            return _joined(_points(one.offer, one.best, lost=lost)) or "How often, or how long"
        case "lock":
            return f"{_LOCKS[_old(one, lost).lock]} → {_LOCKS[_new(one, lost).lock]} on the vault of the backups"
        case "copy":
            assert one.copy is not None
            return _copy(one.copy, one.best, lost=lost)
        case "vault":
            old, new = _old(one, lost).vault, _new(one, lost).vault
            return f"Backups go into vault {new} instead of {old}; those that exist stay"
        case "cold":
            return f"Cold storage after {_cold(_old(one, lost).cold)} → {_cold(_new(one, lost).cold)}"
        case "schedule":
            return f"Backups start at {_schedule(_old(one, lost))} → {_schedule(_new(one, lost))}"
        case _:
            assert_never(one.aspect)


def terms(selection: Selection) -> str:
    """What a selection asks, in one line."""
    every = [
        *(f"{key} = {value}" for key, value in selection.string_equals),
        *(f"{key} like {value}" for key, value in selection.string_like),
        *(f"{key} ≠ {value}" for key, value in selection.string_not_equals),
        *(f"{key} not like {value}" for key, value in selection.string_not_like),
    ]
    some = [f"{key} = {value}" for key, value in selection.list_of_tags]
    arns = [text for text in selection.resources if text != "*"]
    if some and arns:
        some += arns
    elif arns:
        every.insert(0, _either(arns))
    if some:
        every.insert(0, _either(some))
    every += [f"not {text}" for text in selection.not_resources]
    return " and ".join(every) or "any tags"


def _either(parts: list[str]) -> str:
    shown = " or ".join(parts[:_MANY]) + (f" or {len(parts) - _MANY} more" if len(parts) > _MANY else "")
    return f"({shown})" if len(parts) > 1 else shown


def _old(one: Shortfall, lost: bool) -> Offer:
    return one.offer if lost or one.best is None else one.best


def _new(one: Shortfall, lost: bool) -> Offer:
    return one.offer if not lost or one.best is None else one.best


def _plan(one: Shortfall, *, lost: bool) -> str:
    """All that a plan gave, beside what is left of it; or the other way round."""
    rest = one.best
    told = "nothing" if rest is None else f"every {span(rest.gap)}, kept for {days(rest.kept)}"
    if lost:
        return (
            f"All that plan {one.offer.plan} gives; what stays is at most {told} (plan {rest.plan if rest else 'none'})"
        )
    return f"All that plan {one.offer.plan} gives; before it was at most {told}"


def _points(offer: Offer, best: Offer | None, *, lost: bool) -> Iterator[str]:
    if best is None:
        return
    old, new = (offer, best) if lost else (best, offer)
    if best.kept < offer.kept:
        yield f"kept for {days(old.kept)} → {days(new.kept)}"
    if best.gap > offer.gap:
        yield f"every {span(old.gap)} → {span(new.gap)} at most"
    if offer.continuous and not best.continuous:
        yield "no longer continuous" if lost else "continuous from now on"


def _copy(copy: CopyOffer, best: Offer | None, *, lost: bool) -> str:
    place = _place(copy)
    there = [one for one in best.copies if one.place == copy.place] if best is not None else []
    if not there:
        return f"{'No copy' if lost else 'A copy'} {place}{' any more' if lost else ''}"
    near = max(there, key=lambda one: (one.kept, one.lock))
    old, new = (copy, near) if lost else (near, copy)
    if near.kept < copy.kept:
        return f"The copy {place} kept for {days(old.kept)} → {days(new.kept)}"
    if near.lock < copy.lock:
        return f"The copy {place}: {_LOCKS[old.lock]} → {_LOCKS[new.lock]}"
    return f"The copy {place} is made {'less' if lost else 'more'} often"


def _place(copy: CopyOffer) -> str:
    account = "the same account" if copy.account == ir.ACCOUNT else copy.account
    return f"to {'air-gapped ' if copy.air_gapped else ''}{copy.vault} ({account}, {copy.region})"


def days(kept: float) -> str:
    """A retention."""
    return "ever" if kept == FOR_EVER else "1 day" if kept == 1 else f"{kept:.0f} days"


def span(minutes: float) -> str:
    """A time between two backups."""
    if minutes == NEVER:
        return "never"
    hours, rest = divmod(int(minutes), 60)
    if rest:
        return f"{hours} h {rest} min" if hours else f"{rest} min"
    if hours <= 48:
        return f"{hours} h"
    return f"{hours // 24} days" + (f" {hours % 24} h" if hours % 24 else "")


def _cold(after: float) -> str:
    return "never" if after == NEVER else days(after)


def _schedule(offer: Offer) -> str:
    return f"{offer.rule.schedule} {offer.rule.timezone}"


def _joined(parts: Iterator[str]) -> str:
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]
