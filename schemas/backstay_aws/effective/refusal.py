"""Why Organizations does not admit a policy: AWS's code, and the place and the reason that AWS keeps to itself."""

from __future__ import annotations

from dataclasses import dataclass

from .text import Place

MALFORMED = "MalformedPolicyDocumentException"
LIMIT = "ConstraintViolationException"
SIZE = "POLICY_CONTENT_LIMIT_EXCEEDED"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why CreatePolicy and UpdatePolicy refuse a document.

    `policy` is the id that the caller gave; `path` leads through the document (`plans/daily/regions`, empty: the
    whole of it); `place` is None where the document was given as data; `limit` is AWS's reason of a
    `ConstraintViolationException`, else empty.
    """

    policy: str
    code: str
    path: str
    reason: str
    place: Place | None = None
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one piece of a document, before anybody knows whose document it is."""

    path: tuple[str, ...]
    reason: str
    place: Place | None
