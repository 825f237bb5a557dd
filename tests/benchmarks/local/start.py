"""How long `backstay local up`'s server takes until it answers AWS Backup, and what it holds in memory then."""

from __future__ import annotations

import json
import subprocess
import sys

SERVED = """
import sys, threading, time
begun = time.perf_counter()
import urllib.request
from pathlib import Path
from backstay_local.app import LocalAws
with LocalAws(Path("data")) as aws, aws.serve() as url:
    aws.client("backup").list_backup_vaults() if "ask" in sys.argv else None
    seconds = time.perf_counter() - begun
    status = Path("/proc/self/status").read_text()
    print(seconds, int(status.partition("VmRSS:")[2].split()[0]) / 1024)
"""


def main() -> None:
    """The best of five starts on an empty folder."""
    runs = [_start() for _ in range(5)]
    seconds, memory = min(one[0] for one in runs), min(one[1] for one in runs)
    print(json.dumps({"name": "start seconds", "value": seconds, "detail": "from the first import until it listens"}))
    print(json.dumps({"name": "start megabytes", "value": memory, "detail": "before another service is touched"}))


def _start() -> tuple[float, float]:
    told = subprocess.run([sys.executable, "-c", SERVED], text=True, stdout=subprocess.PIPE, check=True).stdout.split()
    return float(told[0]), float(told[1])


if __name__ == "__main__":
    main()
