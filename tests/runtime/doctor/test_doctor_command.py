"""`backstay doctor`, as a person runs it: on a sound organization, a broken one, and one that denies nearly all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from backstay_agent.doctor.registry import every
from backstay_agent.doctor.text import render
from backstay_contract import schema
from backstay_contract.doctor import DoctorReport

MANAGEMENT, CENTRAL, PAYMENTS, RISK, REGION = (
    "100000000001",
    "100000000002",
    "100000000010",
    "100000000011",
    "eu-central-1",
)
Run = Callable[..., Result]


def report(result: Result) -> DoctorReport:
    """The report that a command printed as JSON, which follows its schema."""
    from jsonschema import Draft202012Validator

    document = json.loads(result.stdout)
    Draft202012Validator(schema.load("doctor-report")).validate(document)
    return DoctorReport.model_validate(document)


def problems(result: Result) -> dict[str, list[str | None]]:
    """The accounts that have a problem, by check."""
    found: dict[str, list[str | None]] = {}
    for line in report(result).lines:
        if line.verdict == "problem":
            found.setdefault(line.check, []).append(line.account)
    return found


@pytest.fixture
def sound(cloud: Any) -> Any:
    """An organization in which nothing is left to do: AWS Backup's roles have their policy."""
    organizations = cloud.client("organizations", MANAGEMENT)
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="BACKUP_POLICY")
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    for account in (MANAGEMENT, CENTRAL, PAYMENTS, RISK):
        iam = cloud.client("iam", account)
        iam.put_role_policy(RoleName="AWSBackupDefaultServiceRole", PolicyName="all", PolicyDocument=document)
    return cloud


def test_all_is_well(sound: Any, run: Run, builds: Any) -> None:
    """Exit 0, with a build and without, and nothing was changed."""
    builds.write(Path("build"))
    assert run("doctor").exit_code == 0
    result = run("doctor", "build")
    assert result.exit_code == 0, result.stdout
    assert "All is well." in result.stdout
    assert "✗" not in result.stdout
    assert sound.state() == {"vaults": [], "plans": []}


def test_what_is_broken_is_told_with_what_to_do(sound: Any, run: Run, builds: Any) -> None:
    """Each breakage has one line, about the account it is in, and every line that is a problem has a remedy."""
    builds.write(
        Path("build"), lambda body: body["vaults"][0].update(EncryptionKeyArn=f"arn:aws:kms:{REGION}:$account:alias/no")
    )
    sound.client("iam", RISK).delete_role(RoleName="backstay-agent")
    iam = sound.client("iam", PAYMENTS)
    iam.delete_role_policy(RoleName="AWSBackupDefaultServiceRole", PolicyName="all")
    sns = sound.client("sns", PAYMENTS)
    sns.delete_topic(TopicArn=f"arn:aws:sns:{REGION}:{PAYMENTS}:alarms")
    result = run("doctor", "build", "--format", "json")
    assert result.exit_code == 1
    assert problems(result) == {
        "agent-role": [RISK],
        "service-role": [PAYMENTS],
        "keys": [PAYMENTS],
        "topics": [PAYMENTS],
    }
    assert all(line.remedy for line in report(result).lines if line.verdict == "problem")


def test_the_reason_why_an_account_is_closed(sound: Any, run: Run) -> None:
    """Seen through the role that Organizations makes in new accounts: no role here, another external id there."""
    sound.client("iam", RISK).delete_role(RoleName="backstay-agent")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": "x-1"}},
            }
        ],
    }
    iam = sound.client("iam", PAYMENTS)
    iam.update_assume_role_policy(RoleName="backstay-agent", PolicyDocument=json.dumps(trust))
    told = run("doctor").stdout
    assert "payments-prod (100000000010): its trust policy asks for an external id, and none is given" in told
    assert "risk-prod (100000000011): there is no role backstay-agent" in told
    assert f"→ backstay org bootstrap --account {RISK}" in told
    right = run("doctor", "--external-id", "x-1", "--account", PAYMENTS)
    assert "✓ the role /backstay-agent opens 1 account" in right.stdout


def test_the_path_and_the_name_of_the_role_are_heeded(sound: Any, run: Run) -> None:
    """A role under a path opens with --role-path, and the remedy repeats what was said."""
    iam = sound.client("iam", PAYMENTS)
    trust = iam.get_role(RoleName="backstay-agent")["Role"]["AssumeRolePolicyDocument"]
    iam.create_role(RoleName="agent", Path="/team/x/", AssumeRolePolicyDocument=json.dumps(trust))
    words = ("--role-name", "agent", "--account", PAYMENTS)
    assert "opens 1 account" in run("doctor", *words, "--role-path", "team/x").stdout
    told = run("doctor", *words).stdout
    assert "(--role-path)" in told
    assert f"→ backstay org bootstrap --account {PAYMENTS} --role-name agent" in told


def test_it_works_where_nearly_everything_is_refused(sound: Any, run: Run, builds: Any) -> None:
    """Where only STS answers, each check has a line all the same: unknown, and exit 3."""
    builds.write(Path("build"))
    for service in ("organizations", "backup", "iam", "kms", "sns", "account"):
        sound.local.faults.add("expired", f"{service}:*")
    for words in ((), ("build",)):
        result = run("doctor", *words, "--format", "json")
        assert result.exit_code == 3
        told = report(result)
        asked = {check.name for check in every() if words or not check.of_build}
        assert {line.check for line in told.lines} == asked
        assert told.summary.problem == 0
        assert {line.check for line in told.lines if line.verdict == "unknown"} >= {
            "caller",
            "policy-type",
            "service-role",
        }


def test_signature_and_organization_of_the_build(sound: Any, run: Run, builds: Any) -> None:
    """A build that is not signed as demanded is a problem among the others, not the end of the examination."""
    builds.write(Path("build"))
    run("sign", "--new-key", "ci")
    result = run("doctor", "build", "--require-signature", "ci.pub", "--format", "json")
    assert (result.exit_code, problems(result)) == (1, {"build": [None]})
    run("sign", "build", "--key", "ci.pem")
    assert run("doctor", "build", "--require-signature", "ci.pub").exit_code == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nowhere",), "nowhere is not a build"),
        (("build", "--org", "x"), "--org and --regions go without one"),
        (("--account", "nobody"), "no account nobody"),
        (("build", "--account", "nobody"), "the build names no account nobody"),
        (("--regions", "mars-1"), "there is no Region mars-1"),
    ],
)
def test_wrong_usage_is_told(cloud: Any, run: Run, builds: Any, words: tuple[str, ...], sentence: str) -> None:
    """Exit 2 and a sentence."""
    builds.write(Path("build"))
    result = run("doctor", *words)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_many_accounts_with_one_trouble_are_one_line() -> None:
    """Five are named, the others counted, and names from outside are made harmless."""
    lines = [
        {
            "check": "service-role",
            "verdict": "problem",
            "message": f"no role in {number}",
            "account": number,
            "name": "bad\x1b[2Jname" if index == 0 else f"a{index}",
            "remedy": f"mend {number}",
        }
        for index in range(7)
        for number in [f"10000000000{index}"]
    ]
    summary = {"ok": 0, "problem": 7, "unknown": 0, "skipped": 0}
    text = render(DoctorReport.model_validate({"caller": MANAGEMENT, "lines": lines, "summary": summary}))
    assert "✗ 7 times: no role in 100000000000\n" in text
    assert "and 2 more" in text
    assert "\x1b" not in text
    assert "→ mend 100000000000   (and so on)" in text
