"""What may be done next: the actions of a plan as a graph, taken account by account. Pure bookkeeping, no thread.

An account does one action at a time; an account that has begun goes on before another one begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush

from backstay_agent import order
from backstay_contract.plan import Action


class Agenda:
    """The actions that are left, in the plan's order as far as that is free."""

    def __init__(self, actions: Sequence[Action]) -> None:
        """`actions` in the plan's order; each is ready when those that it rests on or waits for have been settled."""
        self._actions = {action.id: action for action in actions}
        self._position = {action.id: number for number, action in enumerate(actions)}
        soft = order.waits(actions)
        self._left = {
            action.id: ({*action.after_actions} & self._actions.keys()) | set(soft[action.id]) for action in actions
        }
        self._after: dict[str, list[str]] = {}
        for identity, before in self._left.items():
            for one in before:
                self._after.setdefault(one, []).append(identity)
        self._ready: dict[str, list[tuple[int, str]]] = {}
        for identity, before in self._left.items():
            if not before:
                self._offer(identity)
        self._free = [((True, waiting[0][0]), account) for account, waiting in self._ready.items()]
        heapify(self._free)
        self._begun: set[str] = set()
        self._busy: set[str] = set()
        self._open = len(self._actions)

    def _offer(self, identity: str) -> None:
        heappush(self._ready.setdefault(self._actions[identity].account, []), (self._position[identity], identity))

    @property
    def done(self) -> bool:
        """Whether every action is settled."""
        return self._open == 0

    def take(self) -> Action | None:
        """The next action whose account does nothing else; None when all that is left waits for what is under way."""
        while self._free:
            _, account = heappop(self._free)
            if account in self._busy or not self._ready.get(account):
                continue
            _, identity = heappop(self._ready[account])
            self._busy.add(account)
            self._begun.add(account)
            return self._actions[identity]
        return None

    def settle(self, action: Action) -> None:
        """An action has ended, well or not; what waited for it may be ready now."""
        self._open -= 1
        self._busy.discard(action.account)
        touched = {action.account}
        for identity in self._after.get(action.id, ()):
            self._left[identity].discard(action.id)
            if not self._left[identity]:
                self._offer(identity)
                touched.add(self._actions[identity].account)
        self._announce(touched)

    def _announce(self, accounts: Iterable[str]) -> None:
        for account in sorted(accounts):
            if self._ready.get(account) and account not in self._busy:
                heappush(self._free, ((account not in self._begun, self._ready[account][0][0]), account))
