"""The loop: starts what is due by AWS's time, each task on a thread of its own, until it is asked to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from backstay_agent.reconcile import schedule
from backstay_agent.reconcile.agent import Agent
from backstay_agent.reconcile.findings import Ending, TaskName, code_of
from backstay_agent.reconcile.schedule import Every, Schedule
from backstay_agent.reconcile.time_of_aws import TimeOfAws

_LONGEST_WAIT = 30.0
"""Seconds after which AWS's clock is asked at the latest, since it may have been moved."""
_JUMP = timedelta(seconds=5)
"""By how much AWS's clock has to differ from what it should show to count as moved."""
_WAITING: tuple[TaskName, ...] = ("audit",)
"""What waits for its time after a start, because it reads much; everything else is looked at at once."""
_BREATH = 120.0
"""Seconds without a turn of the loop after which it counts as dead."""


class Loop:
    """Drives an agent. `exit_on` are the endings that end the loop."""

    def __init__(
        self, agent: Agent, clock: TimeOfAws, schedules: Mapping[TaskName, Schedule], exit_on: Collection[Ending] = ()
    ) -> None:
        self._agent = agent
        self._clock = clock
        self._exit_on = frozenset(exit_on)
        self.schedules = schedules
        self.seed = agent.source.build.index.organization.id
        self._wake = threading.Event()
        self._reread = threading.Event()
        self._running: dict[TaskName, threading.Thread] = {}
        self._late: set[TaskName] = set()
        self._asides: dict[str, threading.Thread] = {}
        self._ended: set[Ending] = set()
        self._turned = time.monotonic()
        self._earlier: dict[TaskName, datetime] = {
            task: agent.state.began[task] for task in _WAITING if task in schedules and task in agent.state.began
        }
        self._began = dict(self._earlier)

    def run(self) -> int:
        """Until stopped; the exit code: 0, or that of the ending which ended it."""
        while not self._agent.stop.is_set():
            self._turned = time.monotonic()
            self._aside("clock", self._ask_time)
            self._look_at_build()
            self._start(self._clock.now)
            self._aside("pay", lambda: self._agent.pay(self._clock.now))
            self._wake.wait(self._pause())
            self._wake.clear()
        for thread in list(self._running.values()):
            thread.join()
        self._agent.save()
        return code_of(self._ended & self._exit_on)

    def stop(self) -> None:
        """Ask it to end; from any thread, but not from a signal handler, which could interrupt who holds the locks."""
        self._agent.stop.set()
        self._wake.set()

    def reread(self) -> None:
        """Ask it to read the build again; from any thread, like `stop`."""
        self._reread.set()
        self._wake.set()

    def is_alive(self) -> bool:
        """Whether the loop has turned lately."""
        return time.monotonic() - self._turned < _BREATH

    def is_ready(self) -> str | None:
        """None while the last good look at drift (or what else is watched) is at most two intervals old, else why."""
        task: TaskName = "drift" if "drift" in self.schedules else next(iter(self.schedules))
        last = self._agent.last.get(task)
        at = last.at if last else self._earlier.get(task)
        if at is None:
            return "no round has ended yet"
        if last and last.ending == "failed":
            return f"the last round failed: {last.sentence}"
        if self._clock.now - at > 2 * schedule.period(self.schedules[task], at):
            return f"the last good round was at {at:%Y-%m-%d %H:%M} UTC, more than two intervals ago"
        return None

    def due(self, task: TaskName, now: datetime) -> datetime:
        """When a task is due next."""
        return schedule.due_at(self.schedules[task], self._began.get(task), now, f"{self.seed} {task}")

    def is_running(self, task: TaskName) -> bool:
        """Whether a task runs now."""
        thread = self._running.get(task)
        return thread is not None and thread.is_alive()

    @property
    def now(self) -> datetime:
        """AWS's time."""
        return self._clock.now

    def _aside(self, name: str, act: Callable[[], None]) -> None:
        """Do something that may wait for others, so that the loop does not; not twice at once."""
        before = self._asides.get(name)
        if before is None or not before.is_alive():
            self._asides[name] = thread = threading.Thread(target=act, name=f"backstay-{name}", daemon=True)
            thread.start()

    def _ask_time(self) -> None:
        """Ask AWS for its time; when its clock was moved, what is due has to be judged anew."""
        before = self._clock.now
        if abs(self._clock.refresh() - before) > _JUMP:
            self._wake.set()

    def _look_at_build(self) -> None:
        forced = self._reread.is_set()
        self._reread.clear()
        if self._agent.refresh_build(forced=forced):
            self._began.pop("drift", None)  # a new build is compared at once

    def _start(self, now: datetime) -> None:
        for task in self.schedules:
            if self.due(task, now) > now:
                continue
            if not self.is_running(task):
                self._began[task] = now
                self._late.discard(task)
                thread = threading.Thread(target=self._round, args=(task, now), name=f"backstay-{task}", daemon=True)
                self._running[task] = thread
                thread.start()
            elif task not in self._late:
                self._late.add(task)
                self._agent.metrics.add("backstay_task_overruns_total", task)
                self._agent.log.write("warning", "task.overrun", task=task, schedule=self.schedules[task].text)

    def _round(self, task: TaskName, now: datetime) -> None:
        try:
            result = self._agent.round(task, now)
            if result is not None and result.ending in self._exit_on:
                self._ended.add(result.ending)
                self.stop()
        except Exception as error:  # a mistake of ours around a task ends neither the thread's turn nor the loop
            self._agent.log.write("error", "round.broken", task=task, reason=repr(error))
        self._wake.set()

    def _pause(self) -> float:
        """Seconds until something is due, but never long: half the shortest interval at most."""
        now = self._clock.now
        waits = [(self.due(task, now) - now).total_seconds() for task in self.schedules if not self.is_running(task)]
        shortest = min(
            (one.interval for one in self.schedules.values() if isinstance(one, Every)), default=timedelta(hours=1)
        )
        return max(0.2, min(_LONGEST_WAIT, shortest.total_seconds() / 2, *waits))
