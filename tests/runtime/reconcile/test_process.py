"""The agent as a process: scraped, asked whether it is ready, heard by webhook and topic, and stopped."""

from __future__ import annotations

import hashlib
import hmac
import json
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.runtime.reconcile.test_metrics import parsed

PAYMENTS, RISK, REGION = "100000000010", "100000000011", "eu-central-1"
SECRET = b"s3cret"


@dataclass
class Receiver:
    """A webhook of the tests: remembers what it was sent, and fails as often as it is told."""

    url: str = ""
    failing: int = 0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on this machine."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.failing -= 1
            if kept.failing < 0:
                kept.got.append((dict(self.headers), body))
            self.send_response(200 if kept.failing < 0 else 503)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        kept.url = f"http://127.0.0.1:{server.server_port}/hook"
        yield kept
        server.shutdown()
        thread.join()


class Process:
    """`backstay run …` in a process of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        program = "from backstay_agent.cli.run import run; run(prog_name='backstay run')"
        self._log = (folder / "log").open("wb")
        command = [sys.executable, "-c", program, *arguments, "--listen", "127.0.0.1:0"]
        self._process = subprocess.Popen(command, cwd=folder, stderr=self._log, stdout=subprocess.DEVNULL)
        self._path = folder / "log"
        self._port = until(lambda: next((one["port"] for one in self.events("agent.started")), None))

    def events(self, event: str) -> list[dict[str, Any]]:
        """The events of that name that it has logged by now; each line is JSON."""
        whole = self._path.read_text(encoding="utf-8")
        lines = [json.loads(line) for line in whole[: whole.rfind("\n") + 1].splitlines()]
        return [line for line in lines if line["event"] == event]

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def send(self, number: signal.Signals) -> None:
        """A signal."""
        self._process.send_signal(number)

    def wait(self) -> int:
        """Its exit code."""
        return self._process.wait(30)

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._log.close()


def until(condition: Callable[[], Any], seconds: float = 45) -> Any:
    """The condition's value, once it has one."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def _queue(cloud: Any) -> tuple[str, str]:
    """A topic of the management account, and a queue that hears it."""
    sns, sqs = cloud.client("sns", "100000000001"), cloud.client("sqs", "100000000001")
    topic, queue = sns.create_topic(Name="backstay")["TopicArn"], sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return topic, queue


def test_a_day_in_the_life_of_an_agent(cloud: Any, builds: Any, receiver: Receiver, tmp_path: Path) -> None:
    """It starts, applies, is ready, tells what waits, takes a new build over, refuses a broken one, and stops."""
    build = builds.write(tmp_path / "build")
    topic, queue = _queue(cloud)
    (tmp_path / "secret").write_bytes(SECRET + b"\n")
    receiver.failing = 1
    arguments = [str(build), "--apply", "reversible", "--every", "1h", "--jobs-every", "10s", "--task", "drift"]
    arguments += ["--task", "jobs", "--sns-topic", topic, "--webhook", receiver.url]
    with Process(tmp_path, *arguments, "--webhook-secret-file", "secret") as process:
        until(lambda: process.get("/readyz") == (200, "ready\n"))
        assert process.get("/healthz") == (200, "alive\n")
        assert cloud.state(RISK)["plans"][0]["name"] == "gold"
        _scraped(process)

        def change(body: dict[str, Any]) -> None:
            body["vault_locks"] = [{"BackupVaultName": "primary", "MinRetentionDays": 7, "ChangeableForDays": 20}]

        builds.write(build, change)  # a lock that waits for an approval
        process.send(signal.SIGHUP)
        headers, body = until(lambda: receiver.got)[0]
        _signed(headers, body)
        heard = json.loads(body)
        assert {one["severity"] for one in heard["alerts"]} == {"critical"}
        assert {one["account_name"] for one in heard["alerts"]} == {
            f"payments-prod ({PAYMENTS})",
            f"risk-prod ({RISK})",
        }
        message = until(lambda: cloud.client("sqs", "100000000001").receive_message(QueueUrl=queue).get("Messages"))
        told = json.loads(message[0]["Body"])
        assert told["Subject"].startswith("[critical] o-acme0001 drift: waits for an approval")
        assert told["MessageAttributes"]["severity"]["Value"] == "critical"
        for one in heard["alerts"]:
            assert f"$ {one['command']}" in told["Message"]

        (build / "index.json").write_text("{")  # half written
        process.send(signal.SIGHUP)
        refused = until(lambda: process.events("build.refused"))[0]
        assert "not JSON" in refused["reason"]
        state = json.loads(process.get("/state")[1])
        assert state["build"]["problem"] == refused["reason"]
        assert state["tasks"]["drift"]["last"]["ending"] == "refused"
        process.send(signal.SIGTERM)
        assert process.wait() == 0
        assert process.events("agent.stopped")
    kept = json.loads((tmp_path / ".backstay" / "run" / "state.json").read_bytes())
    assert set(kept["told"]) == {"log", "sns", "webhook"}


def _scraped(process: Process) -> None:
    """What Prometheus would read."""
    status, text = process.get("/metrics")
    samples = {(name, tuple(value for _, value in labels)): number for (name, labels), number in parsed(text).items()}
    assert status == 200
    assert samples["backstay_drift_actions", ("reversible",)] == 0
    assert samples["backstay_actions_total", ("create-vault", "done")] == 2
    assert samples["backstay_task_runs_total", ("drift", "clean")] == 1
    assert samples["backstay_aws_calls_total", ("backup", "CreateBackupVault", "")] == 2
    written = process.events("aws.call")
    assert sum(one["operation"] == "CreateBackupVault" for one in written) == 2
    assert all(one["request_id"] and one["account"] and one["region"] for one in written)
    assert process.get("/else")[0] == 404


def _signed(headers: dict[str, str], body: bytes) -> None:
    at, _, mac = headers["Backstay-Signature"].partition(",v1=")
    at = at.removeprefix("t=")
    assert hmac.compare_digest(mac, hmac.new(SECRET, f"{at}.".encode() + body, hashlib.sha256).hexdigest())
    assert abs(int(at) - time.time()) < 60


@pytest.mark.long
def test_it_stops_in_the_middle_without_waiting_for_the_rest(cloud: Any, builds: Any, tmp_path: Path) -> None:
    """SIGTERM during a long apply: the calls in flight are finished, no other is begun, the exit code is 0."""
    accounts = (PAYMENTS, RISK)

    def change(body: dict[str, Any]) -> None:
        body["vaults"] += [{"BackupVaultName": f"more-{number:03d}", "BackupVaultTags": {}} for number in range(250)]

    build = builds.write(tmp_path / "build", change, accounts=accounts)
    with Process(tmp_path, str(build), "--apply", "reversible", "--task", "drift", "--max-parallel", "2") as process:
        until(lambda: process.events("aws.call"))
        begun = time.monotonic()
        process.send(signal.SIGTERM)
        assert process.wait() == 0
        assert time.monotonic() - begun < 15
        done = sum(one["operation"] == "CreateBackupVault" and "code" not in one for one in process.events("aws.call"))
        assert process.events("task.stopped")
    made = sum(len(cloud.client("backup", one).list_backup_vaults()["BackupVaultList"]) for one in accounts)
    assert done == made
    assert 0 < made < 502
    assert (tmp_path / ".backstay" / "run" / "state.json").exists()


@pytest.mark.long
def test_it_ends_when_asked_to_by_what_it_finds(cloud: Any, builds: Any, tmp_path: Path) -> None:
    """`--exit-on findings` gives a supervisor the exit code of a finding."""
    build = builds.write(tmp_path / "build")
    with Process(tmp_path, str(build), "--task", "drift", "--exit-on", "findings") as process:
        assert process.wait() == 1
