"""The Lambda handler, called as Lambda does, with a build and its state in a bucket of the embedded AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backstay_agent.read_build import BuildError
from backstay_agent.reconcile.aws_lambda import RoundError, handler

MANAGEMENT, PAYMENTS, REGION, BUCKET = "100000000001", "100000000010", "eu-central-1", "acme-backstay"


class Deadline:
    """An invocation that has so many seconds left."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        """As Lambda tells it."""
        return int(self.seconds * 1000)


def upload(cloud: Any, folder: Path) -> None:
    """Put a build into the bucket, its index last."""
    s3 = cloud.client("s3", MANAGEMENT, REGION)
    files = sorted((file for file in folder.rglob("*") if file.is_file()), key=lambda file: file.name == "index.json")
    for file in files:
        s3.put_object(Bucket=BUCKET, Key=f"build/{file.relative_to(folder)}", Body=file.read_bytes())


@pytest.fixture
def deployed(cloud: Any, builds: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A bucket with a build, and the function's environment."""
    cloud.client("s3", MANAGEMENT, REGION).create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    upload(cloud, builds.write(tmp_path / "build"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("BACKSTAY_BUILD", f"s3://{BUCKET}/build")
    monkeypatch.setenv("BACKSTAY_STATE", f"s3://{BUCKET}/state")
    return cloud


def test_a_round_tells_what_it_found_and_keeps_its_state(deployed: Any) -> None:
    """Findings are no error; the second round knows what the first one told."""
    event = {"tasks": ["drift", "locks"]}
    first = handler(event, Deadline(900))
    assert (first["code"], {task: one["ending"] for task, one in first["tasks"].items()}) == (
        1,
        {"drift": "findings", "locks": "findings"},
    )
    assert json.loads(json.dumps(first)) == first
    kept = deployed.client("s3", MANAGEMENT, REGION).get_object(Bucket=BUCKET, Key="state/drift-locks.json")
    assert json.load(kept["Body"])["told"]["log"]


def test_it_applies_when_it_may_and_takes_a_new_build(
    deployed: Any, builds: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The build in the bucket is what counts, at every round."""
    monkeypatch.setenv("BACKSTAY_APPLY", "reversible")
    assert handler({"tasks": ["drift"]}, None)["code"] == 0

    def change(body: dict[str, Any]) -> None:
        body["plans"][0]["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] = 90

    upload(deployed, builds.write(tmp_path / "other", change))
    second = handler({"tasks": ["drift"]}, None)
    assert second["tasks"]["drift"]["told"] == "2 actions done"
    assert deployed.state()["plans"][0]["rules"][0]["Lifecycle"]["DeleteAfterDays"] == 90


def test_without_tasks_all_of_them_run(deployed: Any) -> None:
    """A bare invocation, as from the console."""
    assert list(handler({}, None)["tasks"]) == ["drift", "jobs", "locks", "audit"]


def test_what_cannot_be_done_raises_so_that_alarms_fire(deployed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a sentence that says what is wrong."""
    cases: list[tuple[str, str, type[Exception], str]] = [
        ("BACKSTAY_BUILD", f"s3://{BUCKET}/nothing", BuildError, "index.json cannot be read"),
        ("BACKSTAY_BUILD", f"s3://{BUCKET}", RoundError, "is no folder in S3"),
        ("BACKSTAY_BUILD", "/nowhere", BuildError, "is not a build"),
        ("BACKSTAY_APPLY", "everything", RoundError, "report or reversible"),
    ]
    for variable, value, error, told in cases:
        with monkeypatch.context() as during:
            during.setenv(variable, value)
            with pytest.raises(error, match=told):
                handler({}, None)


def test_an_unknown_task_raises() -> None:
    """A misspelt event does not pass for a round."""
    with pytest.raises(RoundError, match="dance"):
        handler({"tasks": ["dance"]}, None)


def test_a_damaged_shape_is_refused(deployed: Any, tmp_path: Path) -> None:
    """What was changed on the way is no build."""
    (shape,) = (tmp_path / "build" / "shapes").iterdir()
    deployed.client("s3", MANAGEMENT, REGION).put_object(Bucket=BUCKET, Key=f"build/shapes/{shape.name}", Body=b"{}")
    with pytest.raises(BuildError, match=shape.name):
        handler({"tasks": ["drift"]}, None)
    assert deployed.state()["plans"] == []


@pytest.mark.long
def test_when_time_runs_out_it_raises_keeps_its_state_and_the_next_round_finishes(
    deployed: Any, builds: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No call is begun that Lambda would cut off; what was done is done, and nothing is there twice."""

    def change(body: dict[str, Any]) -> None:
        body["vaults"] += [{"BackupVaultName": f"more-{number:03d}", "BackupVaultTags": {}} for number in range(250)]

    monkeypatch.setenv("BACKSTAY_APPLY", "reversible")
    upload(deployed, builds.write(tmp_path / "large", change))
    with pytest.raises(RoundError, match="no time was left for drift"):
        handler({"tasks": ["drift"]}, Deadline(31))
    kept = deployed.client("s3", MANAGEMENT, REGION).get_object(Bucket=BUCKET, Key="state/drift.json")
    assert json.load(kept["Body"])["began"]["drift"]
    assert len(deployed.state()["vaults"]) < 251
    assert handler({"tasks": ["drift"]}, Deadline(900))["code"] == 0
    assert len(deployed.state()["vaults"]) == 251
