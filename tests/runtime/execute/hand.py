"""Applies builds in children that die at a chosen call. Reads one order a line, answers with the child's exit code.

Run as a script by the crash tests: it is warm and has one thread, so that each trial costs a fork and no start-up.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from backstay_agent.aws import Aws, Endpoint
from backstay_agent.execute import Execution
from backstay_agent.journal import Journal, path_of
from backstay_agent.observe import observe
from backstay_agent.planner import plan_changes
from backstay_agent.read_build import read_build
from backstay_contract.plan import Scope

KILLED = 137
_READS = ("Get", "List", "Describe", "Assume")


class Killer:
    """Ends the process at the n-th writing call: before it is sent, or after it was answered."""

    def __init__(self, number: int, when: str) -> None:
        self.left = number
        self.when = when

    def before(self, event_name: str, **_: Any) -> None:
        """botocore's `before-send`."""
        if self.when == "before":
            self._count(event_name)

    def after(self, event_name: str, **_: Any) -> None:
        """botocore's `after-call`."""
        if self.when == "after":
            self._count(event_name)

    def _count(self, event_name: str) -> None:
        if not event_name.rpartition(".")[2].startswith(_READS):
            self.left -= 1
            if self.left == 0:
                os._exit(KILLED)


def apply(order: dict[str, Any]) -> int:
    """Apply a build as `backstay apply` does, dying on the way if told to; the number of actions not done."""
    aws = Aws(Endpoint(url=order["url"], region="eu-central-1", keys=tuple(order["keys"])))
    killer = Killer(order["kill"], order["when"])
    aws.botocore_session.register("before-send", killer.before)
    aws.botocore_session.register("after-call", killer.after)
    build, scope = read_build(Path(order["build"])), Scope(folder=order["build"], only=tuple(order["only"]))
    plan = plan_changes(build, observe(build, aws, scope), scope)
    approved = [action.id for action in plan.actions] if order["approve"] == "all" else order["approve"]
    with Journal(path_of(plan.id, Path(order["journals"])), plan.id) as journal:
        outcomes = Execution(plan, aws, journal, approved, lambda outcome: None).run(1)
    return sum(outcome.status != "done" for outcome in outcomes)


def main() -> None:
    """Serve orders until the input ends."""
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            code = 99
            try:
                code = apply(order)
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
