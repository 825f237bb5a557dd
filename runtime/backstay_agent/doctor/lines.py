"""The lines that checks answer with. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "problem", "unknown", "skipped"]


@dataclass(frozen=True, slots=True)
class Line:
    """One verdict, with what to do. Without `account` it is about everything, without `region` about every Region."""

    verdict: Verdict
    message: str
    account: str | None = None
    region: str | None = None
    remedy: str | None = None


def ok(message: str) -> Line:
    """All is well."""
    return Line("ok", message)


def problem(message: str, remedy: str, account: str | None = None, region: str | None = None) -> Line:
    """Something that would stop an apply or a backup, and what to do."""
    return Line("problem", message, account, region, remedy)


def unknown(message: str, account: str | None = None, region: str | None = None, remedy: str | None = None) -> Line:
    """Something that could not be looked at, or that AWS does not say."""
    return Line("unknown", message, account, region, remedy)


def skipped(message: str) -> Line:
    """A question that has no meaning here."""
    return Line("skipped", message)


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"
