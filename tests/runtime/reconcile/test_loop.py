"""The loop: by AWS's time, no task twice at once, ready while it is, and asked to stop it stops."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from backstay_agent.reconcile.findings import Ending, Result, TaskName
from backstay_agent.reconcile.log import Log
from backstay_agent.reconcile.loop import Loop
from backstay_agent.reconcile.metrics import Metrics
from backstay_agent.reconcile.schedule import read
from backstay_agent.reconcile.state import State
from backstay_agent.reconcile.time_of_aws import TimeOfAws

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Clock:
    """AWS's clock, which stands until it is moved, and the monotonic one beside it."""

    def __init__(self) -> None:
        self.now, self.seconds, self.reachable = START, 0.0, True
        self.waits_for: threading.Event | None = None

    def ask(self) -> datetime:
        """AWS's answer."""
        if self.waits_for is not None:
            self.waits_for.wait(20)
        if not self.reachable:
            raise OSError("nobody answers")
        return self.now

    def time(self) -> TimeOfAws:
        """The time that the loop goes by."""
        return TimeOfAws(self.ask, lambda: self.seconds)


class Agent:
    """An agent whose rounds do what a test says."""

    def __init__(self, act: Callable[[TaskName], Ending], state: State | None = None) -> None:
        self.act = act
        self.rounds: list[tuple[TaskName, datetime]] = []
        self.looked = 0
        self.waits_for: threading.Event | None = None
        self.stop, self.log, self.metrics = threading.Event(), Log(stream=io.StringIO()), Metrics()
        self.last: dict[TaskName, Result] = {}
        self.state = state or State("o-1")
        self.source = SimpleNamespace(
            build=SimpleNamespace(index=SimpleNamespace(organization=SimpleNamespace(id="o-1")))
        )

    def round(self, task: TaskName, now: datetime) -> Result:
        """One round."""
        self.rounds.append((task, now))
        self.last[task] = result = Result(task, now, self.act(task), "")
        return result

    def refresh_build(self, *, forced: bool) -> bool:
        """No new build ever comes; each turn of the loop looks for one."""
        self.looked += 1
        return False

    def pay(self, now: datetime) -> None:
        """Nothing is owed; but to find that out may take long."""
        if self.waits_for is not None:
            self.waits_for.wait(20)

    def save(self) -> None:
        """Nothing is kept."""


def until(condition: Callable[[], Any]) -> None:
    """Wait for something that another thread does."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def loop_of(agent: Any, clock: Clock, **schedules: str) -> Loop:
    """A loop that drives an agent by a clock."""
    return Loop(agent, clock.time(), {task: read(text) for task, text in schedules.items()})  # type: ignore[misc]


def started(agent: Agent, clock: Clock, **schedules: str) -> tuple[Loop, threading.Thread, list[int]]:
    """A loop that runs on a thread of its own, and where its exit code will be."""
    loop = loop_of(agent, clock, **schedules)
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(loop.run()))
    thread.start()
    return loop, thread, codes


def test_aws_time_decides_and_what_was_missed_comes_once() -> None:
    """AWS's clock stands: one round. It jumps by a day: one more, at the new time."""
    clock, agent = Clock(), Agent(lambda _: "clean")
    loop, thread, codes = started(agent, clock, drift="1h")
    until(lambda: agent.rounds)
    loop.reread()
    clock.now += timedelta(days=1)
    loop.reread()
    until(lambda: len(agent.rounds) == 2)
    loop.stop()
    thread.join(20)
    assert ([now for _, now in agent.rounds], codes) == ([START, START + timedelta(days=1)], [0])


def test_the_loop_turns_while_aws_and_channels_keep_it_waiting() -> None:
    """An outage, in which every call takes minutes, is no reason to call the agent dead and start it anew."""
    release, clock, agent = threading.Event(), Clock(), Agent(lambda _: "clean")
    agent.waits_for = release
    loop, thread, _ = started(agent, clock, drift="1h")
    until(lambda: agent.rounds)
    clock.waits_for = release
    for _ in range(5):
        looked = agent.looked
        loop.reread()
        until(lambda looked=looked: agent.looked > looked)
    assert loop.is_alive()
    loop.stop()
    thread.join(20)
    assert not thread.is_alive()
    release.set()


def test_a_task_that_overruns_is_not_started_twice_and_holds_up_no_other() -> None:
    """It is counted and told, and the other task goes on."""
    release, clock = threading.Event(), Clock()

    def act(task: TaskName) -> Ending:
        if task == "drift":
            release.wait(20)
        return "clean"

    agent = Agent(act)
    loop, thread, _ = started(agent, clock, drift="1h", jobs="1h")
    until(lambda: len(agent.rounds) == 2)
    for _ in range(3):
        clock.now += timedelta(hours=2)
        loop.reread()
        count = len(agent.rounds)
        until(lambda count=count: len(agent.rounds) > count)
    assert [task for task, _ in agent.rounds].count("drift") == 1
    assert agent.metrics.value("backstay_task_overruns_total", "drift") == 1
    release.set()
    loop.stop()
    thread.join(20)
    assert not thread.is_alive()


def test_an_agent_is_ready_while_its_last_good_look_is_two_intervals_old_at_most() -> None:
    """Before the first, after a failed one, and when none came for long, it is not."""
    clock, agent = Clock(), Agent(lambda _: "findings")
    loop = loop_of(agent, clock, drift="1h")
    assert loop.is_ready() == "no round has ended yet"
    agent.round("drift", START)
    assert loop.is_ready() is None
    clock.seconds = 2 * 3600
    assert loop.is_ready() is None
    clock.seconds += 1
    assert "more than two intervals ago" in str(loop.is_ready())
    agent.act = lambda _: "failed"
    agent.round("drift", START)
    assert "the last round failed" in str(loop.is_ready())


def test_a_round_that_breaks_ends_neither_the_loop_nor_the_other_tasks() -> None:
    """A mistake of ours is logged, and the next round comes."""
    clock = Clock()

    def act(task: TaskName) -> Ending:
        if task == "drift":
            raise RuntimeError("a mistake")
        return "clean"

    agent = Agent(act)
    loop, thread, codes = started(agent, clock, drift="1h", jobs="1h")
    until(lambda: len(agent.rounds) == 2)
    clock.now += timedelta(hours=2)
    loop.reread()
    until(lambda: len(agent.rounds) == 4)
    loop.stop()
    thread.join(20)
    assert codes == [0]


def test_after_a_start_only_the_audit_waits_for_its_time() -> None:
    """It reads much; everything else is looked at at once."""
    tasks: tuple[TaskName, ...] = ("drift", "jobs", "locks", "audit")
    state = State("o-1")
    for task in tasks:
        state = state.begun(task, START - timedelta(minutes=1))
    loop = loop_of(Agent(lambda _: "clean", state), Clock(), **dict.fromkeys(tasks, "24h"))
    assert [loop.due(task, START) <= START for task in tasks] == [True, True, True, False]


def test_time_goes_on_while_aws_does_not_answer() -> None:
    """At the pace of a clock that nobody can set; a moved clock of AWS's counts again at once."""
    clock = Clock()
    time_of_aws = clock.time()
    clock.reachable, clock.seconds = False, 90.0
    assert time_of_aws.refresh() == START + timedelta(seconds=90)
    clock.reachable, clock.now = True, START + timedelta(days=30)
    assert time_of_aws.refresh() == START + timedelta(days=30)
