"""The line between an agent's process and the process that AWS lives in: frames over a socket, one at a time.

On the agent's side it hangs at botocore's last step before a request leaves, so that the whole of the agent, retries
and all, is what it is on AWS. On AWS's side whoever serves the line sees every call, and decides what becomes of it.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

_LENGTH = struct.Struct("!I")
_real_sleep = time.sleep
_sleeping: list[Callable[[float], None]] = [_real_sleep]


def sleep(seconds: float) -> None:
    """What `time.sleep` is in these processes: real, or, in an agent, a word to AWS that so much time goes by."""
    _sleeping[-1](seconds)


time.sleep = sleep  # before the agent is imported, for it keeps the function in default arguments


@dataclass(frozen=True, slots=True)
class Call:
    """One call on its way: botocore's request, and the operation that it is for."""

    service: str
    operation: str
    method: str
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Slept:
    """The agent let time go by."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The agent's process came to its end by itself: its exit code, what it wrote.

    Also which modules it had to load and which clients it had to make, so that the next one need not.
    """

    code: int
    output: str
    loaded: tuple[str, ...] = ()
    clients: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What AWS answers; with `cut` it answers nothing, with `die` the agent's process ends as it hears it."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: Literal["before", "after"] | None = None
    die: bool = False


class Line:
    """One end of the line."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._lock = threading.Lock()

    def ask(self, frame: Call | Slept) -> Answer:
        """Send a frame and wait for what comes back; other threads of the process wait for their turn."""
        with self._lock:
            self.send(frame)
            answer = self.receive()
        if not isinstance(answer, Answer) or answer.die:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    def send(self, frame: Any) -> None:
        """One frame out. The other side may be dead; then nobody hears it."""
        data = pickle.dumps(frame)
        try:
            self._end.sendall(_LENGTH.pack(len(data)) + data)
        except (BrokenPipeError, ConnectionResetError):
            return

    def receive(self) -> Any:
        """One frame in; None when the other side is dead."""
        head = self._exactly(_LENGTH.size)
        body = self._exactly(_LENGTH.unpack(head)[0]) if head else None
        return pickle.loads(body) if body else None

    def close(self) -> None:
        """Hang up."""
        self._end.close()

    def _exactly(self, size: int) -> bytes | None:
        data = b""
        while len(data) < size:
            try:
                piece = self._end.recv(size - len(data))
            except ConnectionResetError:
                return None
            if not piece:
                return None
            data += piece
        return data


def hang_on(line: Line) -> None:
    """From now on every call of this process goes over the line, and so does every pause that it makes."""
    from botocore.awsrequest import AWSResponse
    from botocore.exceptions import ConnectionClosedError, EndpointConnectionError
    from botocore.handlers import BUILTIN_HANDLERS

    from backstay_local.transport import Raw

    def carry(request: Any, event_name: str, **_: Any) -> Any:
        _, service, operation = event_name.split(".")
        headers = {name: _text(value) for name, value in request.headers.items()}
        answer = line.ask(Call(service, operation, request.method, request.url, headers, _bytes(request.body)))
        if answer.cut is not None:
            broken = ConnectionClosedError if answer.cut == "after" else EndpointConnectionError
            raise broken(endpoint_url=request.url, error="cut")
        return AWSResponse(request.url, answer.status, answer.headers, Raw(answer.body))

    BUILTIN_HANDLERS.append(("before-send", carry))
    _sleeping.append(lambda seconds: _ignore(line.ask(Slept(seconds))))


def _ignore(_: Answer) -> None:
    return None


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return bytes(body if isinstance(body, bytes | bytearray) else body.read())
