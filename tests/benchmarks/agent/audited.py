"""An audit's reading in a process of its own: `audited.py URL KEY SECRET BUILD [CALLS]` prints what it cost as JSON.

Every shard is kept, as `backstay audit` keeps them, in a folder that goes with the process. With CALLS, what was called
is written there, for the bare loop; that run is not to be measured.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from planned import Recorder

from backstay_agent.audit.collect import Reuse, collect
from backstay_agent.audit.kept import kept_at
from backstay_agent.audit.locations import Local
from backstay_agent.audit.workers import Threads
from backstay_agent.aws import Aws, Endpoint
from backstay_agent.read_build import read_build


def main(url: str, key: str, secret: str, build: str, record: str | None = None) -> None:
    """Read everything once, as `backstay audit` does."""
    began = time.perf_counter()
    loaded = read_build(Path(build))
    aws = Aws(Endpoint(url, region="eu-central-1", keys=(key, secret)))
    heard: list[str] = []
    aws.listen(lambda call: heard.append(call.operation))
    recorder = Recorder(aws) if record else None
    with tempfile.TemporaryDirectory() as folder:
        kept = kept_at(Local(Path(folder)), loaded, aws)
        facts = collect(loaded, aws, Threads(loaded, aws), reuse=Reuse(kept))
        if kept.failure:
            raise SystemExit(kept.failure)
    partial = [place.unread for place in facts.places if place.unread]
    if facts.unread or partial:
        raise SystemExit(f"not all could be read: {facts.unread[:3]} {partial[:3]}")
    if record and recorder:
        Path(record).write_text(json.dumps(recorder.calls))
    told = {
        "calls": len(heard),
        "places": len(facts.places),
        "seconds": time.perf_counter() - began,
        "processor": time.process_time(),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
