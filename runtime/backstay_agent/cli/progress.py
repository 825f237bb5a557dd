"""A progress bar where somebody watches a terminal, and one plain line, or nothing, where not."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backstay_agent.aws import Call

_WORTH_A_LINE = 20


class Progress:
    """Progress of one step, on standard error. rich is imported only when a bar is drawn.

    As a listener of calls (`aws.listen(progress.heard)`) it tells what AWS had to be asked again.
    """

    def __init__(self, step: str, *, quiet: bool = False, plain: bool = False) -> None:
        """`plain`: where there is no terminal, say at the end in one line what was done, however little it was."""
        self._step = step
        self._drawn = not quiet and sys.stderr.isatty()
        self._told = not quiet and not self._drawn
        self._always = plain
        self._bars: dict[str, Any] = {}
        self._rich: Any = None
        self._last: dict[str, tuple[int, int]] = {}
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._calls = self._throttled = self._again = 0

    def __enter__(self) -> Progress:
        if self._drawn:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bars

            columns = (
                TextColumn("  {task.description:<12}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.fields[retried]}"),
            )
            self._rich = Bars(*columns, console=Console(stderr=True), transient=True)
            self._rich.start()
        return self

    def set(self, done: int, total: int, step: str | None = None) -> None:
        """Say how far a step is."""
        name = step or self._step
        self._last[name] = (done, total)
        if self._rich is not None:
            if name not in self._bars:
                self._bars[name] = self._rich.add_task(name, total=total, retried="")
            self._rich.update(self._bars[name], completed=done, total=total, retried=self.retried())

    def heard(self, call: Call) -> None:
        """Take note of a call that has ended; from any thread."""
        with self._lock:
            self._calls += 1
            self._throttled += call.throttled
            self._again += call.retries - call.throttled

    def retried(self) -> str:
        """How often AWS had to be asked again: `3 throttled, 1 failed, retried`; empty where all went well."""
        with self._lock:
            counts = ((self._throttled, "throttled"), (max(0, self._again), "failed"))
        told = [f"{count} {word}" for count, word in counts if count]
        return f"{', '.join(told)}, retried" if told else ""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._rich is not None:
            self._rich.stop()
        much = any(total >= _WORTH_A_LINE for _, total in self._last.values())
        if self._told and self._last and (self._always or much or self.retried()):
            print(f"{self._step}: {self._summary()}", file=sys.stderr)

    def _summary(self) -> str:
        steps = [
            f"{done}/{total}" if name == self._step else f"{name} {done}/{total}"
            for name, (done, total) in self._last.items()
        ]
        calls = [f"{self._calls} calls in {time.monotonic() - self._began:.0f} s"] if self._calls else []
        return ", ".join([*steps, *calls, *filter(None, [self.retried()])])
