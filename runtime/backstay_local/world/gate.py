"""Who may be inside the state of moto: many callers of one embedded AWS, or one who needs it to stand still."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Gate:
    """A shared/exclusive lock that also knows whose state is in place.

    moto keeps its state in module globals, so two embedded AWSs of one process take turns: a tenant may enter when the
    state is his, and it is exchanged only when nobody is inside. Entering again on the same thread never waits.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._alone = False
        self._depth = threading.local()
        self.tenant: object | None = None

    @contextmanager
    def shared(self, tenant: object, move_in: Callable[[], None]) -> Iterator[None]:
        """Be inside together with others of the same tenant; `move_in` is called if another's state is in place."""
        depth = getattr(self._depth, "value", 0)
        if depth == 0:
            with self._changed:
                while self._alone or (self.tenant is not tenant and self._inside > 0):
                    self._changed.wait()
                if self.tenant is not tenant:
                    move_in()
                    self.tenant = tenant
                self._inside += 1
        elif self.tenant is not tenant:
            raise RuntimeError("one embedded AWS was called from inside another")
        self._depth.value = depth + 1
        try:
            yield
        finally:
            self._depth.value = depth
            if depth == 0:
                with self._changed:
                    self._inside -= 1
                    self._changed.notify_all()

    @contextmanager
    def alone(self, tenant: object, move_in: Callable[[], None], patience: float) -> Iterator[bool]:
        """Be the only one inside. Yields False, without being alone, if others stay longer than `patience` seconds."""
        granted = self._close(tenant, move_in, patience)
        try:
            yield granted
        finally:
            if granted:
                with self._changed:
                    self._alone = False
                    self._changed.notify_all()

    def _close(self, tenant: object, move_in: Callable[[], None], patience: float) -> bool:
        until = time.monotonic() + patience
        with self._changed:
            while self._alone or self._inside > 0:
                left = until - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    return False
            self._alone = True
            if self.tenant is not tenant:
                move_in()
                self.tenant = tenant
            return True
