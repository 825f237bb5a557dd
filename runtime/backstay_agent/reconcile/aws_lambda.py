"""The agent as an AWS Lambda function: each invocation is one round of the tasks that its event names.

It raises when a round could not be done, so that the function's error metric, its alarm and its dead letters tell of
it. What a round finds is no error: that is what alerts are for.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from backstay_agent.aws import Aws, Endpoint
from backstay_agent.aws.s3_folder import Folder, folder
from backstay_agent.aws.stoppable import StoppableAws
from backstay_agent.read_build import BuildError, read_build
from backstay_agent.reconcile import s3
from backstay_agent.reconcile.agent import Powers, Store
from backstay_agent.reconcile.build_file import BuildFile
from backstay_agent.reconcile.fetch import fetch_build
from backstay_agent.reconcile.findings import TASKS, Result, TaskName, code_of
from backstay_agent.reconcile.log import Log
from backstay_agent.reconcile.once import once
from backstay_agent.reconcile.settings import FileStore, Settings, agent_of
from backstay_agent.reconcile.tasks.context import Apply
from backstay_agent.signing.attested import read_attested
from backstay_agent.signing.demand import NotTrusted
from backstay_agent.signing.keys import KeyProblem, PublicKey, public_key, public_keys
from backstay_agent.wanted import Build

_TRUSTED, _REQUIRED = "BACKSTAY_TRUSTED_KEYS", "BACKSTAY_REQUIRE_SIGNATURE"
"""Public keys one of which must have signed the build: as PEM, and as files in the image (as for every command)."""
_RESERVE = 30.0
"""Seconds before its end at which an invocation begins no further call, to keep its state."""


class RoundError(Exception):
    """A round that could not be done, or not to its end; the message says what and why."""


class Invocation(Protocol):
    """What Lambda tells of an invocation."""

    def get_remaining_time_in_millis(self) -> int:
        """How long it may still take."""
        ...


def handler(event: Mapping[str, Any] | None, context: Invocation | None) -> dict[str, Any]:
    """One round of `event["tasks"]` (default: all), as the variables BACKSTAY_… of the environment say.

    Returns the organization, the build's digest, the exit code that `backstay run --once` would have, and for each
    task its ending and sentence. Raises RoundError, BuildError, UnreachableError or SettingsError.
    """
    tasks = _tasks(event or {})
    stop = threading.Event()
    timer = _timer(context, stop)
    try:
        return _round(tasks, stop, os.environ)
    finally:
        if timer is not None:
            timer.cancel()


def _round(tasks: list[TaskName], stop: threading.Event, told: Mapping[str, str]) -> dict[str, Any]:
    aws = StoppableAws(endpoint_of(told), stop)
    aws.caller()
    storage = Aws(endpoint_of(told))  # keeps the state when no further call to anything else is begun
    source = BuildFile(_build(storage, told), told.get("BACKSTAY_BUILD"), _reader(told))
    settings = Settings(
        topic=told.get("BACKSTAY_SNS_TOPIC") or None,
        webhook=told.get("BACKSTAY_WEBHOOK") or None,
        secret_file=Path(told["BACKSTAY_WEBHOOK_SECRET_FILE"]) if told.get("BACKSTAY_WEBHOOK_SECRET_FILE") else None,
        powers=Powers(_apply(told), Path(tempfile.gettempdir()) / "backstay-journal", 16),
    )
    agent = agent_of(settings, source, aws, _store(storage, told, tasks), Log("json"), stop)
    results = once(agent, tasks)
    if len(results) < len(tasks):
        raise RoundError(f"no time was left for {', '.join(tasks[len(results) :])}: give the function fewer tasks")
    failed = [one for one in results if one.ending == "failed"]
    if failed:
        raise RoundError("; ".join(f"{one.task}: {one.sentence}" for one in failed))
    return _summary(source, results)


def _summary(source: BuildFile, results: list[Result]) -> dict[str, Any]:
    return {
        "organization": source.build.index.organization.id,
        "build": source.build.digest,
        "code": code_of({one.ending for one in results}),
        "tasks": {one.task: {"at": one.at.isoformat(), "ending": one.ending, "told": one.sentence} for one in results},
    }


def _tasks(event: Mapping[str, Any]) -> list[TaskName]:
    wanted = event.get("tasks") or TASKS
    unknown = sorted({str(one) for one in wanted} - set(TASKS))
    if unknown:
        raise RoundError(f"the event names a task that there is not: {', '.join(unknown)}")
    return [task for task in TASKS if task in wanted]


def endpoint_of(told: Mapping[str, str]) -> Endpoint:
    """Who is calling, and which role is taken in accounts, as the variables say."""
    path, _, name = told.get("BACKSTAY_ROLE", "backstay-agent").strip("/").rpartition("/")
    return Endpoint(
        role_name=name, role_path=f"/{path}/" if path else "/", external_id=told.get("BACKSTAY_EXTERNAL_ID")
    )


def _apply(told: Mapping[str, str]) -> Apply:
    match told.get("BACKSTAY_APPLY", "report"):
        case "report":
            return "report"
        case "reversible":
            return "reversible"
        case other:
            raise RoundError(f"BACKSTAY_APPLY is report or reversible, not {other!r}")


def _build(aws: Aws, told: Mapping[str, str]) -> Path:
    """Where the build lies by now: baked into the image, or brought from S3."""
    where = told.get("BACKSTAY_BUILD", "/build")
    if not where.startswith("s3://"):
        return Path(where)
    return fetch_build(_folder(aws, "BACKSTAY_BUILD", where), Path(tempfile.gettempdir()) / "backstay-build")


def build_of(aws: Aws, told: Mapping[str, str]) -> Build:
    """The build as it lies now; raises BuildError and RoundError."""
    return _reader(told)(_build(aws, told))


def _reader(told: Mapping[str, str]) -> Callable[[Path], Build]:
    """How a build is read: as it lies, or only if one of the keys that are trusted has signed it."""
    keys = _keys(told)

    def attested(folder: Path) -> Build:
        try:
            return read_attested(folder, keys)
        except NotTrusted as reason:
            raise BuildError(f"refused: {told.get('BACKSTAY_BUILD', folder)}: {reason}") from reason

    return attested if keys else read_build


def _keys(told: Mapping[str, str]) -> tuple[PublicKey, ...]:
    """The keys of both variables; one that is there and names no key is no leave to trust everybody."""
    text, files = told.get(_TRUSTED), told.get(_REQUIRED)
    keys: list[PublicKey] = []
    try:
        if text is not None and text != "any":
            keys += public_keys(text)
        if files is not None:
            named = [Path(part) for part in files.split(os.pathsep) if part]
            if not named:
                raise RoundError(f"{_REQUIRED} is set and names no public key")
            keys += [public_key(path.read_bytes()) for path in named]
    except (KeyProblem, OSError) as problem:
        raise RoundError(f"a public key that must have signed cannot be used: {problem}") from problem
    return tuple(keys)


def _store(aws: Aws, told: Mapping[str, str], tasks: list[TaskName]) -> Store:
    """Tasks that run by themselves keep a state of their own, so that two rounds at once do not undo each other's."""
    where = told.get("BACKSTAY_STATE", str(Path(tempfile.gettempdir()) / "backstay-state"))
    name = f"{'-'.join(tasks)}.json"
    if where.startswith("s3://"):
        return s3.S3Store(_folder(aws, "BACKSTAY_STATE", where), name)
    return FileStore(Path(where) / name)


def _folder(aws: Aws, variable: str, where: str) -> Folder:
    try:
        return folder(aws, where)
    except ValueError as error:
        raise RoundError(f"{variable}: {error}") from error


def _timer(context: Invocation | None, stop: threading.Event) -> threading.Timer | None:
    """Stops the round before Lambda stops the function."""
    if context is None:
        return None
    left = context.get_remaining_time_in_millis() / 1000 - _RESERVE
    timer = threading.Timer(max(1.0, left), stop.set)
    timer.daemon = True
    timer.start()
    return timer
