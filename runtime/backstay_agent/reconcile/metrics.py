"""Figures for Prometheus: the families that there are, and what each holds now.

The exposition is that of Prometheus's text format 0.0.4 (Exposition formats; read 2026-11). Every family that exists
stands in `FAMILIES`; a figure of another name is a mistake of ours.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from backstay_agent.aws import Call
from backstay_agent.reconcile.findings import Sample

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Kind = Literal["counter", "gauge"]


@dataclass(frozen=True, slots=True)
class Family:
    """A metric: its name, whether it only grows, what it says, and the names of its labels."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()


FAMILIES: tuple[Family, ...] = (
    Family("backstay_build_info", "gauge", "The build in force; always 1.", ("organization", "digest")),
    Family("backstay_build_reads_total", "counter", "Builds read, by what came of it.", ("outcome",)),
    Family("backstay_task_runs_total", "counter", "Rounds of a task, by how they ended.", ("task", "ending")),
    Family("backstay_task_overruns_total", "counter", "Times a task was due while it still ran.", ("task",)),
    Family("backstay_task_running", "gauge", "Whether a task runs now.", ("task",)),
    Family("backstay_task_seconds", "gauge", "How long the last round of a task took.", ("task",)),
    Family(
        "backstay_task_last_success_timestamp_seconds",
        "gauge",
        "When a task last came to a result, by AWS's time.",
        ("task",),
    ),
    Family("backstay_places_unreadable", "gauge", "Accounts, or Regions of them, that could not be read.", ("task",)),
    Family("backstay_drift_actions", "gauge", "Actions that would make AWS what the build says.", ("effect",)),
    Family("backstay_drift_conflicts", "gauge", "Wishes that are left alone."),
    Family("backstay_drift_missing_prerequisites", "gauge", "Roles, keys and topics that are missing."),
    Family("backstay_drift_orphans", "gauge", "Things of ours that the build no longer names."),
    Family("backstay_actions_total", "counter", "Actions carried out, by kind and status.", ("kind", "status")),
    Family("backstay_jobs_total", "counter", "Jobs that have ended, by kind and AWS's state.", ("kind", "state")),
    Family("backstay_jobs_running", "gauge", "Jobs that go on.", ("kind",)),
    Family("backstay_locks_broken", "gauge", "Vault locks that are not what the build promises."),
    Family("backstay_locks_cooling_off", "gauge", "Compliance locks that can still be changed."),
    Family(
        "backstay_lock_final_in_seconds",
        "gauge",
        "Time until a compliance lock can never be undone.",
        ("account", "region", "vault"),
    ),
    Family("backstay_audit_findings", "gauge", "Findings of the last audit.", ("control", "status")),
    Family("backstay_audit_resources", "gauge", "Resources that the last audit looked at."),
    Family("backstay_troubles", "gauge", "Troubles that are open.", ("task", "severity")),
    Family("backstay_alerts_total", "counter", "Alerts delivered.", ("channel", "status")),
    Family("backstay_alert_failures_total", "counter", "Messages that did not get through.", ("channel",)),
    Family(
        "backstay_aws_calls_total",
        "counter",
        "Calls to AWS, by error code (empty: done).",
        ("service", "operation", "code"),
    ),
    Family("backstay_aws_retries_total", "counter", "Attempts after the first.", ("service", "operation")),
    Family("backstay_aws_call_seconds_total", "counter", "Time spent in calls to AWS.", ("service", "operation")),
)
_BY_NAME: Mapping[str, Family] = {family.name: family for family in FAMILIES}


class Metrics:
    """The figures, which many threads write."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[str, dict[tuple[str, ...], float]] = {family.name: {} for family in FAMILIES}

    def add(self, family: str, *labels: str, by: float = 1) -> None:
        """Let a counter grow."""
        self._expect(family, labels, "counter")
        with self._lock:
            values = self._values[family]
            values[labels] = values.get(labels, 0) + by

    def set(self, family: str, value: float, *labels: str) -> None:
        """Say what a gauge is now."""
        self._expect(family, labels, "gauge")
        with self._lock:
            self._values[family][labels] = value

    def clear(self, family: str) -> None:
        """Forget a gauge's figures, before it is said anew which there are."""
        with self._lock:
            self._values[family] = {}

    def take(self, samples: Iterable[Sample]) -> None:
        """Take the figures of a result over: counters grow, gauges become just these."""
        several = list(samples)
        for name in {one.family for one in several}:
            if _BY_NAME[name].kind == "gauge":
                self.clear(name)
        for one in several:
            if _BY_NAME[one.family].kind == "gauge":
                self.set(one.family, one.value, *one.labels)
            else:
                self.add(one.family, *one.labels, by=one.value)

    def call(self, call: Call) -> None:
        """Count a call to AWS."""
        self.add("backstay_aws_calls_total", call.service, call.operation, call.code or "")
        self.add("backstay_aws_call_seconds_total", call.service, call.operation, by=call.seconds)
        if call.retries:
            self.add("backstay_aws_retries_total", call.service, call.operation, by=call.retries)

    def value(self, family: str, *labels: str) -> float | None:
        """One figure, if there is one."""
        with self._lock:
            return self._values[family].get(labels)

    def exposition(self) -> str:
        """All figures, as Prometheus reads them."""
        with self._lock:
            copied = {name: dict(values) for name, values in self._values.items()}
        return "".join(line for family in FAMILIES for line in _lines(family, copied[family.name]))

    def _expect(self, name: str, labels: tuple[str, ...], kind: Kind) -> None:
        family = _BY_NAME[name]
        if family.kind != kind or len(labels) != len(family.labels):
            raise ValueError(f"{name} is a {family.kind} with the labels {family.labels}, not a {kind} with {labels}")


def _lines(family: Family, values: Mapping[tuple[str, ...], float]) -> Iterator[str]:
    yield f"# HELP {family.name} {_escaped(family.help)}\n"
    yield f"# TYPE {family.name} {family.kind}\n"
    for labels, value in sorted(values.items()):
        pairs = ",".join(f'{name}="{_quoted(text)}"' for name, text in zip(family.labels, labels, strict=True))
        yield f"{family.name}{f'{{{pairs}}}' if pairs else ''} {_number(value)}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', '\\"')


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
