"""Pulling the plug: a run that is cut ends with what it has and names the rest, and another one completes it."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from tests.runtime.audit.sites import (
    AWAY,
    PAYMENTS,
    REGION,
    RISK,
    SHARDS,
    Audit,
    asked,
    close,
    findings,
    table,
)

BACKSTAY = Path(sys.executable).with_name("backstay")


def waits(cloud: Any, fault: str, *, struck: int = 1, patience: float = 60.0) -> None:
    """Wait until a fault has befallen somebody."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        entry = next(entry for entry in cloud.local.faults.list() if entry.id == fault)
        if entry.tally.struck >= struck:
            return
        time.sleep(0.05)
    raise AssertionError("the call never came")


def test_an_account_that_was_denied_is_read_alone_the_next_time(cloud: Any, site: Path, audit: Audit) -> None:
    """The run ends with the others and names it; with --resume nothing else is read, and the report is whole."""
    undisturbed = findings(audit(site, "--format", "json"))
    cloud.local.advance(timedelta(seconds=2))  # AWS tells its time in seconds: what is read in one counts as one run's
    reopen = close(cloud, RISK)
    cut = audit(site, "--format", "json")
    assert cut.exit_code == 3
    assert "Incomplete: risk-prod.\nWhat is missing is read by the same command with --resume." in cut.stderr
    assert {it["status"] for it in findings(cut) if it["account"] == RISK} == {"UNKNOWN"}
    reopen()
    others, own = asked(cloud, account=PAYMENTS), asked(cloud, account=RISK)
    completed = audit(site, "--format", "json", "--resume")
    assert completed.exit_code == 1
    assert "3 of 4 shards were read before and taken as they are; the report says when." in completed.stderr
    assert findings(completed) == undisturbed
    assert others() == 0
    assert own() > 0


def test_a_run_that_was_whole_is_not_resumed(site: Path, audit: Audit) -> None:
    """It is said, and everything is read: no old facts are passed off as new ones. Each scope has runs of its own."""
    assert audit(site, "--account", "risk-prod").exit_code == 1
    assert "no run over this build was kept" in audit(site, "--resume").stderr
    again = audit(site, "--resume")
    assert "Nothing to resume: the last run was complete." in again.stderr
    assert "taken as they are" not in again.stderr


@pytest.mark.long
def test_a_cut_run_of_yesterday_is_too_old(cloud: Any, site: Path, audit: Audit) -> None:
    """After a day by AWS's clock everything is read again, and that is said."""
    reopen = close(cloud, RISK)
    assert audit(site).exit_code == 3
    reopen()
    cloud.local.advance(timedelta(hours=25))
    completed = audit(site, "--resume")
    assert "UTC, more than a day ago" in completed.stderr
    assert "taken as they are" not in completed.stderr


def test_old_facts_are_taken_on_request_and_told_oldest_first(cloud: Any, site: Path, audit: Audit) -> None:
    """Shards within the age are not read; text and page say when each was, the oldest first."""
    audit(site, "--account", "risk-prod")
    cloud.local.advance(timedelta(hours=2))
    audit(site, "--account", "payments-prod")
    cloud.local.advance(timedelta(hours=1))
    calls = asked(cloud, account=RISK)
    done = audit(site, "--reuse-within", "6h")
    assert calls() == 0
    told = [line.strip() for line in done.stdout.splitlines() if "before this audit, and not again" in line]
    assert [line.split(",")[0].split()[-1] for line in told] == ["risk-prod", "payments-prod"]
    assert "UTC, 3 h" in told[0]
    assert "UTC, 1 h" in told[1]
    page = Path(done.stdout.splitlines()[-1].split()[1]).read_text(encoding="utf-8")
    assert "What was read before this audit" in page
    younger = audit(site, "--reuse-within", "90m")
    assert calls() > 0
    assert "risk-prod, eu-central-1: read at" not in younger.stdout


@pytest.mark.long
def test_what_was_kept_is_taken_only_where_it_is_the_same(cloud: Any, site: Path, audit: Audit) -> None:
    """A damaged shard, one of another role, and one of another shape of facts are read again, without a word."""
    audit(site)
    everything = ("--reuse-within", "1h")
    calls = asked(cloud, account=PAYMENTS)
    audit(site, *everything)
    assert calls() == 0
    (kept,) = SHARDS.glob(f"*/{PAYMENTS}/{REGION}.json.gz")
    whole = kept.read_bytes()
    document = json.loads(gzip.decompress(whole))
    changed = {**document, "place": {**document["place"], "plans": []}}
    older = {**document, "rows": "0" * 32}
    for body in (
        b"",
        whole[:-9],
        gzip.compress(json.dumps(changed).encode()),
        gzip.compress(json.dumps(older).encode()),
    ):
        kept.write_bytes(body)
        before = calls()
        audit(site, *everything)
        assert calls() > before
        assert kept.read_bytes() != body
    before = calls()
    audit(site, *everything, "--role-name", "OrganizationAccountAccessRole")
    assert calls() > before


@pytest.mark.parametrize("word", ["6", "-1h", "h", "0h", "a week"])
def test_what_is_no_age_is_refused(audit: Audit, word: str) -> None:
    """One sentence and exit code 2."""
    done = audit("build", "--reuse-within", word)
    assert done.exit_code == 2
    assert "is no age: say 30m, 6h or 2d" in done.stderr


def test_buckets_that_could_not_be_listed_are_told(cloud: Any, site: Path, audit: Audit) -> None:
    """Those without tags are missing from the resources then, which no control can know: the report says so."""
    cloud.local.faults.add("expired", "s3:ListBuckets", account=PAYMENTS)
    done = audit(site)
    assert done.exit_code == 3
    assert "Incomplete: payments-prod eu-central-1." in done.stderr
    assert re.search(r"payments-prod, eu-central-1: buckets not readable: \w+ from ListBuckets", done.stdout)
    cloud.local.faults.clear()
    whole = audit(site, "--resume")
    assert (whole.exit_code, "buckets" in whole.stdout) == (1, False)


# --- Processes that end -----------------------------------------------------------------------------------------------


def started(folder: Path, *words: str | Path) -> subprocess.Popen[str]:
    """`backstay audit …` in a process of its own."""
    return subprocess.Popen(
        [BACKSTAY, "audit", *words], cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_an_interrupted_run_ends_with_what_it_has(cloud: Any, site: Path, audit: Audit, tmp_path: Path) -> None:
    """Ctrl-C finishes the calls in flight, prints the report with the rest unknown, and --resume completes it."""
    undisturbed = findings(audit(site, "--format", "json"))
    cloud.local.advance(timedelta(minutes=1))  # or what it read is young enough to be taken
    slow = cloud.local.faults.add("slow", "backup:ListBackupVaults", account=RISK, seconds=2.0)
    with started(tmp_path, site, "--format", "json") as process:
        waits(cloud, slow)
        process.send_signal(signal.SIGINT)
        told, complaint = process.communicate(timeout=60)
    assert process.returncode == 3, complaint
    report = json.loads(told)
    cut = [it for it in report["findings"] if it["account"] == RISK]
    assert {it["reason"] for it in cut} == {"not readable: interrupted before it was read"}
    assert "risk-prod" in complaint
    assert "Traceback" not in complaint
    cloud.local.faults.clear()
    own = asked(cloud, account=RISK)
    completed = audit(site, "--format", "json", "--resume")
    assert findings(completed) == undisturbed
    assert own() > 0


@pytest.mark.long
def test_a_killed_run_is_completed(cloud: Any, site: Path, audit: Audit, tmp_path: Path) -> None:
    """Nothing of a run is told that is killed at once; what it had read is taken by the one that completes it."""
    undisturbed = findings(audit(site, "--format", "json"))
    cloud.local.advance(timedelta(minutes=1))
    slow = cloud.local.faults.add("slow", "backup:ListBackupPlans", account=RISK, seconds=5.0)
    with started(tmp_path, site, "--format", "json") as process:
        waits(cloud, slow)
        until = time.monotonic() + 30
        while len(list(SHARDS.glob("*/*/*.gz"))) < 3 and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(1)
        process.kill()
        process.communicate()
    cloud.local.faults.clear()
    others = asked(cloud, account=PAYMENTS)
    completed = audit(site, "--format", "json", "--resume")
    assert findings(completed) == undisturbed
    assert others() == 0


def children(process: int) -> list[int]:
    """The processes that a process has started."""
    listed = Path(f"/proc/{process}/task/{process}/children")
    return [int(word) for word in listed.read_text(encoding="utf-8").split()]


def alive(process: int) -> bool:
    """Whether a process is there and not just waiting to be taken note of."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="there is no /proc here")
def test_killed_workers_cost_nothing_but_time(cloud: Any, site: Path, audit: Audit, tmp_path: Path) -> None:
    """Every process that reads is killed once: others take its shards, and the report is the same."""
    undisturbed = findings(audit(site, "--format", "json"))
    slow = cloud.local.faults.add("slow", "backup:ListBackupPlans", seconds=2.0)
    with started(tmp_path, site, "--format", "json", "--executor", "processes") as process:
        waits(cloud, slow, struck=2)
        for worker in children(process.pid):
            os.kill(worker, signal.SIGKILL)
        cloud.local.faults.clear()
        told, complaint = process.communicate(timeout=120)
    assert process.returncode == 1, complaint
    assert json.loads(told)["findings"] == undisturbed


@pytest.mark.long
def test_an_interruption_at_the_terminal_ends_processes(cloud: Any, site: Path, audit: Audit, tmp_path: Path) -> None:
    """Ctrl-C reaches the whole group: the report comes, no worker complains, and none is left behind."""
    cloud.local.faults.add("slow", "backup:ListBackupPlans", seconds=20.0)
    slow = cloud.local.faults.list()[0].id
    command = [BACKSTAY, "audit", site, "--format", "json", "--executor", "processes"]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "start_new_session": True}
    with subprocess.Popen(command, cwd=tmp_path, text=True, **pipes) as process:
        waits(cloud, slow, struck=2)
        workers = children(process.pid)
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        told, complaint = process.communicate(timeout=60)
    assert time.monotonic() - began < 15
    assert process.returncode == 3
    assert {it["reason"] for it in json.loads(told)["findings"]} == {"not readable: interrupted before it was read"}
    assert "Traceback" not in complaint
    until = time.monotonic() + 10
    while any(map(alive, workers)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(map(alive, workers))


@pytest.mark.long
def test_throttling_and_a_silent_region_end_in_unknown(
    cloud: Any, builds: Any, run: Callable[..., Result], audit: Audit, tmp_path: Path
) -> None:
    """Patience ends: what it was lost on is named with AWS's reason, the rest is judged, and a rerun completes it."""
    build = two_regions(builds, tmp_path / "build")
    assert run("apply", build, "--yes").exit_code == 0
    table(cloud)
    undisturbed = findings(audit(build, "--format", "json"))
    cloud.local.faults.add("throttle", "backup:ListBackupPlans", account=RISK, region=REGION)
    cloud.local.faults.add("unreachable", "*:*", region=AWAY)
    cut = audit(build, "--format", "json")
    assert cut.exit_code == 3
    away = [it for it in findings(cut) if it["region"] == AWAY]
    assert {it["status"] for it in away} == {"UNKNOWN"}
    here = [it for it in findings(cut) if (it["account"], it["region"]) == (PAYMENTS, REGION)]
    assert here == [it for it in undisturbed if (it["account"], it["region"]) == (PAYMENTS, REGION)]
    throttled = [it["reason"] for it in findings(cut) if (it["account"], it["region"]) == (RISK, REGION)]
    assert any("Throttl" in reason or "Rate exceeded" in reason for reason in throttled)
    cloud.local.faults.clear()
    others = asked(cloud, account=PAYMENTS, region=REGION)
    completed = audit(build, "--format", "json", "--resume")
    assert findings(completed) == undisturbed
    assert others() == 0


def two_regions(builds: Any, folder: Path) -> Path:
    """The build of two accounts, which get the same in a second Region."""
    from backstay_contract.canonical import digest, pretty

    builds.write(folder)
    (shape,) = (folder / "shapes").iterdir()
    there = json.loads(shape.read_bytes().replace(REGION.encode(), AWAY.encode()))
    there["vault_notifications"] = []
    (folder / "shapes" / f"{digest(there)}.json").write_bytes(pretty(there))
    index = json.loads((folder / "index.json").read_bytes())
    for account in index["accounts"].values():
        account["regions"][AWAY] = digest(there)
    (folder / "index.json").write_bytes(pretty(index))
    return folder
