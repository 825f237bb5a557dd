"""What is raised where a test asks for what there is not, or where there are no policies to ask."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class PoliciesError(Exception):
    """Policies or organization file that have errors; the message is what `backstay lint` would say of them."""


class UnknownError(ValueError):
    """A test names something that the organization or AWS Backup does not have; the message names the nearest."""


def unknown(what: str, wanted: str, known: Iterable[str]) -> UnknownError:
    """That there is no such thing, and which one may be meant."""
    near = get_close_matches(wanted, list(known), n=1)
    return UnknownError(f"there is no {what} `{wanted}`" + (f", did you mean `{near[0]}`?" if near else ""))
