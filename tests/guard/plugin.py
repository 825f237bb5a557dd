"""The guard as pytest hooks: every test fails in which an agent sent, or tried to send, what nobody approved."""

from __future__ import annotations

import functools
import os
import subprocess
import tempfile
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.guard import watch

_SITE = str(Path(__file__).with_name("site"))
_CLOSED = {"-I", "-E", "-S"}


def pytest_configure(config: pytest.Config) -> None:
    """Watch this process, and those that it starts."""
    handle, path = tempfile.mkstemp(prefix="backstay-guard-")
    os.close(handle)
    os.environ[watch.FILE] = path
    watch.install()
    start = subprocess.Popen.__init__

    @functools.wraps(start)
    def watched(self: Any, args: Any, *rest: Any, **more: Any) -> None:
        if is_python(args) and more.get("env") != {}:
            more["env"] = _watched_environment(more.get("env"))
        start(self, args, *rest, **more)

    subprocess.Popen.__init__ = watched  # type: ignore[method-assign]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Forget the file."""
    Path(os.environ[watch.FILE]).unlink(missing_ok=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test while which a call was stopped."""
    try:
        return (yield)
    finally:
        _nothing_was_stopped()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    """The same for what its fixtures started."""
    try:
        return (yield)
    finally:
        _nothing_was_stopped()


def is_python(args: Any) -> bool:
    """Whether a command is a Python that looks at its environment."""
    if not isinstance(args, Sequence) or isinstance(args, str | bytes) or not args:
        return False
    words = [os.fspath(word) for word in args if isinstance(word, str | os.PathLike)]
    name = Path(words[0]).name if words else ""
    return (name.startswith("python") or name == "backstay") and not _CLOSED & set(words[1:4])


def _watched_environment(given: Any) -> dict[str, str]:
    environment = dict(os.environ if given is None else given)
    paths = [_SITE, environment.get("PYTHONPATH", "")]
    return {**environment, watch.FILE: os.environ[watch.FILE], "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def _nothing_was_stopped() -> None:
    told = watch.drain()
    if told:
        pytest.fail("the agent was about to do what nobody approved:\n" + "\n".join(told), pytrace=False)
