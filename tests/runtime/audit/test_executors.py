"""Whoever reads the shards, the facts are the same bytes; and who dies takes nothing along but time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from backstay_agent.audit.batch import Read, Shard
from backstay_agent.audit.collect import collect
from backstay_agent.audit.gather import gather
from backstay_agent.audit.packed import pack
from backstay_agent.audit.workers import LostError, Patience, Processes, Threads, batch_size
from backstay_agent.controls.facts import Facts, Place
from backstay_agent.observed import Unread

PAYMENTS, RISK, CENTRAL, MANAGEMENT = "100000000010", "100000000011", "100000000002", "100000000001"
REGION = "eu-central-1"


def timeless(facts: Facts) -> bytes:
    """Facts as bytes, without when they were read."""
    places = tuple(replace(place, read=None) for place in facts.places)
    return pack(replace(facts, now=facts.now.replace(year=2000), ended=facts.now.replace(year=2000), places=places))[0:]


def same(one: Facts, other: Facts) -> bool:
    """Whether two collections read the same, each at its own time."""
    at = one.now
    return timeless(replace(one, now=at)) == timeless(replace(other, now=at))


@pytest.fixture
def site(cloud: Any, builds: Any, run: Callable[..., Result], tmp_path: Path) -> Path:
    """A build applied to two accounts, with a table in one of them."""
    build: Path = builds.write(tmp_path / "build")
    assert run("apply", build, "--yes").exit_code == 0
    cloud.client("dynamodb").create_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=[{"Key": "backup", "Value": "gold"}],
    )
    return build


class Scripted:
    """Workers that lose the shards that a function names, and note every batch."""

    stoppable = False

    def __init__(self, loses: Callable[[Shard], bool], rounds: int = 3, *, answers: bool = True) -> None:
        self.rounds, self.loses, self.answers = rounds, loses, answers
        self.batches: list[tuple[Shard, ...]] = []
        self.renewed = 0

    def size(self, shards: int) -> int:
        return 3

    def submit(self, shards: Sequence[Shard]) -> Future[Any]:
        self.batches.append(tuple(shards))
        future: Future[Any] = Future()
        if self.answers:
            future.set_result(shards)
        return future

    def read(self, done: Future[Any]) -> list[Read]:
        shards = done.result()
        if any(map(self.loses, shards)):
            raise LostError("it died")
        return [Read(Place(*shard), whole=True) for shard in shards]

    def gone(self) -> str | None:
        return None if self.answers else "nobody is left"

    def renew(self) -> None:
        self.renewed += 1

    def close(self) -> None:
        """Nobody to let go."""


SHARDS = [Shard(f"1000000000{number:02}", "eu-west-1") for number in range(7)]


def test_a_shard_that_kills_takes_no_other_along() -> None:
    """Its batch is read again shard by shard, and what is lost then each alone; it is named with the reason."""
    workers = Scripted(lambda shard: shard == SHARDS[4])
    arrived: list[Shard] = []
    found = gather(workers, SHARDS, lambda shard, _: arrived.append(shard))
    assert found.lost == {SHARDS[4]: "it died"}
    assert set(found.read) == set(arrived) == {*SHARDS} - {SHARDS[4]}
    assert [len(batch) for batch in workers.batches] == [3, 3, 1, 1, 1, 1, 1]
    assert workers.batches[-1] == (SHARDS[4],)
    assert workers.renewed == 2


def test_a_worker_that_dies_once_costs_nothing_but_time() -> None:
    """What was lost in the first round and read in the second is not missing."""
    workers = Scripted(lambda _: len(workers.batches) == 3 and workers.renewed == 0)
    found = gather(workers, SHARDS, lambda *_: None)
    assert (found.lost, len(found.read)) == ({}, 7)


def test_nobody_left_ends_the_wait() -> None:
    """Batches that will never end are lost with the reason, in all rounds together and at once."""
    workers = Scripted(lambda _: False, answers=False)
    found = gather(workers, SHARDS, lambda *_: None)
    assert found.lost == dict.fromkeys(SHARDS, "nobody is left")
    assert workers.renewed == 0


def test_an_interruption_leaves_what_was_not_begun() -> None:
    """After the stop no shard is waited for, and each is named as interrupted."""
    stop = threading.Event()
    stop.set()
    workers = Scripted(lambda _: False, answers=False)
    found = gather(workers, SHARDS, lambda *_: None, stop)
    assert found.lost == dict.fromkeys(SHARDS, "interrupted before it was read")


def test_batches_are_many_enough_and_small_enough() -> None:
    """Every worker gets several, one for each shard where there are few, and none has more than 64 shards."""
    assert [batch_size(*given) for given in ((1, 8), (40, 8), (640, 8), (1_000_000, 8))] == [1, 2, 20, 64]


def test_patience_begins_anew_whenever_somebody_is_there() -> None:
    """Only an absence that lasts is taken for good."""
    now = [0.0]
    patience = Patience(60, lambda: now[0])
    told = []
    for at, number in ((0, 0), (59, 0), (59.5, 1), (61, 0), (120, 0), (121, 0)):
        now[0] = at
        told.append(patience.over(number))
    assert told == [False, False, False, False, False, True]


def test_threads_and_processes_give_the_same_bytes(cloud: Any, builds: Any, site: Path) -> None:
    """What processes read through connections of their own is what threads read, byte for byte."""
    from backstay_agent.read_build import read_build

    build = read_build(site)
    aws = cloud.aws()
    by_threads = collect(build, aws, Threads(build, aws))
    by_processes = collect(build, aws, Processes(build, aws, 2))
    assert len(by_threads.places) == 4
    assert not by_threads.unread
    assert all(place.read is not None for place in by_processes.places)
    assert same(by_threads, by_processes)


def test_no_secret_is_in_what_travels(cloud: Any, builds: Any, tmp_path: Path) -> None:
    """A batch as it is sent holds neither the key nor its secret."""
    import pickle

    from backstay_agent.read_build import read_build

    build = read_build(builds.write(tmp_path / "build"))
    aws = cloud.aws()
    workers = Processes(build, aws, 1)
    sent = pickle.dumps(workers.task(SHARDS))
    workers.close()
    assert cloud.url.encode() in sent
    assert cloud.local.secret_key.encode() not in sent
    assert cloud.local.access_key.encode() not in sent


def test_a_worker_of_another_account_reads_nothing(cloud: Any, builds: Any, tmp_path: Path) -> None:
    """Facts that somebody else's credentials would give are not taken for the caller's."""
    from backstay_agent.audit.batch import read_batch, unpacked
    from backstay_agent.read_build import read_build

    build = read_build(builds.write(tmp_path / "build"))
    workers = Processes(build, cloud.aws(), 1)
    task = replace(workers.task([Shard(PAYMENTS, REGION)]), caller=RISK)
    workers.close()
    ((outcome, whole),) = map(unpacked, read_batch(task))
    assert isinstance(outcome, Unread)
    assert not whole
    assert outcome.error == f"the worker acts as account {MANAGEMENT}, and the audit as {RISK}: nothing was read"


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("ray", "'ray' is neither threads nor processes nor dask=tcp://HOST:PORT"),
        ("dask=", "'' is no address of a Dask scheduler: say dask=tcp://HOST:PORT"),
        ("dask=localhost:8786", "'localhost:8786' is no address of a Dask scheduler"),
        ("dask=tcp://localhost:99999", "'tcp://localhost:99999' is no address of a Dask scheduler"),
    ],
)
def test_who_is_nobody_is_refused(word: str, sentence: str) -> None:
    """Exit code 2 and one sentence, before anything is read."""
    from backstay_agent.cli.audit import audit

    result = CliRunner().invoke(audit, ["build", "--executor", word])
    assert result.exit_code == 2
    assert sentence in result.stderr.replace("\n", " ")


# --- Dask, in processes of its own --------------------------------------------------------------------------------

CLUSTER = """
import json, os, sys
from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        pids = [worker.pid for worker in cluster.workers.values()]
        print(json.dumps({"address": cluster.scheduler_address, "pids": pids}), flush=True)
        sys.stdin.read()
"""


@pytest.fixture
def cluster(cloud: Any, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A Dask cluster of two processes on this machine, whose workers have the caller's credentials."""
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, script], cwd=tmp_path, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.communicate("")


def audited(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """`backstay audit …` in a process of its own."""
    command = [Path(sys.executable).with_name("backstay"), "audit", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def findings(done: subprocess.CompletedProcess[str]) -> Any:
    """The findings of the JSON form."""
    return json.loads(done.stdout)["findings"]


@pytest.mark.long
def test_dask_and_threads_give_the_same_report(site: Path, cluster: Any, tmp_path: Path) -> None:
    """Two processes of a cluster read what threads read, and the report is the same."""
    threads = audited(tmp_path, site, "--format", "json")
    dask = audited(tmp_path, site, "--format", "json", "--executor", f"dask={cluster['address']}")
    assert (threads.returncode, dask.returncode) == (1, 1), dask.stderr
    assert findings(dask) == findings(threads)
    kept = sorted((tmp_path / ".backstay" / "audit" / "shards").rglob("*.json.gz"))
    assert len(kept) == 4


@pytest.mark.long
def test_a_killed_dask_worker_costs_nothing_but_time(cloud: Any, site: Path, cluster: Any, tmp_path: Path) -> None:
    """One of two workers is killed while both read: its batch is read again, and the report is the same."""
    threads = audited(tmp_path, site, "--format", "json")
    cloud.local.faults.add("slow", "backup:ListBackupPlans", seconds=3.0)
    command = [Path(sys.executable).with_name("backstay"), "audit", site, "--format", "json"]
    words = ["--executor", f"dask={cluster['address']}"]
    with subprocess.Popen([*command, *words], cwd=tmp_path, text=True, stdout=subprocess.PIPE) as process:
        until = time.monotonic() + 60
        while cloud.local.faults.list()[0].tally.struck < 2 and time.monotonic() < until:
            time.sleep(0.05)
        assert process.poll() is None
        os.kill(cluster["pids"][0], signal.SIGKILL)
        told, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert json.loads(told)["findings"] == findings(threads)
    assert cloud.local.faults.list()[0].tally.struck > 4  # of four shards, one was begun twice


@pytest.mark.long
def test_no_scheduler_is_one_sentence(site: Path, tmp_path: Path) -> None:
    """Nobody listens there: exit code 2, no traceback, nothing printed."""
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    done = audited(tmp_path, site, "--executor", "dask=tcp://127.0.0.1:9")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: no Dask scheduler answers at tcp://127.0.0.1:9")
    assert "Traceback" not in done.stderr
