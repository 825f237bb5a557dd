"""AWS for one trial: the embedded AWS on a copy of a prepared folder, and the serving of agents call by call."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any, Literal
from uuid import uuid4

from tests.guard.judge import Sent, verdict
from tests.runtime.trust.agents import Agent, start
from tests.runtime.trust.line import Answer, Call, Ended, Slept

from backstay_local import LocalAws
from backstay_local.faults.act import CutError
from backstay_local.transport import call as deliver
from backstay_local.transport import environment

READS = ("Get", "List", "Describe", "Assume", "Search", "Scan", "Query", "Head", "Simulate", "BatchGet")
Fault = Literal[
    "throttle", "error-before", "error-after", "lost", "expired", "skewed", "unavailable", "unreachable", "list-lag"
]
_SCOPE = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/")
_ROLE = re.compile(rb"iam(?:%3A|:){2}(\d{12})")
_TOKEN = re.compile(rb'"(CreatorRequestId|IdempotencyToken)": ?"[^"]*"')
_KEY = re.compile(rb"<AccessKeyId>([^<]+)<")


@dataclass(frozen=True, slots=True)
class Heard:
    """A call as the server sees it: whose, where, what, and how many such calls that agent has made before."""

    agent: int
    number: int
    account: str
    region: str
    service: str
    operation: str
    nth: int

    @property
    def writes(self) -> bool:
        """Whether it may change anything."""
        return not self.operation.startswith(READS)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a call: a fault of the embedded AWS, the agent's death before or after it, time that passes."""

    fault: Fault | None = None
    seconds: float = 0.0
    kill: Literal["before", "after"] | None = None
    jump: float = 0.0


FINE = Fate()
Decide = Callable[[Heard], Fate]


@dataclass(slots=True)
class Run:
    """What one agent did: how it ended (None: it was killed), every call, and the faults that struck it."""

    words: tuple[str, ...]
    code: int | None = None
    output: str = ""
    calls: list[Heard] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    counts: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    slept: float = 0.0
    loaded: tuple[str, ...] = ()
    clients: tuple[tuple[str, str, str], ...] = ()

    @property
    def writes(self) -> list[str]:
        """The operations that it called and that may change something."""
        return [call.operation for call in self.calls if call.writes]


class World:
    """The embedded AWS of one trial. Nothing is locked in it that was not approved: each call is looked at."""

    def __init__(self, local: LocalAws, folder: Path, approved: Sequence[str]) -> None:
        self.local = local
        self.folder = folder
        self.approved = frozenset(approved)
        self.accounts = {local.access_key: local.management_account}
        self.forbidden: list[str] = []
        self.forgetful = False
        """Whether the tokens of agents are replaced by others on the way, as if they could not derive them again."""
        self.hurried = False
        """Whether no time goes by while agents pause."""

    def run(self, *words: str, decide: Decide = lambda _: FINE) -> Run:
        """One agent to its end."""
        (done,) = self.race([words], decide, lambda ready: ready[0])
        return done

    def race(
        self, commands: Sequence[Sequence[str]], decide: Decide, choose: Callable[[Sequence[int]], int]
    ) -> list[Run]:
        """Several agents at once: whenever each has a call waiting (or is at its end), `choose` says whose goes."""
        keys = (self.local.access_key, self.local.secret_key)
        agents: list[Agent] = []
        for words in commands:
            agents.append(start(words, str(self.folder), keys, agents))
        runs = [Run(tuple(words)) for words in commands]
        waiting: dict[int, Any] = {}
        alive = set(range(len(agents)))
        while alive:
            for index in sorted(alive - set(waiting)):
                waiting[index] = self._next(agents[index], runs[index])
                if waiting[index] is None:
                    alive.remove(index)
                    del waiting[index]
            if waiting:
                index = choose(sorted(waiting))
                agents[index].line.send(self._answer(index, waiting.pop(index), runs[index], decide))
        for agent in agents:
            agent.reap()
        return runs

    def _next(self, agent: Agent, run: Run) -> Call | None:
        """The next call of an agent; None when it ended, or is dead."""
        while True:
            frame = agent.line.receive()
            if isinstance(frame, Slept):
                run.slept += frame.seconds
                if not self.hurried:
                    self.local.advance(timedelta(seconds=frame.seconds))
                agent.line.send(Answer())
                continue
            if isinstance(frame, Ended):
                run.code, run.output = frame.code, frame.output
                run.loaded, run.clients = frame.loaded, frame.clients
            return frame if isinstance(frame, Call) else None

    def _answer(self, index: int, call: Call, run: Run, decide: Decide) -> Answer:
        heard = self._heard(index, call, run)
        if self.forgetful:
            call = replace(call, body=_TOKEN.sub(_another, call.body))
        run.calls.append(heard)
        self._judge(call, heard)
        fate = decide(heard)
        if fate.jump:
            self.local.advance(timedelta(seconds=fate.jump))
        if fate.kill == "before":
            run.struck.append("kill")
            return Answer(die=True)
        if fate.fault is not None:
            run.struck.append(fate.fault)
            self.local.faults.add(fate.fault, f"{_pattern(heard)}:*", seconds=fate.seconds)
        try:
            status, headers, body = deliver(self.local, environment(call))
            self._learn(call, body)
            answer = Answer(status, headers, body)
        except CutError as cut:
            answer = Answer(cut="after" if cut.reached else "before")
        finally:
            self.local.faults.clear()
        if fate.kill == "after":
            run.struck.append("kill")
            return Answer(die=True)
        return answer

    def _heard(self, index: int, call: Call, run: Run) -> Heard:
        key, region = self._signed(call)
        account = self.accounts.get(key, "unknown")
        place = (account, region, call.service, call.operation)
        run.counts[place] += 1
        return Heard(index, len(run.calls) + 1, *place, run.counts[place] - 1)

    def _judge(self, call: Call, heard: Heard) -> None:
        """What cannot be undone goes only as it was approved."""
        if not heard.writes:
            return
        import json

        body = json.loads(call.body) if call.body[:1] == b"{" else {}
        sentence = verdict(Sent(heard.operation, heard.account, heard.region, call.url, body), self.approved)
        if sentence is not None:
            self.forbidden.append(sentence)

    def _signed(self, call: Call) -> tuple[str, str]:
        found = _SCOPE.search(call.headers.get("Authorization", ""))
        return (found[1], found[2]) if found else ("", "")

    def _learn(self, call: Call, body: bytes) -> None:
        if call.operation == "AssumeRole":
            role, key = _ROLE.search(call.body), _KEY.search(body)
            if role and key:
                self.accounts[key[1].decode()] = role[1].decode()


def _another(found: re.Match[bytes]) -> bytes:
    return b'"%s": "%s"' % (found[1], uuid4().hex.encode())


def _pattern(heard: Heard) -> str:
    """The service as a fault names it; what one call only meets needs no more."""
    return "backup" if heard.service == "backup" else "*"


@contextmanager
def world(prepared: Path, approved: Sequence[str] = ()) -> Iterator[World]:
    """AWS as a prepared folder has it, for one trial; the folder stays as it is."""
    with TemporaryDirectory(prefix="backstay-trust-") as name:
        folder = Path(name)
        copytree(prepared, folder / "aws")
        with LocalAws(folder / "aws") as local:
            yield World(local, folder, approved)
