"""What there is to say of a change: its difference of meaning, the promises that hold after it, what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from backstay.diff.change import Change
from backstay.diff.difference import Difference
from backstay.prove.answer import Answer


@dataclass(frozen=True, slots=True)
class Cost:
    """What backups cost a month more (or less) once the change is settled, in US dollars: least, likely, most."""

    least: float
    likely: float
    most: float
    said: str
    """What it rests on: the date of the prices, the inventory."""


@dataclass(frozen=True, slots=True)
class Review:
    """A change as a reviewer looks at it; `answers` are of the new side, none where it is a build."""

    difference: Difference
    answers: tuple[Answer, ...] = ()
    cost: Cost | None = None

    @property
    def looser(self) -> list[Change]:
        """Vaults whose lock gets looser: told before all else, and only there."""
        return [one for one in self.difference.changes if one.breaks]

    @property
    def lost(self) -> list[Change]:
        """What else is lost by somebody."""
        return [one for one in self.difference.changes if one.direction == "lost" and not one.breaks]

    @property
    def forever(self) -> list[Change]:
        """What can never be undone once it is in force."""
        return [one for one in self.difference.changes if one.forever]

    @property
    def rest(self) -> list[Change]:
        """What else changes."""
        return [
            one for one in self.difference.changes if one.direction != "lost" and not one.forever and not one.breaks
        ]

    @property
    def refuted(self) -> list[Answer]:
        """Promises that do not hold, or may not."""
        return [one for one in self.answers if one.status != "PROVED"]

    @property
    def proved(self) -> list[Answer]:
        """Promises that hold."""
        return [one for one in self.answers if one.status == "PROVED"]

    def accounts(self) -> int:
        """In how many accounts something changes."""
        return len({account for one in self.difference.changes for account in one.accounts})


def verdict(review: Review) -> str:
    """The one line that everybody reads."""
    parts = [*_parts(review)]
    if not review.difference.changes and not parts:
        return "Backups: nothing changes for anybody"
    return f"Backups: {', '.join(parts) or 'nobody loses protection'}"


def tone(review: Review) -> Literal["bad", "warn", "good"]:
    """How bad it is: protection, a lock or a promise is lost; something is for ever, or not known; neither."""
    if review.looser or review.lost or any(one.status == "COUNTEREXAMPLE" for one in review.answers):
        return "bad"
    return "warn" if review.forever or review.refuted else "good"


def _parts(review: Review) -> Iterator[str]:
    looser, lost, forever = len(review.looser), len(review.lost), len(review.forever)
    refuted = sum(one.status == "COUNTEREXAMPLE" for one in review.answers)
    if looser:
        yield f"{looser} lock{'' if looser == 1 else 's'} {'gets' if looser == 1 else 'get'} looser"
    if lost:
        yield f"{lost} kind{'' if lost == 1 else 's'} of protection {'is' if lost == 1 else 'are'} lost"
    if forever:
        yield f"{forever} thing{'' if forever == 1 else 's'} can never be undone"
    if refuted:
        yield f"{refuted} promise{'' if refuted == 1 else 's'} {'does' if refuted == 1 else 'do'} not hold"


def numbers(review: Review) -> list[str]:
    """The second line: how much, where, at what price."""
    changes, forever = len(review.difference.changes), len(review.forever)
    found = [
        f"{changes} change{'' if changes == 1 else 's'}",
        f"{review.accounts()} of {review.difference.accounts} accounts",
        f"protection lost for {len(review.lost)} shape{'' if len(review.lost) == 1 else 's'}",
    ]
    if forever:
        found.append(f"🔒 {forever}")
    if review.answers:
        found.append(f"{len(review.proved)} of {len(review.answers)} promises proved")
    if review.cost is not None:
        found.append(money(review.cost))
    return found


def money(cost: Cost) -> str:
    """A change of cost with its range: `+$412/month (330 to 495)`."""
    sign = "+" if cost.likely >= 0 else "−"
    least, most = (f"{amount:+,.0f}".replace("-", "−") for amount in (cost.least, cost.most))
    return f"{sign}${abs(cost.likely):,.0f}/month ({least} to {most})"
