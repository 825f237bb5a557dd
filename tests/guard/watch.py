"""Watches what botocore is about to send, whatever carries it, and stops what the judge forbids.

It sits at botocore's own last step before a request leaves (the same for sockets and for transports in this process),
in pytest and in every Python process that a test starts (`site/sitecustomize.py`). Whose call it is follows from the
user agent: the agent uses botocore itself, tests and the embedded AWS use boto3, other people's tools name themselves.
A person's approvals are what stands on the command line, and nothing else.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.guard.judge import POINTS, Sent, verdict

FILE = "BACKSTAY_TESTS_GUARD"
"""The environment variable that names the file of what was stopped; every process of a test run appends to it."""

_SCOPE = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/[^/]+/aws4_request")
_ROLE = re.compile(r"iam(?:%3A|:){2}(\d{12})(?:%3A|:)role(?:%2F|/)(?:[^&]*?(?:%2F|/))?([\w+=,.@-]+?)(?:&|$|\s)")
_FOREIGN = ("Boto3/", "aws-cli/")
_PERSONS = {"backup-emergency"}
"""Roles that a person takes, as the demo does to show that not even they can delete."""
_accounts: dict[str, str] = {}
_of_persons: set[str] = set()
_approvals: list[frozenset[str]] = []


class StoppedError(BaseException):
    """A call that nobody approved was about to leave. No `except Exception` of an agent can swallow it."""


def install() -> None:
    """Watch from now on, in this process; loads neither botocore nor click before somebody else does."""
    wanted = {"botocore.endpoint": _watch_botocore, "click.core": _watch_click}
    sys.meta_path.insert(0, _Finder({name: act for name, act in wanted.items() if name not in sys.modules}))
    for name, act in wanted.items():
        if name in sys.modules:
            act(sys.modules[name])


def drain() -> list[str]:
    """What was stopped since the last time, in any process of this run."""
    path = Path(os.environ[FILE])
    if not path.stat().st_size:
        return []
    told = path.read_text(encoding="utf-8").splitlines()
    path.write_text("", encoding="utf-8")
    return told


@contextmanager
def approving(words: Iterable[str]) -> Iterator[None]:
    """While the block lasts, the approvals on this command line are a person's."""
    _approvals.append(approvals(list(words)))
    try:
        yield
    finally:
        _approvals.pop()


def approvals(words: Sequence[str]) -> frozenset[str]:
    """The ids that a command line approves, as `--approve A --approve=B,C`, and the word about recovery points."""
    given = [words[place + 1] for place, word in enumerate(words[:-1]) if word == "--approve"]
    given += [word.removeprefix("--approve=") for word in words if word.startswith("--approve=")]
    said = POINTS in words or any(_plan_deletes_points(Path(word)) for word in words if word.endswith(".json"))
    return frozenset([part for text in given for part in text.replace(",", " ").split()] + [POINTS] * said)


def _plan_deletes_points(path: Path) -> bool:
    """Whether a plan was saved by somebody who said that recovery points go, too."""
    try:
        return bool(json.loads(path.read_bytes())["scope"]["delete_points"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return False


def inspect(operation: str, request: Any) -> None:
    """Stop a request that must not leave: `StoppedError`, and a line in the file."""
    agent = _text(request.headers.get("User-Agent"))
    found = _SCOPE.search(_text(request.headers.get("Authorization")))
    if agent.startswith(_FOREIGN) or found is None or found[1] in _of_persons:
        return
    sent = Sent(operation, _accounts.get(found[1]), found[2], request.url, _members(request.body))
    sentence = verdict(sent, frozenset[str]().union(*_approvals))
    if sentence is not None:
        with Path(os.environ[FILE]).open("a", encoding="utf-8") as file:
            file.write(sentence + "\n")
        raise StoppedError(sentence)


def learn(operation: str, request: Any, answer: Any) -> None:
    """Remember whose an access key is, from AWS's own answers."""
    if operation == "AssumeRole" and "Credentials" in answer:
        role, key = _ROLE.search(_text(request.body)), answer["Credentials"]["AccessKeyId"]
        if role is not None:
            _accounts[key] = role[1]
            _of_persons.update({key} if role[2] in _PERSONS else ())
    if operation == "GetCallerIdentity" and "Account" in answer:
        found = _SCOPE.search(_text(request.headers.get("Authorization")))
        if found is not None:
            _accounts[found[1]] = answer["Account"]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(map(str, value.values()))
    return value.decode("utf-8", "replace") if isinstance(value, bytes | bytearray) else str(value or "")


def _members(body: Any) -> dict[str, Any]:
    try:
        members = json.loads(_text(body))
    except ValueError:
        return {}
    return members if isinstance(members, dict) else {}


def _watch_botocore(module: Any) -> None:
    endpoint = module.Endpoint
    send = endpoint._do_get_response

    @functools.wraps(send)
    def watched(self: Any, request: Any, operation_model: Any, *rest: Any, **more: Any) -> Any:
        inspect(operation_model.name, request)
        done = send(self, request, operation_model, *rest, **more)
        if done[0] is not None and operation_model.name in ("AssumeRole", "GetCallerIdentity"):
            learn(operation_model.name, request, done[0][1])
        return done

    endpoint._do_get_response = watched


def _watch_click(module: Any) -> None:
    main = module.Command.main

    @functools.wraps(main)
    def watched(self: Any, args: Sequence[str] | None = None, *rest: Any, **more: Any) -> Any:
        with approving(sys.argv[1:] if args is None else args):
            return main(self, args, *rest, **more)

    module.Command.main = watched


class _Finder(importlib.abc.MetaPathFinder):
    """Finds nothing itself; acts on some modules when they have been loaded."""

    def __init__(self, acts: dict[str, Callable[[Any], None]]) -> None:
        self.acts = acts

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self.acts:
            return None
        act = self.acts.pop(fullname)
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module: Any) -> None:
                load(module)
                act(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec
