"""What many threads want to know is asked once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """Answers by question. Who asks while another is finding out waits for that answer. A failure is no answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asking: dict[Hashable, threading.Lock] = {}
        self._known: dict[Hashable, T] = {}

    def get(self, question: Hashable, find: Callable[[], T], keep: Callable[[T], bool] = lambda _: True) -> T:
        """The answer to a question; `find` finds it out, `keep` says of an answer whether it is good for all."""
        with self._lock:
            if question in self._known:
                return self._known[question]
            asking = self._asking.setdefault(question, threading.Lock())
        with asking:
            if question in self._known:
                return self._known[question]
            answer = find()
            if keep(answer):
                self._known[question] = answer
            return answer
