"""Works an agenda off with several hands, one account a hand; stops gracefully when somebody presses Ctrl-C.

The hands are daemon threads: at a second Ctrl-C the process may end at once, whatever is under way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from backstay_agent.agenda import Agenda
from backstay_contract.plan import Action


def work(agenda: Agenda, do: Callable[[Action], None], hands: int, stop: threading.Event) -> None:
    """Do every action of the agenda; what `do` raises is raised here, after what was under way has ended.

    The first KeyboardInterrupt sets `stop` and waits for what is under way (`do` is expected to pass over the rest);
    the second one is raised at once.
    """
    crew = _Crew(agenda, do)
    threads = [threading.Thread(target=crew.loop, name=f"backstay-{n}", daemon=True) for n in range(max(1, hands))]
    for thread in threads:
        thread.start()
    try:
        _join(threads)
    except KeyboardInterrupt:
        stop.set()
        _join(threads)
    if crew.error is not None:
        raise crew.error


def _join(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join()


class _Crew:
    """What the hands share."""

    def __init__(self, agenda: Agenda, do: Callable[[Action], None]) -> None:
        self._agenda = agenda
        self._do = do
        self._turn = threading.Condition()
        self.error: BaseException | None = None

    def loop(self) -> None:
        """One hand: take, do, settle, until nothing is left or something went wrong that is no outcome."""
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
