"""What a task finds: troubles that somebody should know of, figures, and how the round ended. Frozen values.

A trouble has a key, by which it is the same trouble the next time, and a state: when the state changes, it is told
again. Its place says where it is, so that what could not be read is not taken for repaired.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from backstay_contract.canonical import digest

Severity = Literal["critical", "warning", "notice"]
SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "notice")
TaskName = Literal["drift", "jobs", "locks", "audit"]
TASKS: tuple[TaskName, ...] = ("drift", "jobs", "locks", "audit")
Ending = Literal["clean", "findings", "partly", "refused", "failed"]
"""How a round of a task ended: nothing to tell; something is wrong; some account could not be read; something waits for
an approval; the task itself could not be done."""

_CODES: Mapping[Ending, int] = {"clean": 0, "findings": 1, "failed": 2, "partly": 3, "refused": 4}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong: `title` says what in one line, the same words wherever it is the same; `lines` say more.

    `state` is what makes it another trouble when it changes; `repeat` whether it is told again after a day; `command`
    what a person would run; `owner` whose it is, where tags or waivers tell.
    """

    key: str
    severity: Severity
    title: str
    account: str | None = None
    region: str | None = None
    lines: tuple[str, ...] = ()
    state: str = ""
    command: str | None = None
    repeat: bool = True
    owner: str | None = None

    def document(self) -> dict[str, Any]:
        """The trouble as JSON, without what is empty."""
        members = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in members.items() if value not in (None, (), "")}


def trouble_of(document: Mapping[str, Any]) -> Trouble:
    """The trouble that `Trouble.document` wrote."""
    return Trouble(**{**document, "lines": tuple(document.get("lines", ()))})


def state_of(*parts: Any) -> str:
    """A short fingerprint of what makes a trouble another one."""
    return digest(list(parts))[:16]


@dataclass(frozen=True, slots=True)
class Unseen:
    """An account, in a Region or as a whole, that could not be read: nothing there counts as repaired."""

    account: str
    region: str | None
    error: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One figure of a metric family, with the values of its labels."""

    family: str
    value: float
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What one round of a task came to, by AWS's time `at`.

    `over`: keys of troubles that are over, where the task tells only what is new; None where it tells all that is
    wrong, so that whatever it does not tell is over. `endings` are better words for the end of a trouble, by key.
    `keep` goes into the state and is handed to the next round of the task.
    """

    task: TaskName
    at: datetime
    ending: Ending
    sentence: str
    troubles: tuple[Trouble, ...] = ()
    over: frozenset[str] | None = None
    endings: Mapping[str, str] = field(default_factory=dict)
    unseen: tuple[Unseen, ...] = ()
    samples: tuple[Sample, ...] = ()
    keep: Mapping[str, Any] = field(default_factory=dict)


def code_of(endings: set[Ending]) -> int:
    """The exit code where several endings hold: refused, then failed, then partly, then findings."""
    order: tuple[Ending, ...] = ("refused", "failed", "partly", "findings")
    return next((_CODES[one] for one in order if one in endings), 0)
