"""AWS for an agent that can be asked to stop: the calls in flight are finished, and no further one is begun."""

from __future__ import annotations

import threading
from typing import Any

from backstay_agent.aws.aws import Aws
from backstay_agent.aws.endpoint import Endpoint
from backstay_agent.aws.errors import AwsProblem

STOPPING = "Stopping"
"""The code of a call that was not made, because the agent is being stopped."""


class StoppableAws(Aws):
    """The way to AWS, until `stop` is set."""

    def __init__(self, endpoint: Endpoint, stop: threading.Event) -> None:
        """Nothing is called yet."""
        super().__init__(endpoint)
        self._stop = stop

    @property
    def stopped(self) -> bool:
        """Whether no further call is begun."""
        return self._stop.is_set()

    def call(self, account: str, region: str, service: str, operation: str, **members: Any) -> dict[str, Any]:
        """One call, unless the agent is being stopped: then AwsProblem with the code `Stopping`."""
        if self._stop.is_set():
            raise AwsProblem(account, region, operation, STOPPING, "not called: the agent is being stopped")
        return super().call(account, region, service, operation, **members)
