"""Sizes that no list tells and CloudWatch does: of buckets, and of the volumes of database clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backstay_agent.inventory.listing import Place

_GIB = 1 << 30
_A_DAY = 86_400
_LOOK_BACK = timedelta(days=3)
"""S3 measures buckets once a day, and tells some hours later (S3 user guide, "Metrics and dimensions"; 2026-11)."""
_AT_ONCE = 500
"""Metrics in one GetMetricData (CloudWatch API reference; 2026-11)."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric in bytes: by which dimension it names a resource, and which others it is to be added up over."""

    namespace: str
    name: str
    of: str
    over: tuple[str, ...] = ()


# Resource type → its metric. Sources: user guides of S3, Aurora, DocumentDB and Neptune, read 2026-11.
METRICS: Mapping[str, Metric] = {
    "S3": Metric("AWS/S3", "BucketSizeBytes", "BucketName", ("StorageType",)),
    "Aurora": Metric("AWS/RDS", "VolumeBytesUsed", "DBClusterIdentifier"),
    "DocumentDB": Metric("AWS/DocDB", "VolumeBytesUsed", "DBClusterIdentifier"),
    "Neptune": Metric("AWS/Neptune", "VolumeBytesUsed", "DBClusterIdentifier"),
}


def sizes(place: Place, type_: str, names: Sequence[str], now: datetime) -> dict[str, float]:
    """The sizes in GiB of resources by name, as far as CloudWatch knows them; raises AwsProblem."""
    metric, wanted = METRICS[type_], set(names)
    listed = place.pages(
        "cloudwatch",
        "ListMetrics",
        "Metrics",
        "NextToken",
        "NextToken",
        Namespace=metric.namespace,
        MetricName=metric.name,
    )
    asked = [one for one in listed if _of(one, metric) in wanted]
    found: dict[str, float] = {}
    for part in _parts(asked):
        for one, value in zip(part, _latest(place, part, now), strict=True):
            if value is not None:
                name = str(_of(one, metric))
                found[name] = found.get(name, 0.0) + value / _GIB
    return found


def _of(listed: Mapping[str, Any], metric: Metric) -> str | None:
    """The resource that a listed metric is about; None where it has other dimensions."""
    dimensions = {one["Name"]: one["Value"] for one in listed["Dimensions"]}
    return dimensions[metric.of] if dimensions.keys() == {metric.of, *metric.over} else None


def _parts(metrics: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    for start in range(0, len(metrics), _AT_ONCE):
        yield metrics[start : start + _AT_ONCE]


def _latest(place: Place, metrics: Sequence[Mapping[str, Any]], now: datetime) -> list[float | None]:
    """The newest value of each metric; None where there is none in the last days."""
    queries = [
        {
            "Id": f"m{number}",
            "MetricStat": {
                "Metric": {name: one[name] for name in ("Namespace", "MetricName", "Dimensions")},
                "Period": _A_DAY,
                "Stat": "Average",
            },
        }
        for number, one in enumerate(metrics)
    ]
    newest: dict[str, tuple[datetime, float]] = {}
    answers = place.pages(
        "cloudwatch",
        "GetMetricData",
        "MetricDataResults",
        "NextToken",
        "NextToken",
        MetricDataQueries=queries,
        StartTime=now - _LOOK_BACK,
        EndTime=now,
    )
    for result in answers:
        for moment, value in zip(result.get("Timestamps", ()), result.get("Values", ()), strict=True):
            known = newest.get(result["Id"])
            if known is None or moment > known[0]:
                newest[result["Id"]] = (moment, float(value))
    return [newest[f"m{number}"][1] if f"m{number}" in newest else None for number in range(len(metrics))]
