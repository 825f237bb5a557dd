"""Keeps the log: calls wait in memory until something is written anyhow, and are forgotten after 90 days."""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from backstay_local.backup.trail.rows import Entry, Tables
from backstay_local.wire.call import AwsError, Call, Listing

if TYPE_CHECKING:
    from backstay_local.store import Store

KEPT = timedelta(days=90)
"""How long CloudTrail's event history goes back (CloudTrail user guide, read 2026-11)."""

_FULL = 256  # so many reads wait in memory
_TIDY = timedelta(days=1)
_SPACE = uuid.NAMESPACE_OID.bytes
_READS = ("Describe", "Get", "List", "Export")


def reads(name: str) -> bool:
    """Whether an operation changes nothing."""
    return name.startswith(_READS)


class Trail:
    """The log of one embedded AWS Backup. What has not been written yet when the process is killed is lost."""

    def __init__(self, store: Store, *, on: bool) -> None:
        """Write to the store; when not `on`, to nowhere."""
        self.table = Tables(store).entries
        self._on = on
        self._lock = threading.Lock()
        self._waiting: list[Entry] = []
        self._tidied: datetime | None = None

    def called(self, call: Call, params: Mapping[str, Any], answer: Mapping[str, Any] | Listing) -> None:
        """Note a call that succeeded; call it inside its transaction."""
        if not self._on:
            return
        reading = reads(call.operation)
        told = None if reading or isinstance(answer, Listing) else dict(answer)
        self._add(_entry(call, params, told))
        if not reading or len(self._waiting) >= _FULL:
            self.flush()

    def refused(self, call: Call, params: Mapping[str, Any], error: AwsError) -> None:
        """Note a call that was refused; nothing of it was written."""
        if self._on:
            self._add(_entry(call, params, None, error))

    def happened(
        self, account: str, region: str, name: str, subject: str, details: Mapping[str, Any], at: datetime
    ) -> None:
        """Note what AWS Backup did by itself to a subject (an ARN or id), when no other table remembers it.

        Call it inside the transaction that does it.
        """
        if self._on:
            identity = _named(f"{name}/{subject}/{at.isoformat()}")
            self.table.put(Entry(account, region, at, identity, name, None, None, dict(details), resources=[subject]))
            self._tidy(at)

    def flush(self) -> None:
        """Write what waits; call it inside a transaction."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for entry in waiting:
            self.table.put(entry)
        if waiting:
            self._tidy(waiting[-1].at)

    def _tidy(self, now: datetime) -> None:
        """Forget what is too old, once a day."""
        if self._tidied is None or now - self._tidied > _TIDY:
            self._tidied = now
            self.table.drop_where("at < ?", now - KEPT)

    @property
    def waits(self) -> bool:
        """Whether something has not been written yet."""
        return bool(self._waiting)

    def _add(self, entry: Entry) -> None:
        with self._lock:
            self._waiting.append(entry)


def _named(name: str) -> str:
    """`uuid.uuid3(uuid.NAMESPACE_OID, name)` as text, without the object in between: one for each backup that ends."""
    digits = hashlib.md5(_SPACE + name.encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-3{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def _entry(call: Call, params: Mapping[str, Any], told: dict[str, Any] | None, error: AwsError | None = None) -> Entry:
    return Entry(
        account=call.account,
        region=call.region,
        at=call.now,
        id=call.request_id,
        name=call.operation,
        principal=call.principal,
        request=dict(params),
        response=told,
        error=error.code if error is not None else None,
        message=error.message if error is not None else None,
        agent=call.agent,
    )
