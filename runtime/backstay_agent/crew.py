"""Works an agenda off with several hands, one account a hand; stops gracefully when somebody presses Ctrl-C.

The hands are daemon threads: at a second Ctrl-C the process may end at once, whatever is under way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from backstay_agent.agenda import Agenda
from backstay_contract.plan import Action

_PATIENCE = 0.1


def work(agenda: Agenda, do: Callable[[Action], None], hands: int, stop: threading.Event) -> None:
    """Do every action of the agenda; what `do` raises is raised here, after what was under way has ended.

    The first KeyboardInterrupt sets `stop` and waits for what is under way (`do` is expected to pass over the rest);
    the second one is raised at once.
    """
    crew = _Crew(agenda, do, max(1, hands))
    for number in range(max(1, hands)):
        threading.Thread(target=crew.work, name=f"backstay-{number}", daemon=True).start()
    try:
        crew.wait()
    except KeyboardInterrupt:
        stop.set()
        crew.wait()
    if crew.error is not None:
        raise crew.error


class _Crew:
    """What the hands share."""

    def __init__(self, agenda: Agenda, do: Callable[[Action], None], hands: int) -> None:
        self._agenda = agenda
        self._do = do
        self._working = hands
        self._ended = threading.Event()
        self._turn = threading.Condition()
        self.error: BaseException | None = None

    def wait(self) -> None:
        """Until every hand has ended; never for long at a time, so that a signal to another thread is heeded.

        Not by `Thread.join`: interrupted, it takes a thread that works for one that has ended.
        """
        while not self._ended.wait(_PATIENCE):
            pass

    def work(self) -> None:
        """One hand, from beginning to end."""
        try:
            self._loop()
        finally:
            with self._turn:
                self._working -= 1
                if self._working == 0:
                    self._ended.set()

    def _loop(self) -> None:
        """Take, do, settle, until nothing is left or something went wrong that is no outcome."""
        while (action := self._next()) is not None:
            try:
                self._do(action)
            except BaseException as error:
                with self._turn:
                    self.error = self.error or error
                    self._turn.notify_all()
                return
            with self._turn:
                self._agenda.settle(action)
                self._turn.notify_all()

    def _next(self) -> Action | None:
        with self._turn:
            while self.error is None and not self._agenda.done:
                action = self._agenda.take()
                if action is not None:
                    return action
                self._turn.wait()
            return None
