"""Idempotency tokens."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """An idempotency token that was used, for what, and what was answered."""

    account: str
    region: str
    operation: str
    token: str
    digest: str
    subject: str
    """ARN or id of what was made; the token is forgotten with it."""
