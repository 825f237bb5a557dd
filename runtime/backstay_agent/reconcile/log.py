"""The structured log: one JSON object a line on standard error, or the same as text for a terminal.

Its `time` is this machine's, for people and log stores; nothing is decided by it.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from backstay_agent.aws import Call
from backstay_formats.escape import terminal

Level = Literal["debug", "info", "warning", "error"]
LEVELS: tuple[Level, ...] = ("debug", "info", "warning", "error")
Form = Literal["json", "text"]
_READING = ("Get", "List", "Describe", "Search", "Lookup", "Assume", "Head", "Scan", "Query", "BatchGet")
_EXPECTED = frozenset({"ResourceNotFoundException", "NoSuchEntity", "NotFoundException", "NotFound"})
"""What a look at something that is not there answers; no failure worth a line."""


class Log:
    """A log that many threads write to; a line is written whole or not at all."""

    def __init__(
        self,
        form: Form = "json",
        level: Level = "info",
        stream: TextIO | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.form = form
        self._least = LEVELS.index(level)
        self._stream = stream
        self._clock = clock
        self._lock = threading.Lock()

    def write(self, level: Level, event: str, **facts: Any) -> None:
        """One event. `facts` are JSON; what is None is left out."""
        if LEVELS.index(level) < self._least:
            return
        told = {name: value for name, value in facts.items() if value is not None}
        time = self._clock().isoformat(timespec="milliseconds")
        line = _json(time, level, event, told) if self.form == "json" else _text(time, level, event, told)
        self.block(line)

    def block(self, text: str) -> None:
        """Some lines that are one."""
        stream = self._stream or sys.stderr
        with self._lock:
            stream.write(text.rstrip("\n") + "\n")
            stream.flush()

    def call(self, call: Call) -> None:
        """A call to AWS: failures and writes are worth a line, reads only at `debug`."""
        self.write(
            level_of(call),
            "aws.call",
            account=call.account,
            region=call.region,
            service=call.service,
            operation=call.operation,
            request_id=call.request_id,
            seconds=round(call.seconds, 3),
            retries=call.retries,
            code=call.code,
        )


def level_of(call: Call) -> Level:
    """How much a call to AWS deserves to be read of."""
    reads = is_read(call.operation)
    if call.code is not None:
        return "debug" if reads and call.code in _EXPECTED else "warning"
    return "debug" if reads else "info"


def is_read(operation: str) -> bool:
    """Whether an operation changes nothing, by its name."""
    return operation.startswith(_READING)


def _json(time: str, level: Level, event: str, facts: Mapping[str, Any]) -> str:
    return json.dumps({"time": time, "level": level, "event": event, **facts}, ensure_ascii=True, default=str)


def _text(time: str, level: Level, event: str, facts: Mapping[str, Any]) -> str:
    told = " ".join(f"{name}={_value(value)}" for name, value in facts.items())
    return terminal(f"{time[11:19]} {level:<7} {event} {told}".rstrip())


def _value(value: Any) -> str:
    if isinstance(value, str) and value and not set(value) & set(' "='):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
