"""The audit as a state machine: its template is right, and its steps, played here, give the audit's own report.

It was never deployed on AWS. What is played is the definition that the template holds: a task's payload, the map's
list, its batches. The function is called as Lambda would call it, against the embedded AWS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from backstay_agent.packaging import state_machine
from backstay_agent.permissions import OPERATIONS

PAYMENTS, RISK, MANAGEMENT, REGION = "100000000010", "100000000011", "100000000001", "eu-central-1"
BUCKET, RUN = "acme-backstay", "0b6c1f7e-nightly"


def printed() -> str:
    """What `backstay run --print state-machine` prints."""
    from backstay_agent.cli.run import run

    result = CliRunner().invoke(run, ["--print", "state-machine"])
    assert result.exit_code == 0
    return result.stdout


def test_cfn_lint_has_nothing_to_say_of_the_template() -> None:
    """Not even a warning; it knows the states' language, too."""
    from backstay.verify import complaints

    assert complaints(printed().encode()) == []


def test_the_function_is_the_handler_and_its_variables_are_read() -> None:
    """Names in a template are checked by nobody else."""
    properties = state_machine.document()["Resources"]["Function"]["Properties"]
    (command,) = properties["ImageConfig"]["Command"]
    module, _, name = command.rpartition(".")
    assert callable(getattr(import_module(module), name))
    sources = [
        Path(str(import_module(one).__file__)).read_text(encoding="utf-8")
        for one in (module, "backstay_agent.reconcile.aws_lambda")
    ]
    for variable in properties["Environment"]["Variables"]:
        assert any(f'"{variable}"' in source for source in sources), variable


def _actions(policy: Mapping[str, Any]) -> set[str]:
    return {action for statement in policy["PolicyDocument"]["Statement"] for action in statement["Action"]}


def test_the_roles_may_do_what_the_audit_does_and_no_more() -> None:
    """The function reads, and writes into its own folder; the machine calls it and looks after its own runs."""
    resources = state_machine.document()["Resources"]
    read, own = resources["Role"]["Properties"]["Policies"]
    reads = _actions(read) - {"sts:AssumeRole"}
    called = {operation.partition(":")[2] for operation in OPERATIONS["audit"]}
    of_backup = {action.partition(":")[2] for action in reads if action.startswith("backup:")}
    assert of_backup == {name.partition(":")[2] for name in OPERATIONS["audit"] if name.startswith("backup:")}, (
        "what AWS Backup is asked is what the table says"
    )
    assert all(action.partition(":")[2].startswith(("Get", "List", "Describe")) for action in reads)
    assert called
    logs = {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert _actions(own) == {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", *logs}
    deleting = [one for one in own["PolicyDocument"]["Statement"] if "s3:DeleteObject" in one["Action"]]
    assert all(one["Resource"]["Fn::Sub"].endswith("/${StorePrefix}/tables/*") for one in deleting)
    (steps,) = resources["MachineRole"]["Properties"]["Policies"]
    uploads = {"s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"}
    runs = {"states:StartExecution", "states:DescribeExecution", "states:StopExecution"}
    assert _actions(steps) == {"lambda:InvokeFunction", "s3:GetObject", "s3:PutObject", *uploads, *runs}
    everywhere = [one for policy in (own, steps) for one in policy["PolicyDocument"]["Statement"]]
    assert not any(statement["Resource"] == "*" for statement in everywhere)


def at(path: str, value: Any, run: str) -> Any:
    """What stands at a path of the states' language, as far as the definition uses it."""
    if path == "$$.Execution.Name":
        return run
    for name in path.removeprefix("$").strip(".").split(".") if path != "$" else ():
        value = value[name]
    return value


def filled(payload: Mapping[str, Any], value: Any, run: str) -> dict[str, Any]:
    """A payload template with its paths filled in."""
    made: dict[str, Any] = {}
    for name, given in payload.items():
        if name.endswith(".$"):
            made[name.removesuffix(".$")] = at(given, value, run)
        else:
            made[name] = filled(given, value, run) if isinstance(given, dict) else given
    return made


class Player:
    """Plays a definition with a function; `loses` says which batches the function does not survive."""

    def __init__(self, s3: Any, loses: Callable[[list[Any]], bool] = lambda _: False) -> None:
        from backstay_agent.reconcile.audit_lambda import handler

        self.s3, self.loses, self.handler = s3, loses, handler
        self.batches: list[list[Any]] = []

    def play(self, run: str = RUN) -> Any:
        """The output of an execution."""
        definition = state_machine.definition()
        name, value = definition["StartAt"], {}
        while True:
            state = definition["States"][name]
            value = self.map(state, value, run) if state["Type"] == "Map" else self.task(state, value, run)
            if state.get("End"):
                return value
            name = state["Next"]

    def task(self, state: Any, value: Any, run: str) -> Any:
        """A call of the function: its event and its answer go through JSON, as with Lambda."""
        assert state["OutputPath"] == "$.Payload"
        event = filled(state["Parameters"]["Payload"], value, run)
        return json.loads(json.dumps(self.handler(json.loads(json.dumps(event)), None)))

    def map(self, state: Any, value: Any, run: str) -> Any:
        """Batches of the list in the bucket; what is lost is tolerated up to what the state says."""
        where = filled(state["ItemReader"]["Parameters"], value, run)
        items = json.loads(self.s3.get_object(**where)["Body"].read())
        batcher = state["ItemBatcher"]
        size = at(batcher["MaxItemsPerBatchPath"], value, run)
        shared = filled(batcher["BatchInput"], value, run)
        assert at(state["MaxConcurrencyPath"], value, run) > 0
        processor = state["ItemProcessor"]
        lost = 0
        self.batches = [items[start : start + size] for start in range(0, len(items), size)]
        for batch in self.batches:
            if self.loses(batch):
                lost += 1
                continue
            inner = processor["States"][processor["StartAt"]]
            self.task(inner, {"BatchInput": shared, "Items": batch}, run)
        assert 100 * lost / len(self.batches) <= at(state["ToleratedFailurePercentagePath"], value, run)
        assert filled(state["ResultWriter"]["Parameters"], value, run)["Prefix"].startswith("audits/runs/")
        return {**value, "map": {}}


@pytest.fixture
def bucket(cloud: Any, builds: Any, run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A build that was applied, lying in a bucket; the environment is that of the function."""
    folder = builds.write(tmp_path / "build")
    assert run("apply", folder, "--yes").exit_code == 0
    s3 = cloud.client("s3", MANAGEMENT, REGION)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    for file in folder.rglob("*.json"):
        s3.put_object(Bucket=BUCKET, Key=f"build/{file.relative_to(folder)}", Body=file.read_bytes())
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("BACKSTAY_BUILD", f"s3://{BUCKET}/build")
    monkeypatch.setenv("BACKSTAY_STORE", f"s3://{BUCKET}/audits")
    monkeypatch.setenv("BACKSTAY_BATCH", "3")
    return s3


def kept(s3: Any, uri: str) -> bytes:
    """An object that the judge names."""
    found = re.fullmatch(r"s3://([^/]+)/(.+)", uri)
    assert found is not None
    body: bytes = s3.get_object(Bucket=found[1], Key=found[2])["Body"].read()
    return body


def test_its_steps_give_the_report_that_threads_give(bucket: Any, run: Callable[..., Result]) -> None:
    """List, batches, judge: the findings are those of `backstay audit`; page, evidence and tables lie beside them."""
    player = Player(bucket)
    done = player.play()
    assert [len(batch) for batch in player.batches] == [3, 1]
    threads = run("audit", "build", "--format", "json")
    assert done["code"] == threads.exit_code == 1
    assert json.loads(kept(bucket, done["raw"]))["findings"] == json.loads(threads.stdout)["findings"]
    assert kept(bucket, done["report"]).startswith(b"<!doctype html>")
    assert kept(bucket, done["evidence"]).startswith(b"PK")
    assert done["tables"] == f"s3://{BUCKET}/audits/tables"
    here = run("audit", "--trend", "--format", "csv")
    assert run("audit", "--trend", "--format", "csv", "--store", f"s3://{BUCKET}/audits").stdout == here.stdout
    assert here.stdout.count("\n") > 10


@pytest.mark.long
def test_a_batch_that_is_lost_is_unknown_and_named(bucket: Any) -> None:
    """The judge goes on with what is there: the shards of the lost batch are unknown, with the reason."""
    done = Player(bucket, lambda batch: len(batch) == 1).play()
    assert done["code"] == 3
    findings = json.loads(kept(bucket, done["raw"]))["findings"]
    unknown = {it["account"] for it in findings if it["reason"] == "not readable: no worker came to an end with it"}
    assert len(unknown) == 1


def test_an_event_that_means_nothing_is_told(bucket: Any) -> None:
    """The function raises with a sentence; the state machine shows it."""
    from backstay_agent.audit.steps import StepError
    from backstay_agent.reconcile.audit_lambda import handler

    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "the event's step is list, read or judge, not None"),
        ({"step": "list"}, "the event names no run"),
        ({"step": "list", "run": "../x"}, "'../x' is no name of a run"),
        ({"step": "read", "BatchInput": {"run": RUN}, "Items": ["x"]}, "'x' is no shard: it needs account and region"),
        ({"step": "judge", "run": "other"}, "runs/other/listed.json is missing: no shards were listed"),
    )
    for event, sentence in wrong:
        with pytest.raises(StepError) as refused:
            handler(event, None)
        assert sentence in str(refused.value)
