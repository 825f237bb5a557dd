"""What deploys the agent: accepted by the tools that know best, no wider than the table of calls, and enough."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backstay_agent.packaging import cloudformation
from backstay_agent.packaging.systemd import unit
from backstay_agent.permissions import OPERATIONS, policy

MANAGEMENT, CENTRAL, PAYMENTS, RISK, REGION, BUCKET = (
    "100000000001",
    "100000000002",
    "100000000010",
    "100000000011",
    "eu-central-1",
    "acme-backstay",
)


def printed(what: str) -> str:
    """What `backstay run --print` prints."""
    from backstay_agent.cli.run import run

    result = CliRunner().invoke(run, ["--print", what])
    assert result.exit_code == 0
    return result.stdout


def test_cfn_lint_has_nothing_to_say_of_the_template() -> None:
    """Not even a warning."""
    from backstay.verify import complaints

    assert complaints(printed("cloudformation").encode()) == []


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_takes_the_unit_and_finds_it_hardened(tmp_path: Path) -> None:
    """No setting is unknown or misspelt, and by systemd's own measure it is barely exposed."""
    path = tmp_path / "backstay.service"
    path.write_text(printed("systemd"), encoding="utf-8")
    verified = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=15", path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout


def test_the_unit_starts_the_command_with_options_that_it_has() -> None:
    """A renamed option would be found out here, not on a server."""
    from backstay_agent.cli.run import run

    text = unit()
    words = text[text.index("ExecStart=") : text.index("ExecReload=")].replace("\\\n", " ").split()
    known = {option for parameter in run.params for option in parameter.opts}
    options = [word for word in words if word.startswith("--")]
    assert options
    assert set(options) <= known


def test_the_container_file_starts_commands_that_there_are() -> None:
    """The agent's image runs `backstay run` with options that it has, and checks a page that it serves."""
    from backstay_agent.cli.run import run

    text = (Path(__file__).parents[3] / "Containerfile").read_text(encoding="utf-8")
    stage = text[text.index(" AS agent") : text.index(" AS local-aws")]
    words = json.loads(stage[stage.index("ENTRYPOINT ") + 11 :].splitlines()[0])
    assert words[:2] == ["backstay", "run"]
    known = {option for parameter in run.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known
    assert "/healthz" in stage
    assert "USER 10001" in stage


def test_the_templates_function_is_the_handler_and_its_variables_are_read() -> None:
    """Names in a template are checked by nobody else."""
    template = cloudformation.document()
    function = template["Resources"]["Function"]["Properties"]
    (command,) = function["ImageConfig"]["Command"]
    module, _, name = command.rpartition(".")
    handler = getattr(import_module(module), name)
    assert callable(handler)
    source = Path(str(import_module(module).__file__)).read_text(encoding="utf-8")
    assert all(f'"{variable}"' in source for variable in function["Environment"]["Variables"])
    rules = [one for one in template["Resources"].values() if one["Type"] == "AWS::Events::Rule"]
    tasks = [task for rule in rules for task in json.loads(rule["Properties"]["Targets"][0]["Input"])["tasks"]]
    assert sorted(tasks) == ["audit", "drift", "jobs", "locks"]


def _actions(statements: list[Any]) -> set[str]:
    return {action for one in statements for action in one["Action"]}


def test_a_reporting_role_writes_nothing_and_an_applying_one_deletes_no_backup() -> None:
    """What the mode does not need, the role may not."""
    watch, own, conditional = cloudformation.document()["Resources"]["Role"]["Properties"]["Policies"]
    reads = _actions(watch["PolicyDocument"]["Statement"]) - {"sts:AssumeRole"}
    assert all(action.partition(":")[2].startswith(("Get", "List", "Describe")) for action in reads)
    writes = {"s3:PutObject", "sns:Publish", "sqs:SendMessage", "logs:CreateLogStream", "logs:PutLogEvents"}
    assert _actions(own["PolicyDocument"]["Statement"]) == {"s3:GetObject", *writes}
    name, apply, _ = conditional["Fn::If"]
    assert name == "Applies"
    texts = [json.dumps(_told(one["PolicyDocument"]), separators=(",", ":")) for one in (watch, own, apply)]
    assert sum(map(len, texts)) <= 10_240  # of all inline policies of a role: IAM user guide "IAM and AWS STS quotas"
    deletes = {one for one in _actions(apply["PolicyDocument"]["Statement"]) if "Delete" in one}
    parts = ("Framework", "ReportPlan", "RestoreTestingPlan", "RestoreTestingSelection", "TieringConfiguration")
    own = ("BackupSelection", "BackupVaultNotifications", *parts)
    assert deletes == {f"backup:Delete{noun}" for noun in own}


def _told(value: Any) -> Any:
    """A piece of the template with the ARNs of those resources that the embedded AWS does not make in stacks."""
    match value:
        case {"Ref": "Alerts"}:
            return f"arn:aws:sns:{REGION}:{MANAGEMENT}:backstay"
        case {"Fn::GetAtt": [name, _]}:
            return f"arn:aws:sqs:{REGION}:{MANAGEMENT}:{name}"
        case dict():
            return {name: _told(one) for name, one in value.items()}
        case list():
            return [_told(one) for one in value]
        case _:
            return value


def _deployed(cloud: Any, *, applies: bool) -> str:
    """The template's role, made by CloudFormation with its parameters and conditions; the role's name."""
    template = cloudformation.document()
    reduced = {
        **{part: template[part] for part in ("AWSTemplateFormatVersion", "Parameters", "Conditions")},
        "Resources": {"Role": _told(template["Resources"]["Role"])},
        "Outputs": {"Name": {"Value": {"Ref": "Role"}}},
    }
    given = {
        "ImageUri": f"{MANAGEMENT}.dkr.ecr.{REGION}.amazonaws.com/backstay:1",
        "BuildBucket": BUCKET,
        "StatePrefix": "state",
        "ApplyMode": "reversible" if applies else "report",
    }
    stacks = cloud.client("cloudformation", MANAGEMENT)
    name = f"backstay-{applies}"
    stacks.create_stack(
        StackName=name,
        TemplateBody=json.dumps(reduced),
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
    )
    (stack,) = stacks.describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    role: str = stack["Outputs"][0]["OutputValue"]
    return role


@pytest.fixture
def function(strict_cloud: Any, builds: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Gives what makes the role of the template in an AWS that allows nothing by itself, and takes it on."""
    s3 = strict_cloud.client("s3", MANAGEMENT, REGION)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    folder = builds.write(tmp_path / "build", accounts=(MANAGEMENT, PAYMENTS, RISK))
    for file in folder.rglob("*.json"):
        s3.put_object(Bucket=BUCKET, Key=f"build/{file.relative_to(folder)}", Body=file.read_bytes())
    strict_cloud.client("sns", MANAGEMENT).create_topic(Name="backstay")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    def take_on(*, applies: bool) -> None:
        name = _deployed(strict_cloud, applies=applies)
        trust = {"Effect": "Allow", "Principal": {"AWS": MANAGEMENT}, "Action": "sts:AssumeRole"}
        iam = strict_cloud.client("iam", MANAGEMENT)
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})  # here, tests are Lambda
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=document)
        role = iam.get_role(RoleName=name)["Role"]["Arn"]
        keys = strict_cloud.client("sts", MANAGEMENT).assume_role(RoleArn=role, RoleSessionName="lambda")["Credentials"]
        for variable, member in (("ACCESS_KEY_ID", "AccessKeyId"), ("SECRET_ACCESS_KEY", "SecretAccessKey")):
            monkeypatch.setenv(f"AWS_{variable}", keys[member])
        monkeypatch.setenv("AWS_SESSION_TOKEN", keys["SessionToken"])
        monkeypatch.setenv("BACKSTAY_BUILD", f"s3://{BUCKET}/build")
        monkeypatch.setenv("BACKSTAY_STATE", f"s3://{BUCKET}/state")
        monkeypatch.setenv("BACKSTAY_SNS_TOPIC", f"arn:aws:sns:{REGION}:{MANAGEMENT}:backstay")
        monkeypatch.setenv("BACKSTAY_APPLY", "reversible" if applies else "report")

    for account in (CENTRAL, PAYMENTS, RISK):
        document = policy("member", "aws", account, commands=("run-apply",))
        strict_cloud.client("iam", account).put_role_policy(
            RoleName="backstay-agent", PolicyName="backstay", PolicyDocument=json.dumps(document)
        )
    yield take_on
    os.environ.pop("AWS_SESSION_TOKEN", None)


def test_a_role_with_the_templates_policies_does_a_full_round_and_no_more(
    function: Any, strict_cloud: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    """With IAM in force: reporting is refused nothing, applying makes everything, in the own account and in members."""
    from backstay_agent.reconcile.aws_lambda import handler

    function(applies=False)
    assert {task: one["ending"] for task, one in handler({}, None)["tasks"].items()} == {
        "drift": "findings",
        "jobs": "clean",
        "locks": "findings",
        "audit": "findings",
    }
    assert strict_cloud.state(MANAGEMENT) == {"vaults": [], "plans": []}
    function(applies=True)
    done = handler({}, None)["tasks"]
    assert (done["drift"]["ending"], done["locks"]["ending"]) == ("clean", "clean")
    for account in (MANAGEMENT, PAYMENTS, RISK):
        assert strict_cloud.state(account)["plans"][0]["name"] == "gold"
    refused = [one for one in map(json.loads, capfd.readouterr().err.splitlines()) if "Denied" in str(one.get("code"))]
    assert refused == []


@pytest.mark.long
def test_a_reporting_role_that_is_told_to_apply_is_refused(
    function: Any, strict_cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The policy is the wall, not the variable: in its own account nothing is made."""
    from backstay_agent.reconcile.aws_lambda import handler

    function(applies=False)
    monkeypatch.setenv("BACKSTAY_APPLY", "reversible")
    assert handler({"tasks": ["drift"]}, None)["tasks"]["drift"]["ending"] == "findings"
    assert strict_cloud.state(MANAGEMENT) == {"vaults": [], "plans": []}


def test_the_table_knows_what_a_run_may_undo() -> None:
    """Putting right asks for more than reporting, and for less than an apply."""
    assert OPERATIONS["run"] < OPERATIONS["run-apply"]
    left = {one for one in OPERATIONS["apply"] - OPERATIONS["run-apply"] if "Delete" in one}
    assert left == {"organizations:DeletePolicy"} | {
        f"backup:Delete{noun}"
        for noun in (
            "BackupPlan",
            "BackupVault",
            "BackupVaultAccessPolicy",
            "BackupVaultLockConfiguration",
        )
    }
