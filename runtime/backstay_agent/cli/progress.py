"""A progress bar where somebody watches a terminal, and nothing, or one plain line, where not."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any


class Progress:
    """Progress of one step, on standard error. rich is imported only when a bar is drawn."""

    def __init__(self, step: str, *, quiet: bool = False, plain: bool = False) -> None:
        """`plain`: say at the end in one line what was done, where there is no terminal."""
        self._step = step
        self._drawn = not quiet and sys.stderr.isatty()
        self._plain = plain and not quiet and not self._drawn
        self._bars: dict[str, Any] = {}
        self._rich: Any = None
        self._last: dict[str, tuple[int, int]] = {}

    def __enter__(self) -> Progress:
        if self._drawn:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bars

            columns = (TextColumn("  {task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._rich = Bars(*columns, console=Console(stderr=True), transient=True)
            self._rich.start()
        return self

    def set(self, done: int, total: int, step: str | None = None) -> None:
        """Say how far a step is."""
        name = step or self._step
        self._last[name] = (done, total)
        if self._rich is not None:
            if name not in self._bars:
                self._bars[name] = self._rich.add_task(name, total=total)
            self._rich.update(self._bars[name], completed=done, total=total)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._rich is not None:
            self._rich.stop()
        if self._plain and self._last:
            told = ", ".join(f"{name} {done}/{total}" for name, (done, total) in self._last.items())
            print(f"{self._step}: {told}", file=sys.stderr)
