"""Metrics that AWS Backup gives to CloudWatch, worked out when moto's CloudWatch is asked for them, and never kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

NAMESPACE = "AWS/Backup"


@dataclass(frozen=True, slots=True)
class Count:
    """How often something happened within the five minutes that begin at a time."""

    metric: str
    dimensions: tuple[tuple[str, str], ...]
    at: datetime
    number: int


_told: ContextVar[Sequence[Count]] = ContextVar("backstay_counts", default=())


@contextmanager
def told(found: Sequence[Count]) -> Iterator[None]:
    """Let CloudWatch have these numbers while a request of this thread is answered."""
    _provider()
    before = _told.set(found)
    try:
        yield
    finally:
        _told.reset(before)


@cache
def _provider() -> Any:
    """A provider of metrics, which moto finds among the subclasses of its own."""
    from moto.cloudwatch.models import MetricDatum
    from moto.core.common_models import CloudWatchMetricProvider

    class Provider(CloudWatchMetricProvider):  # type: ignore[misc]  # moto is untyped here
        @staticmethod
        def get_cloudwatch_metrics(account_id: str, region: str) -> list[Any]:  # noqa: ARG004  (the asker's own)
            return [
                MetricDatum(
                    NAMESPACE,
                    one.metric,
                    one.number,
                    [{"Name": name, "Value": value} for name, value in one.dimensions],
                    one.at.astimezone(UTC).replace(tzinfo=None),
                    "Count",
                )
                for one in _told.get()
            ]

    return Provider
