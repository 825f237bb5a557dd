"""A forecast for programs: JSON, and CSV by month. Pure."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

from backstay.forecast.achieved import ENDS
from backstay.forecast.outlook import Outlook
from backstay.forecast.series import Row

_HEAD = (
    "month", "{by}", "points_warm", "points_cold", "gib_warm", "gib_cold", "gib_moved",
    "usd_low", "usd_likely", "usd_high",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def document(found: Outlook) -> dict[str, Any]:
    """`{"start", "end", "months": […], "parts": {…}, …}`, stable. Gaps in hours, None for none, or one that ends."""
    ask = found.ask
    return {
        "organization": found.organization,
        "start": ask.start.isoformat(),
        "end": found.end.isoformat(),
        "resources": found.resources if found.inventory else None,
        "gib": round(found.size, 3),
        "by": ask.by,
        "prices": {"said": ask.priced.said, "date": ask.priced.date, "currency": "USD"},
        "change": {
            "low": ask.change.low,
            "likely": ask.change.likely,
            "high": ask.change.high,
            "of": "size" if ask.change.fixed else "inventory",
        },
        "cost": dict(zip(("low", "likely", "high"), (round(one, 2) for one in found.cost), strict=True)),
        "months": [
            {"month": day.isoformat(), **_month(row)} for day, row in zip(found.months, found.total, strict=True)
        ],
        "parts": {
            name: [{"month": day.isoformat(), **_month(row)} for day, row in zip(found.months, rows, strict=True)]
            for name, rows in found.parts.items()
        },
        "days": {
            "points_warm": list(found.days.warm),
            "points_cold": list(found.days.cold),
            "gib": [round(one, 3) for one in found.days.gb],
        },
        "rules": [
            {
                "plan": line.stream.plan,
                "rule": line.stream.rule,
                "copy_to": line.stream.vault.name if line.stream.copied else None,
                "vault": line.stream.vault.name,
                "schedule": line.stream.schedule,
                "timezone": line.stream.timezone,
                "continuous": line.stream.continuous,
                "cold_after": line.stream.cold_after,
                "delete_after": line.stream.delete_after,
                "resources": line.resources,
                "accounts": line.accounts,
                "points": line.points,
                "first": _iso(line.first),
                "deleted_from": _iso(line.deletes),
            }
            for line in found.lines
        ],
        "vaults": [
            {
                "vault": one.name,
                "account": one.account,
                "region": one.region,
                "lock": one.mode or None,
                "points": one.points,
                "points_at_most": one.most,
                "quota": one.limit,
                "first_deletion": _iso(one.deletes),
                "empty_at_the_earliest": _iso(one.empty),
            }
            for one in found.vaults
        ],
        "gaps": [
            {
                "plans": list(one.plans),
                "types": list(one.types),
                "resources": one.resources,
                "hours": _hours(one.gap),
                "hours_elsewhere": _hours(one.elsewhere),
                "ends": one.gap == ENDS,
                "ends_elsewhere": one.elsewhere == ENDS,
            }
            for one in found.achieved
        ],
        "peaks": [
            {
                "kind": one.kind,
                "account": one.account,
                "region": one.region,
                "jobs": one.jobs,
                "hour": f"{one.at:%Y-%m-%dT%H:00Z}",
                "quota": one.limit,
                "against_quota": one.limited if one.limit is not None else None,
            }
            for one in found.peaks
        ],
        "notes": list(found.notes),
    }


def table(found: Outlook) -> str:
    """CSV: a row for each month and part; sums of the parts are the totals."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([name.format(by=found.ask.by) for name in _HEAD])
    for name, rows in found.parts.items():
        for day, row in zip(found.months, rows, strict=True):
            writer.writerow([day.isoformat(), _safe(name), *_month(row).values()])
    return out.getvalue()


def _safe(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{name}" if name.startswith(_FORMULA) else name


def _month(row: Row) -> dict[str, int | float]:
    low, likely, high = row.cost
    return {
        "points_warm": row.warm,
        "points_cold": row.cold,
        "gib_warm": round(row.gb_warm, 3),
        "gib_cold": round(row.gb_cold, 3),
        "gib_moved": round(row.gb_moved, 3),
        "usd_low": round(low, 2),
        "usd_likely": round(likely, 2),
        "usd_high": round(high, 2),
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else str(day)


def _hours(span: timedelta | None) -> float | None:
    return None if span is None or span == ENDS else round(span.total_seconds() / 3600, 2)
