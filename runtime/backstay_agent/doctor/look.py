"""What the checks look with: AWS, the build if there is one, and the accounts. No call is made twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.wanted import Build, Wanted
from backstay_contract.canonical import compact

T = TypeVar("T")
R = TypeVar("R")
_WORKERS = 16


@dataclass(frozen=True, slots=True)
class Refused:
    """A call that failed: AWS's code and sentence, and which operation (`AssumeRole` where the account is closed)."""

    code: str
    operation: str
    message: str

    def __str__(self) -> str:
        return f"{self.code} from {self.operation}"


Answer = Mapping[str, Any] | Refused


@dataclass(frozen=True, slots=True)
class Access:
    """How member accounts are entered, as the command line said it, and the words that say it again."""

    role: str
    path: str
    external_id: str | None
    words: str = ""


@dataclass(frozen=True)
class Look:
    """One examination. `names` are the accounts to look into, with their names; `places` the same with Regions."""

    aws: Aws
    access: Access
    names: Mapping[str, str]
    places: tuple[tuple[str, str], ...]
    build: Build | None = None
    clocks: tuple[datetime, datetime] | None = None
    """The local time and AWS's, taken together."""
    signature: str | None = None
    """Why the build's signature does not hold, `""` where it does, None where none is demanded."""
    attaches: bool = False
    """Whether the build has backup policies for AWS Organizations."""
    entrance: Aws | None = None
    """AWS through the role that Organizations makes in new accounts, to see why the agent's own does not open."""
    _known: dict[bytes, Answer] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def caller(self) -> str:
        """The account of the caller."""
        return self.aws.caller()

    @property
    def regions(self) -> tuple[str, ...]:
        """All Regions that are looked into."""
        return tuple(sorted({region for _, region in self.places}))

    def wanted(self) -> dict[tuple[str, str], Wanted]:
        """What the build wants of each place."""
        build = self.build
        if build is None:
            return {}
        return {place: build.wanted(*place) for place in self.places if build.names(*place)}

    def ask(self, account: str, region: str, service: str, operation: str, **members: Any) -> Answer:
        """One call, or why AWS refused it."""
        return self._once(
            (account, region, service, operation, members),
            lambda: self._call(self.aws, account, region, service, operation, **members),
        )

    def listing(self, account: str, region: str, service: str, operation: str, member: str, **members: Any) -> Answer:
        """Every item of a list operation, as the member of one answer."""

        def read() -> Answer:
            try:
                return {member: list(self.aws.pages(account, region, service, operation, member, **members))}
            except AwsProblem as problem:
                return Refused(problem.code, problem.operation, problem.message)

        return self._once((account, region, service, operation, members, member), read)

    def through_entrance(self, account: str, service: str, operation: str, **members: Any) -> Answer:
        """One call in an account by the role that Organizations made there; refused where there is no such way."""
        if self.entrance is None:
            return Refused("AccessDenied", "AssumeRole", "")
        return self._call(self.entrance, account, self.aws.region, service, operation, **members)

    def each(self, items: Iterable[T], do: Callable[[T], R]) -> list[tuple[T, R]]:
        """A reading for each of many items, side by side; in the order of the items."""
        every = list(items)
        with ThreadPoolExecutor(_WORKERS) as pool:
            return list(zip(every, pool.map(do, every), strict=True))

    def enter(self, account: str) -> Answer:
        """Who one is in an account, by the agent's role, or why it does not open."""
        region = next((region for one, region in self.places if one == account), self.aws.region)
        return self.ask(account, region, "sts", "GetCallerIdentity")

    def opened(self) -> tuple[tuple[str, str], ...]:
        """The places of accounts that can be entered; the others have a line of their own."""
        closed = {account for account, answer in self.each(self.names, self.enter) if isinstance(answer, Refused)}
        return tuple(place for place in self.places if place[0] not in closed)

    def _once(self, key: tuple[Any, ...], read: Callable[[], Answer]) -> Answer:
        name = compact(key)
        with self._lock:
            known = self._known.get(name)
        if known is None:
            known = read()
            with self._lock:
                self._known[name] = known
        return known

    @staticmethod
    def _call(aws: Aws, account: str, region: str, service: str, operation: str, **members: Any) -> Answer:
        try:
            return aws.call(account, region, service, operation, **members)
        except AwsProblem as problem:
            return Refused(problem.code, problem.operation, problem.message)
