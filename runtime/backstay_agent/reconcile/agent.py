"""The agent: runs a task, and makes of its result what it means: figures, alerts on every channel, and what is kept.

A task that fails stops no other. What a channel did not take is owed to it. Tasks and alerts decide, the agent acts.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from backstay_agent.aws import Aws
from backstay_agent.controls.control import Control
from backstay_agent.controls.parameters import Parameters
from backstay_agent.reconcile.alerts import Alert, Memory, decide, owed, undelivered
from backstay_agent.reconcile.build_file import BuildFile
from backstay_agent.reconcile.deliver import Channel, DeliveryError
from backstay_agent.reconcile.findings import TASKS, Result, TaskName, Trouble, state_of
from backstay_agent.reconcile.log import Log
from backstay_agent.reconcile.message import Origin, by_owner, compose
from backstay_agent.reconcile.metrics import Metrics
from backstay_agent.reconcile.state import State
from backstay_agent.reconcile.tasks import RUNNERS
from backstay_agent.reconcile.tasks.context import Apply, Context


class Store(Protocol):
    """Where the state is kept."""

    def load(self, organization: str) -> State:
        """What was kept; an empty state where there is nothing."""
        ...

    def save(self, state: State) -> None:
        """Keep it; raises OSError."""
        ...


@dataclass(frozen=True, slots=True)
class Powers:
    """What the agent may do, and how: apply or only report; where journals go; how much at a time; what is audited."""

    apply: Apply = "report"
    journal: Path | None = None
    workers: int = 8
    controls: tuple[Control[Any], ...] | None = None
    parameters: Mapping[str, Parameters] = field(default_factory=dict)


class Agent:
    """Runs tasks for one build, from many threads."""

    def __init__(
        self,
        source: BuildFile,
        aws: Aws,
        store: Store,
        channels: Sequence[Channel],
        log: Log,
        metrics: Metrics,
        powers: Powers,
        stop: threading.Event,
    ) -> None:
        """Reads the state; calls nothing."""
        self.source = source
        self.aws = aws
        self.log = log
        self.metrics = metrics
        self.channels = tuple(channels)
        self.powers = powers
        self.stop = stop
        self.last: dict[TaskName, Result] = {}
        self.state = store.load(source.build.index.organization.id)
        self._store = store
        self._lock = threading.Lock()
        self._channel_locks = {channel.name: threading.Lock() for channel in channels}
        self._show_build()

    def round(self, task: TaskName, now: datetime) -> Result | None:
        """One round of a task, told and kept; None when it was stopped before it had a result."""
        self._change(lambda state: state.begun(task, now))
        self.metrics.set("backstay_task_running", 1, task)
        begun = time.monotonic()
        try:
            result = self._run(task, now)
        finally:
            self.metrics.set("backstay_task_running", 0, task)
        seconds = time.monotonic() - begun
        if self.stop.is_set():
            self.log.write("info", "task.stopped", task=task, seconds=round(seconds, 1))
            return None
        self._take(result, seconds)
        for channel in self.channels:
            self._tell(channel, task, result.at, lambda memory: decide(memory, result))
        self._count_troubles()
        self.save()
        return result

    def refresh_build(self, *, forced: bool = False) -> bool:
        """Take a new build over, if there is one; whether there was."""
        before = self.source.problem
        outcome = self.source.refresh(forced=forced)
        if outcome == "same" and not forced:
            return False
        self.metrics.add("backstay_build_reads_total", outcome)
        if outcome == "refused":
            if self.source.problem != before or forced:
                self.log.write("error", "build.refused", folder=self.source.name, reason=self.source.problem)
            return False
        self.log.write("info", f"build.{outcome}", digest=self.source.build.digest, folder=self.source.name)
        self._show_build()
        return outcome == "new"

    def pay(self, now: datetime) -> None:
        """Try once more to deliver what is owed."""
        for channel in self.channels:
            for task in TASKS:
                self._tell(channel, task, now, lambda memory, task=task: owed(memory, task, now))  # type: ignore[misc]

    def save(self) -> None:
        """Keep the state; a disk that is full is told, and no reason to stop."""
        with self._lock:
            try:
                self._store.save(self.state)
            except OSError as error:
                self.log.write("error", "state.unsaved", reason=str(error))

    def troubles(self) -> list[Trouble]:
        """The troubles that are open, as the log knows them."""
        return [told.trouble for told in self.state.told.get("log", {}).values() if told.owed != "resolved"]

    def _run(self, task: TaskName, now: datetime) -> Result:
        build = self.source.build
        powers = self.powers
        context = Context(
            build,
            self.source.name,
            self.aws,
            powers.apply,
            powers.journal,
            powers.workers,
            powers.controls,
            powers.parameters,
            self.state.kept.get(task, {}),
        )
        try:
            result = RUNNERS[task](context)
        except Exception as error:
            self.log.write("error", "task.failed", task=task, reason=str(error), trace=traceback.format_exc())
            result = Result(task, now, "failed", f"{type(error).__name__}: {error}", (_failure(task, error),))
        return self._with_build(result)

    def _with_build(self, result: Result) -> Result:
        """What concerns no task in particular goes with the result of one."""
        over = result.over
        if over is not None and result.ending != "failed":
            result = replace(result, over=over | {f"{result.task}/failed"})
        problem = self.source.problem
        if result.task != "drift" or problem is None:
            return result
        title = "the build that lies there now is refused; the last good one stays in force"
        trouble = Trouble("drift/build", "warning", title, lines=(problem,), state=state_of(problem))
        return replace(result, troubles=(*result.troubles, trouble))

    def _take(self, result: Result, seconds: float) -> None:
        task = result.task
        failed = result.ending == "failed"
        self.metrics.add("backstay_task_runs_total", task, result.ending)
        self.metrics.set("backstay_task_seconds", round(seconds, 3), task)
        self.metrics.take(result.samples)
        if not failed:
            self.metrics.set("backstay_task_last_success_timestamp_seconds", int(result.at.timestamp()), task)
            self.metrics.set("backstay_places_unreadable", len(result.unseen), task)
            self._change(lambda state: state.keeping(task, result.keep))
        self.last[task] = result
        self.log.write(
            "error" if failed else "info",
            "task.done",
            task=task,
            ending=result.ending,
            seconds=round(seconds, 1),
            aws_time=result.at.isoformat(),
            told=result.sentence,
        )

    def _tell(
        self,
        channel: Channel,
        task: TaskName,
        at: datetime,
        decided: Callable[[Memory], tuple[tuple[Alert, ...], Memory]],
    ) -> None:
        """Deliver what a channel is to be told; what it does not take is owed."""
        with self._channel_locks[channel.name]:
            alerts, known = decided(self.state.told.get(channel.name, {}))
            for own in by_owner(alerts):
                try:
                    channel.send(compose(self._origin(), task, at, own))
                    for alert in own:
                        self.metrics.add("backstay_alerts_total", channel.name, alert.status)
                except DeliveryError as error:
                    known = undelivered(known, own, at)
                    self.metrics.add("backstay_alert_failures_total", channel.name)
                    facts = {"channel": channel.name, "task": task, "alerts": len(own), "reason": str(error)}
                    self.log.write("error", "alerts.undelivered", **facts)
            self._change(lambda state: state.telling(channel.name, known))

    def _origin(self) -> Origin:
        build = self.source.build
        accounts = build.index.accounts

        def name(account: str) -> str:
            known = accounts.get(account)
            return f"{known.name} ({account})" if known and known.name != account else account

        return Origin(build.index.organization.id, build.digest, self.source.name, name)

    def _change(self, change: Callable[[State], State]) -> None:
        with self._lock:
            self.state = change(self.state)

    def _show_build(self) -> None:
        build = self.source.build
        self.metrics.clear("backstay_build_info")
        self.metrics.set("backstay_build_info", 1, build.index.organization.id, build.digest)

    def _count_troubles(self) -> None:
        count: dict[tuple[str, str], int] = {}
        for one in self.troubles():
            key = one.key.partition("/")[0], one.severity
            count[key] = count.get(key, 0) + 1
        self.metrics.clear("backstay_troubles")
        for labels, number in count.items():
            self.metrics.set("backstay_troubles", number, *labels)


def _failure(task: TaskName, error: Exception) -> Trouble:
    told = f"{type(error).__name__}: {error}"
    return Trouble(
        f"{task}/failed", "warning", f"the task {task} could not be done", lines=(told,), state=state_of(told)
    )
