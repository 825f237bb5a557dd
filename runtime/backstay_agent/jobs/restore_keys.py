"""The keys of restore metadata that wishes are written in: a point in time, single items. One row a type. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

_SECRET = re.compile(r"password|secret|passphrase", re.IGNORECASE)
_HIDDEN = "(hidden)"


@dataclass(frozen=True, slots=True)
class Keys:
    """How a type is told a time (`{time}` stands for it, in UTC) and single items, and how many of those it takes."""

    source: str
    time: Mapping[str, str] = field(default_factory=dict)
    items: str | None = None
    most: int = 0
    date: str = "2026-11-29"


_GUIDE = "Backup developer guide: "
_DATABASE = {"RestoreTime": "{time}", "UseLatestRestorableTime": "false"}
KEYS: Mapping[str, Keys] = {
    "S3": Keys(_GUIDE + "restoring-s3; point-in-time-recovery", {"RestoreTime": "{time}"}, "ItemsToRestore", 5),
    "EFS": Keys(_GUIDE + "restoring-efs; StartRestoreJob (API reference)", {}, "ItemsToRestore", 5),
    "RDS": Keys(_GUIDE + "restoring-rds; point-in-time-recovery", _DATABASE),
    "Aurora": Keys(_GUIDE + "restoring-aurora; point-in-time-recovery", _DATABASE),
}


def moment(text: str) -> datetime | str:
    """A time as a person writes it (ISO 8601, UTC unless told), or why it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return f"{text} is no time: say it like 2026-11-22T10:51:00Z"
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def at_time(type_: str, when: datetime) -> dict[str, str] | str:
    """The metadata for a point in time, or why a type has none."""
    keys = KEYS.get(type_)
    if keys is None or not keys.time:
        able = ", ".join(sorted(name for name, row in KEYS.items() if row.time))
        return f"{type_} cannot be restored to a point in time by --at; {able} can, from continuous backups"
    return {name: value.format(time=f"{when:%Y-%m-%dT%H:%M:%SZ}") for name, value in keys.time.items()}


def only(type_: str, items: Sequence[str]) -> dict[str, str] | str:
    """The metadata for some items (objects, files, folders), or why a type has none or takes fewer."""
    keys = KEYS.get(type_)
    if keys is None or keys.items is None:
        able = ", ".join(sorted(name for name, row in KEYS.items() if row.items))
        return f"single items of {type_} cannot be restored by --item; of {able} they can"
    if len(items) > keys.most:
        return f"AWS restores at most {keys.most} items of {type_} at once, and {len(items)} are asked for"
    return {keys.items: json.dumps(list(items))}


def shown(key: str, value: str) -> str:
    """A value as a person may see it: what is secret is hidden."""
    return _HIDDEN if _SECRET.search(key) else value
