"""Whether the policy changed or somebody changed AWS, in a sentence. Not escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import assert_never

from backstay_contract.build import ACCOUNT_PLACEHOLDER
from backstay_contract.plan import Action, Drift

_VERBS = {"Create": "made", "Delete": "removed"}
_MINUTE = "%Y-%m-%d %H:%M UTC"


def likeness(action: Action) -> tuple[str, ...]:
    """What two actions share when one sentence tells of both."""
    drift = action.drift
    return ("",) if drift is None else (drift.cause, _by(drift, action), drift.operation or "", drift.reason)


def drift_lines(actions: Sequence[Action]) -> list[str]:
    """What is known of who changed things, each once; several actions that share it are told with the latest time."""
    alike: dict[tuple[str, ...], list[Action]] = {}
    for action in actions:
        if action.drift is not None:
            alike.setdefault(likeness(action), []).append(action)
    return [line for same in alike.values() for line in _lines(same)]


def _lines(actions: Sequence[Action]) -> Iterator[str]:
    first = actions[0]
    if first.drift is None:
        return
    by = _by(first.drift, first) if len({action.account for action in actions}) > 1 else _by(first.drift)
    times = sorted({action.drift.at for action in actions if action.drift and action.drift.at})
    when = f"{'at' if len(times) == 1 else 'last at'} {_clock(times[-1])}" if times else ""
    match first.drift.cause:
        case "aws":
            yield f"{_verb(first.drift.operation or '')} by {by} {when} ({first.drift.operation})"
        case "policy":
            yield f"the policy changed: Backstay itself wrote it last, {when} ({first.drift.operation})"
        case "unknown":
            yield f"who changed it is not known: {first.drift.reason}"
        case _:
            assert_never(first.drift.cause)


def _verb(operation: str) -> str:
    return next((verb for start, verb in _VERBS.items() if operation.startswith(start)), "changed")


def _by(drift: Drift, action: Action | None = None) -> str:
    by = drift.by or "somebody"
    if action is not None:
        by = by.replace(action.account, ACCOUNT_PLACEHOLDER)
    return f"{by} through {drift.through}" if drift.through else by


def _clock(at: str) -> str:
    return datetime.fromisoformat(at).strftime(_MINUTE)
