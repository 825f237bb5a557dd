"""Every partition, with roles under a path that ask for an external id: each command honours all three."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from backstay.cli.main import cli
from backstay_local.app import LocalAws

ROOT = Path(__file__).parents[2]
ARN = re.compile(r"arn:(aws[a-z-]*):")
ACCESS = ("--role-name", "agent", "--role-path", "/team/backup/", "--external-id", "x-42")
SETUP = """
roles:
  - name: agent
    path: /team/backup/
    accounts: all
    trust:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal: {{AWS: "arn:{partition}:iam::{management}:root"}}
          Action: "sts:AssumeRole"
          Condition: {{StringEquals: {{"sts:ExternalId": x-42}}}}
  - {{name: AWSBackupDefaultServiceRole, path: /service-role/, accounts: all, trust: backup.amazonaws.com}}
keys:
  - {{alias: alias/agency-backup, accounts: all, regions: [{regions}]}}
topics:
  - {{name: agency-backup-alarms, accounts: all, regions: [{regions}]}}
"""


@dataclass(frozen=True)
class Case:
    """A partition: its Regions and the management account, and what stands for GovCloud's names in the policies."""

    partition: str
    regions: tuple[str, str]
    management: str = "600000000001"
    member: str = "600000000100"

    def policies(self, folder: Path) -> Path:
        """The policies of the agency in GovCloud, in this partition's Regions."""
        folder.mkdir()
        for name in ("org.yaml", "policies.py"):
            text = (ROOT / "policies" / "reference" / "govcloud" / name).read_text()
            for old, new in zip(("us-gov-west-1", "us-gov-east-1"), self.regions, strict=True):
                text = text.replace(old, new)
            (folder / name).write_text(text)
        return folder


GOV = Case("aws-us-gov", ("us-gov-west-1", "us-gov-east-1"))
CHINA = Case("aws-cn", ("cn-north-1", "cn-northwest-1"))
USUAL = Case("aws", ("eu-west-1", "af-south-1"))  # the second has to be enabled


def run(*words: str | Path, codes: tuple[int, ...] = (0,)) -> Result:
    """`backstay …`, which has to end in a way."""
    result = CliRunner().invoke(cli, [str(word) for word in words], standalone_mode=False)
    ended = result.exit_code if result.exception is not None else int(result.return_value or 0)
    assert ended in codes, f"{words}: {ended}: {result.output}{result.exception!r}"
    return result


ALL = [
    pytest.param(GOV, id="aws-us-gov"),
    pytest.param(CHINA, id="aws-cn", marks=pytest.mark.long),
    pytest.param(USUAL, id="aws", marks=pytest.mark.long),
]


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    """One partition; GovCloud where a test does not ask for another."""
    given: Case = getattr(request, "param", GOV)
    return given


@pytest.fixture
def aws(case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LocalAws]:
    """An embedded AWS with the agency in it, applied; its credentials are those of a profile alone."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    case.policies(Path("policies"))
    setup = SETUP.format(partition=case.partition, management=case.management, regions=", ".join(case.regions))
    with LocalAws() as local, local.serve() as url:
        local.seed_texts([("org.yaml", Path("policies/org.yaml").read_text()), ("setup.yaml", setup)])
        Path("config").write_text(
            f"[profile agency]\nregion = {case.regions[0]}\nendpoint_url = {url}\n"
            f"aws_access_key_id = {local.access_key}\naws_secret_access_key = {local.secret_key}\n"
        )
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield local


def _text(path: Path) -> str:
    """What a file says, packed or not."""
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


@pytest.mark.parametrize("case", ALL, indirect=True)
def test_every_command_honours_partition_path_external_id_and_profile(case: Case, aws: LocalAws) -> None:
    """From policies to inventory nobody is refused, and no ARN of another partition is ever written or told."""
    words = ("--profile", "agency", *ACCESS)
    told = [run("compile", "policies", "-o", "build").stdout]
    told.append(run("plan", "build", "-o", "plan.json", *words).stdout)
    run("apply", "plan.json", "--yes", *words)
    assert "Nothing to do" in run("plan", "build", "--check", *words).stdout
    told.append(run("doctor", "build", *words, codes=(1,)).stdout)
    assert "the role /team/backup/agent opens 9 accounts" in told[-1]
    _bucket(aws, case)
    told.append(run("inventory", "pull", "--org", "policies/org.yaml", *words).stderr)
    run("import", "--live", "--org", "policies/org.yaml", "-o", "live.py", "--keep-dump", "live.json", *words)
    run("compile", "live.py", "--org", "policies/org.yaml", "-o", "again")
    assert "Nothing to do" in run("plan", "again", *words).stdout
    run("backup", "build", "--account", "mission-alpha", *words, codes=(0, 1))
    run("copy", "build", "--account", "mission-alpha", *words)
    told.append(run("audit", "build", "--format", "json", *words, codes=(0, 1)).stdout)
    run("org", "pull", "-o", "pulled.yaml", *words)
    texts = [*told, *map(_text, Path().rglob("*.json*")), Path("live.py").read_text()]
    named = {partition for text in texts for partition in ARN.findall(text)}
    assert named == {case.partition}


def _bucket(aws: LocalAws, case: Case) -> None:
    """A bucket in a member account, which the plans take."""
    s3: Any = aws.client("s3", case.member, case.regions[0])
    s3.create_bucket(Bucket="mission", CreateBucketConfiguration={"LocationConstraint": case.regions[0]})
    s3.put_bucket_tagging(Bucket="mission", Tagging={"TagSet": [{"Key": "backup", "Value": "daily"}]})


@pytest.mark.parametrize("left_out", ["--role-path", "--external-id"])
@pytest.mark.parametrize("command", [("plan", "build"), ("inventory", "pull")])
def test_what_is_left_out_is_missed(command: tuple[str, ...], left_out: str, aws: LocalAws) -> None:
    """Without the path or the external id members are closed: the options reach the call, in every command."""
    run("compile", "policies", "-o", "build")
    position = ACCESS.index(left_out)
    words = ("--profile", "agency", *ACCESS[:position], *ACCESS[position + 2 :])
    org = () if "build" in command else ("--org", "policies/org.yaml")
    result = run(*command, *org, "--account", "mission-alpha", *words, codes=(0, 1, 3))
    assert "AccessDenied" in result.output


@pytest.mark.parametrize("case", ALL, indirect=True)
def test_the_home_of_a_build_is_a_region_that_every_account_has(case: Case, aws: LocalAws) -> None:
    """Organization-wide calls go through a Region that need not be enabled, though another comes first by name."""
    from backstay_agent.read_build import read_build

    run("compile", "policies", "-o", "build")
    expected = case.regions[0] if case is USUAL else min(case.regions)
    assert read_build(Path("build")).home == expected
    assert json.loads(Path("build/index.json").read_text())["organization"]["partition"] == case.partition
