"""Whether something passing went wrong while a thread read: what is tried again later may then be another answer.

Readers bear some refusals in silence (who may not list buckets takes those that have tags). Where the refusal is no
refusal, but throttling or silence, what they read is good for today's report and not to be kept for another.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from backstay_agent.aws import Aws, Call
from backstay_agent.aws.attempts import NO_ANSWER, NO_CREDENTIALS
from backstay_agent.aws.classes import classify

_PASSING = frozenset({"throttle", "server", "timeout", "expired", "skew"})
_OURS = frozenset({NO_ANSWER, NO_CREDENTIALS})


class Watch:
    """Counts, for each thread, the calls that failed for a reason that passes."""

    def __init__(self) -> None:
        self._of_thread = threading.local()

    @property
    def count(self) -> int:
        """How many of this thread's calls failed so."""
        return int(getattr(self._of_thread, "count", 0))

    def heard(self, call: Call) -> None:
        """Take note of a call that has ended, on the thread that made it."""
        if call.code is not None and (call.code in _OURS or classify(call.code, "", None, None) in _PASSING):
            self._of_thread.count = self.count + 1


class Seen:
    """What came to light in a watched block."""

    passing = False


_watches: WeakKeyDictionary[Aws, Watch] = WeakKeyDictionary()
_lock = threading.Lock()


@contextmanager
def watched(aws: Aws) -> Iterator[Seen]:
    """Within it, failures that pass are noticed; the answer stands when it is left."""
    with _lock:
        if aws not in _watches:
            _watches[aws] = Watch()
            aws.listen(_watches[aws].heard)
        watch = _watches[aws]
    before, seen = watch.count, Seen()
    yield seen
    seen.passing = watch.count > before
