"""A no-op plan in a process of its own: `planned.py URL KEY SECRET BUILD [CALLS]` prints what it cost as JSON.

With CALLS, what was called is written there, for the bare loop; that run is not to be measured.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from pathlib import Path
from typing import Any

from backstay_agent.aws import Aws, Call, Endpoint
from backstay_agent.observe import observe
from backstay_agent.observed import Observed
from backstay_agent.planner import plan_changes
from backstay_agent.read_build import read_build
from backstay_contract.plan import Scope


def objects(observed: Observed) -> int:
    """Vaults, locks, policies, notifications, plans and selections that were seen."""
    vaults = [vault for place in observed.places.values() for vault in place.vaults.values()]
    around = sum(part is not None for it in vaults for part in (it.lock, it.policy, it.notifications))
    return len(vaults) + around + sum(1 + len(plan.selections) for it in observed.places.values() for plan in it.plans)


class Recorder:
    """Every call with its members: botocore tells those on the thread that is told of the call's end afterwards."""

    def __init__(self, aws: Aws) -> None:
        self.calls: list[tuple[str, str, str, str, Any]] = []
        self._members = threading.local()
        aws.botocore_session.register("provide-client-params", self.given)
        aws.listen(self.ended)

    def given(self, params: Any, **_: Any) -> None:
        """What is about to be sent."""
        self._members.last = params

    def ended(self, call: Call) -> None:
        """What was sent, and where."""
        self.calls.append((call.account, call.region, call.service, call.operation, self._members.last))


def main(url: str, key: str, secret: str, build: str, record: str | None = None) -> None:
    """Plan once."""
    began = time.perf_counter()
    loaded, scope = read_build(Path(build)), Scope(folder=build)
    aws = Aws(Endpoint(url, region="eu-central-1", keys=(key, secret)))
    heard: list[str] = []
    aws.listen(lambda call: heard.append(call.operation))
    recorder = Recorder(aws) if record else None
    observed = observe(loaded, aws, scope)
    read = time.perf_counter()
    decided = plan_changes(loaded, observed, scope)
    if decided.actions or decided.unreadable:
        raise SystemExit(f"no no-op: {decided.actions[:3]} {decided.unreadable[:3]}")
    if record and recorder:
        Path(record).write_text(json.dumps(recorder.calls))
    told = {
        "calls": len(heard),
        "objects": objects(observed),
        "reading": read - began,
        "seconds": time.perf_counter() - began,
        "processor": time.process_time(),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
