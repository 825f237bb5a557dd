"""The channels through which alerts leave: one a file."""

from __future__ import annotations

from typing import Protocol

from backstay_agent.reconcile.message import Message


class DeliveryError(Exception):
    """A message that did not get through; the alerts in it are told again in the next round."""


class Channel(Protocol):
    """A way out. `name` is what the state and the metrics call it."""

    name: str

    def send(self, message: Message) -> None:
        """Deliver; raises DeliveryError."""
        ...
