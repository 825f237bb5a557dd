"""A dashboard to be asked: what an audit left in a folder, and the command that serves it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.runtime.audit.organization import organization

from backstay_agent.audit import report, results
from backstay_agent.audit.evidence.write import pieces
from backstay_agent.audit.locations import Local
from backstay_agent.audit.result import judge
from backstay_agent.controls import parameters, registry
from backstay_agent.controls.facts import Facts, Job, Member
from backstay_agent.wanted import Build

NASTY = "<img src=x onerror=alert(1)>"


def facts() -> Facts:
    """Twelve accounts, one with a name that is markup, and jobs in another."""
    made = organization(12)
    members = (*made.members[:3], Member(made.members[3].id, NASTY, NASTY, governed=True), *made.members[4:])
    first, second, *places = made.places
    arn = second.resources[0].arn
    jobs = (
        Job("job-1", "backup", "COMPLETED", arn, "RDS", made.now, made.now),
        Job("job-2", "copy", "FAILED", arn, "RDS", made.now, made.now, f"no key {NASTY}"),
    )
    return replace(made, members=members, places=(first, replace(second, jobs=jobs), *places))


def keep(folder: Path, build: Build, found: Facts) -> str:
    """Leave what an audit leaves; gives its name."""
    controls = registry.controls()
    result = judge(found, controls, parameters.read([one.name for one in controls], ()))
    page, evidence = report.render(result.report, found), b"".join(pieces(result, build))
    results.keep(Local(folder), result.report, page, evidence)
    return results.name_of(result.report)


def served(folder: Path, *words: str) -> Iterator[str]:
    """Serve a folder by the command, as a user would; gives where."""
    command = [sys.executable, "-m", "backstay.cli.main", "serve", "--folder", str(folder), "--port", "0", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[0].rstrip("/")
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        assert "Traceback" not in errors
