"""One connection of the HTTP server: an answer leaves in one piece, a caller that asks again at once is not put away.

cheroot sends the head of an answer before its body, so that a process killed between the two leaves what reads as an
empty success; it reads through Python's own `_pyio`, and hands a connection from thread to thread between two requests.
"""

from __future__ import annotations

import io
import select
import socket
from typing import Any

from cheroot.server import HTTPConnection, HTTPRequest

_HELD = 1 << 18
"""Bytes of an answer that are kept back until it is whole; what is larger goes out in parts of this size."""
_LINGER = 3
"""Milliseconds for which a thread waits for the next request of a connection, as long as another thread is free."""


class _Source(socket.SocketIO):
    """A socket that counts what came out of it."""

    received = 0

    def readinto(self, buffer: Any) -> int | None:
        count = super().readinto(buffer)
        self.received += count or 0
        return count


class Reader(io.BufferedReader):
    """What cheroot asks of the reading end."""

    def __init__(self, sock: socket.socket) -> None:
        self._source = _Source(sock, "r")
        super().__init__(self._source)
        self.bytes_read = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """At most `size` bytes, waiting for them."""
        found = super().read(size)
        self.bytes_read += len(found)
        return found

    def readline(self, size: int | None = -1, /) -> bytes:
        """A line, at most `size` bytes of it."""
        found = super().readline(size)
        self.bytes_read += len(found)
        return found

    def has_data(self) -> bool:
        """Whether something was received that nobody has read yet."""
        return self._source.received > self.bytes_read


class Writer:
    """What cheroot asks of the writing end; while it is told to hold, bytes wait until they are flushed."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._waiting = bytearray()
        self.hold = False
        self.bytes_written = 0

    def write(self, data: bytes) -> int:
        """Send, or keep back."""
        self._waiting += data
        self.bytes_written += len(data)
        if not self.hold or len(self._waiting) > _HELD:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Send what is waiting."""
        if self._waiting:
            self._sock.sendall(self._waiting)
            self._waiting = bytearray()


class Request(HTTPRequest):
    """A request whose answer is sent when it is whole; one that fails on the way is not answered by half."""

    def respond(self) -> None:
        """Answer."""
        writer = self.conn.wfile
        writer.hold = True
        try:
            super().respond()
        finally:
            writer.hold = False
        writer.flush()


class Connection(HTTPConnection):
    """A connection that stays with its thread for a moment between two requests."""

    RequestHandlerClass = Request

    def __init__(self, server: Any, sock: socket.socket, makefile: Any = None) -> None:  # noqa: ARG002
        """`makefile` is cheroot's way to its own two ends, which are not used."""
        super().__init__(server, sock, lambda one, mode, _size: (Reader if "r" in mode else Writer)(one))
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)

    def communicate(self) -> bool:
        """Answer requests as long as they follow at once; whether the connection is to be kept."""
        while super().communicate():  # type: ignore[no-untyped-call]
            if not self._asks_again():
                return True
        return False

    def _asks_again(self) -> bool:
        if self.rfile.has_data():
            return True
        return self.server.requests.idle > 0 and bool(self._poll.poll(_LINGER))
