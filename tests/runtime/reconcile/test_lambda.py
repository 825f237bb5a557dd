"""The Lambda handler, called as Lambda does, with a build and its state in a bucket of the embedded AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backstay_agent.aws import Aws, Endpoint
from backstay_agent.aws.s3_folder import folder
from backstay_agent.read_build import BuildError, read_build
from backstay_agent.reconcile.aws_lambda import RoundError, handler
from backstay_agent.reconcile.fetch import fetch_build
from backstay_agent.signing import envelope, keys, statement
from backstay_agent.signing.files import covered
from backstay_agent.signing.keys import PrivateKey
from backstay_contract.canonical import compact
from backstay_contract.covered import SIGNATURE

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


def _signed(folder: Path, key: PrivateKey) -> None:
    """Sign a build as `backstay sign` does."""
    payload = statement.spelt(statement.state(read_build(folder), covered(folder), {}))
    sealed = envelope.seal(payload, key.sign(envelope.encoded(payload)), key.public.id)
    (folder / SIGNATURE).write_bytes(compact(sealed.model_dump(mode="json", by_alias=True)))


def test_where_keys_are_trusted_only_what_they_signed_is_acted_on(
    deployed: Any, builds: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No signature, another's signature and a file exchanged afterwards stop the round before any call but reading."""
    mine, other, folder = keys.new(), keys.new(), tmp_path / "build"
    monkeypatch.setenv("BACKSTAY_APPLY", "reversible")
    monkeypatch.setenv("BACKSTAY_TRUSTED_KEYS", " ".join(mine.public.pem().decode().split("\n")))
    with pytest.raises(BuildError, match="refused: s3://acme-backstay/build: it is not signed"):
        handler({"tasks": ["drift"]}, None)
    _signed(folder, other)
    upload(deployed, folder)
    with pytest.raises(BuildError, match="none of the keys that are trusted here has signed it"):
        handler({"tasks": ["drift"]}, None)
    assert deployed.state()["plans"] == []
    _signed(folder, mine)
    upload(deployed, folder)
    assert handler({"tasks": ["drift"]}, None)["code"] == 0
    deployed.client("s3", MANAGEMENT, REGION).put_object(
        Bucket=BUCKET, Key="build/provenance.json", Body=b'{"format":1,"shapes":{}}'
    )
    with pytest.raises(BuildError, match=r"provenance\.json was (added|changed) after it was signed"):
        handler({"tasks": ["drift"]}, None)


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("BACKSTAY_TRUSTED_KEYS", "", "no public key in PEM"),
        ("BACKSTAY_TRUSTED_KEYS", "-----BEGIN PUBLIC KEY----- x -----END PUBLIC KEY-----", "no public key"),
        ("BACKSTAY_REQUIRE_SIGNATURE", "", "names no public key"),
        ("BACKSTAY_REQUIRE_SIGNATURE", "/nowhere/release.pub", "No such file"),
    ],
)
def test_a_demand_that_cannot_be_checked_is_not_met(
    deployed: Any, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    """A key that is misspelt does not let everything in."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(RoundError, match=told):
        handler({"tasks": ["drift"]}, None)


def test_policies_of_the_organization_are_brought_too_and_old_files_go(
    deployed: Any, builds: Any, tmp_path: Path
) -> None:
    """A build that leaves plans to backup policies comes whole, and nothing of an earlier one stays beside it."""
    policy = {"name": "gold", "content": '{"plans":{}}', "targets": {"root": True, "units": [], "accounts": []}}
    written = builds.beside(builds.write(tmp_path / "with", lambda body: body["plans"].clear()), policy)
    source, into = folder(Aws(Endpoint()), f"s3://{BUCKET}/build"), tmp_path / "brought"
    fetch_build(source, into)
    upload(deployed, written)
    brought = read_build(fetch_build(source, into))
    assert brought.policies is not None
    assert brought.digest == read_build(written).digest
    assert covered(into) == covered(written)


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
