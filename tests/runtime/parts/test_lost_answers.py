"""The answer to a call without a token is lost: the agent looks for what it may have made, and makes nothing twice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.runtime.conftest import PAYMENTS

from backstay_agent import normal
from backstay_agent.aws import AwsProblem
from backstay_agent.cli.apply import apply
from backstay_agent.parts import backup_policy, key, role
from backstay_agent.parts.noun import Task
from backstay_agent.parts.steps import Step, UnsureError, drive
from backstay_agent.take_steps import take_steps

PLACE = ("100000000010", "eu-central-1")
OURS = {"backstay:owner": "o-acme0001"}
_LOST = {"kms": ("CreateKey", "CreateAlias"), "iam": ("CreateRole", "GetRole")}


def keys_and_roles(shape: dict[str, Any]) -> None:
    """A build of one key and one role, and nothing else."""
    anybody = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::$account:root"}, "Action": "kms:*"}
    policy = {"Version": "2012-10-17", "Statement": [{**anybody, "Resource": "*"}]}
    trust = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
    for noun in [noun for noun in shape if noun != "region"]:
        shape[noun] = []
    shape["keys"] = [{"AliasName": "alias/own", "Description": "ours", "Policy": policy, "Tags": {}}]
    shape["roles"] = [
        {
            "RoleName": "Own",
            "Path": "/",
            "Description": "ours; managed by Backstay",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"],
            "Policies": {},
            "Tags": {},
        }
    ]


def test_one_run_is_enough(cloud: Any, builds: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Key, alias and role are made although no answer to their making comes: once each, and the run is clean."""
    monkeypatch.chdir(tmp_path)
    kms, iam = cloud.client("kms"), cloud.client("iam")
    before = len(kms.list_keys()["Keys"])
    build = str(builds.write(tmp_path / "build", keys_and_roles, (PAYMENTS,)))
    for service, operations in _LOST.items():
        for operation in operations:
            cloud.local.faults.add("lost", f"{service}:{operation}", count=1)
    done = CliRunner().invoke(apply, [build, "--yes"])
    assert done.exit_code == 0, done.output
    assert [one.tally.struck for one in cloud.local.faults.list()] == [1, 1, 1, 1]
    assert len(kms.list_keys()["Keys"]) == before + 1
    [alias] = [one for one in kms.list_aliases()["Aliases"] if one["AliasName"] == "alias/own"]
    tags = kms.list_resource_tags(KeyId=alias["TargetKeyId"])["Tags"]
    assert {"TagKey": "backstay:alias", "TagValue": "alias/own"} in tags
    attached = iam.list_attached_role_policies(RoleName="Own")["AttachedPolicies"]
    assert [one["PolicyName"] for one in attached] == ["AWSBackupServiceRolePolicyForBackup"]
    again = CliRunner().invoke(apply, [build, "--yes"])
    assert (again.exit_code, "Nothing to do" in again.output) == (0, True), again.output


def task(name: str, body: Mapping[str, Any]) -> Task:
    """Something that is to be made."""
    return Task(*PLACE, name, body, tags=OURS)


class Scripted:
    """In place of AWS: for each operation its answers in turn, the last one for ever; an UnsureError is raised."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {name: given if isinstance(given, list) else [given] for name, given in answers.items()}
        self.asked: list[str] = []

    def __call__(self, step: Step) -> Any:
        self.asked.append(step.operation)
        left = self.answers[step.operation]
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, UnsureError):
            raise answer
        return answer


KEY = task("alias/own", {"AliasName": "alias/own", "Description": "", "Policy": {}})
TAGS = {**OURS, "backstay:alias": "alias/own"}
TAGGED = {"Tags": [{"TagKey": name, "TagValue": value} for name, value in TAGS.items()]}


def test_the_key_shows_late() -> None:
    """Lists of KMS may not show a key at once: the agent looks again, and takes it."""
    lists = [{"Keys": []}, {"Keys": []}, {"Keys": [{"KeyId": "k-1"}]}]
    aws = Scripted(
        ListAliases={"Aliases": []},
        ListKeys=lists,
        ListResourceTags=TAGGED,
        DescribeKey={"KeyMetadata": {"KeyState": "Enabled"}},
        CreateKey=UnsureError(),
        CreateAlias={},
    )
    drive(key.NOUN.create(KEY), aws)
    assert aws.asked.count("CreateKey") == 1
    assert aws.asked[-1] == "CreateAlias"


def test_a_key_that_shows_never_is_not_made_again() -> None:
    """Then nobody knows, and the failure is told: a second key could never be found again."""
    aws = Scripted(ListAliases={"Aliases": []}, ListKeys={"Keys": []}, CreateKey=UnsureError())
    with pytest.raises(UnsureError):
        drive(key.NOUN.create(KEY), aws)
    assert aws.asked.count("CreateKey") == 1


def test_an_alias_of_another_key_is_not_ours() -> None:
    """Somebody else took the name: that is told, as AWS says it."""
    others = {"Aliases": [{"AliasName": "alias/own", "TargetKeyId": "k-2"}]}
    aws = Scripted(
        ListAliases=[{"Aliases": []}, others],
        ListKeys={"Keys": []},
        CreateKey={"KeyMetadata": {"KeyId": "k-1"}},
        CreateAlias=UnsureError(),
    )
    with pytest.raises(UnsureError):
        drive(key.NOUN.create(KEY), aws)


_TRUSTS = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
TRUST = {"Version": "2012-10-17", "Statement": [_TRUSTS]}
ROLE = task("Own", {"Path": "/", "Description": "d", "AssumeRolePolicyDocument": normal.policy(TRUST)})


@pytest.mark.parametrize(
    ("description", "owner", "ours"), [("d", "o-acme0001", True), ("d", "o-other", False), ("x", "o-acme0001", False)]
)
def test_only_the_role_that_was_wanted_is_taken(description: str, owner: str, *, ours: bool) -> None:
    """By that name stands our role as it was to be made: done. Anything else by that name is a failure, as before."""
    there = {"RoleName": "Own", "Arn": "a", "Path": "/", "Description": description, "AssumeRolePolicyDocument": TRUST}
    aws = Scripted(
        CreateRole=UnsureError(),
        GetRole=[{}, {"Role": there}],
        ListRoleTags={"Tags": [{"Key": "backstay:owner", "Value": owner}]},
        ListAttachedRolePolicies={"AttachedPolicies": []},
        ListRolePolicies={"PolicyNames": []},
    )
    if ours:
        drive(role.NOUN.create(ROLE), aws)
    else:
        with pytest.raises(UnsureError):
            drive(role.NOUN.create(ROLE), aws)


@pytest.mark.parametrize(("content", "ours"), [('{"plans": {}}', True), ('{"plans": {"x": {}}}', False)])
def test_only_the_policy_that_was_wanted_is_taken(content: str, *, ours: bool) -> None:
    """The same of a backup policy of the organization."""
    wanted = task("gold", {"Name": "gold", "Description": "", "Content": {"plans": {}}})
    aws = Scripted(
        CreatePolicy=UnsureError(),
        ListPolicies={"Policies": [{"Name": "other", "Id": "p-1"}, {"Name": "gold", "Id": "p-2"}]},
        ListTagsForResource={"Tags": [{"Key": "backstay:owner", "Value": "o-acme0001"}]},
        DescribePolicy={"Policy": {"PolicySummary": {}, "Content": content}},
    )
    if ours:
        drive(backup_policy.NOUN.create(wanted), aws)
    else:
        with pytest.raises(UnsureError):
            drive(backup_policy.NOUN.create(wanted), aws)


@pytest.mark.parametrize(
    ("code", "failure", "attempts", "looks"),
    [
        ("EntityAlreadyExists", "refusal", 2, True),
        ("EntityAlreadyExists", "refusal", 1, False),
        ("ReadTimeoutError", "timeout", 1, True),
        ("InternalFailure", "server", 8, True),
        ("AccessDenied", "refusal", 3, False),
    ],
)
def test_when_the_agent_looks(code: str, failure: Any, attempts: int, *, looks: bool) -> None:
    """Only where the work may have been done; and when it finds nothing, the failure is told as AWS said it."""
    asked: list[str] = []

    class Refusing:
        def call(self, account: str, region: str, _service: str, operation: str, **_: Any) -> Any:
            asked.append(operation)
            if operation != "CreateRole":
                return {}
            raise AwsProblem(account, region, operation, code, "no", failure=failure, attempts=attempts)

    aws: Any = Refusing()
    with pytest.raises(AwsProblem) as caught:
        take_steps(aws, *PLACE, role.NOUN.create(ROLE), lambda _seconds: None)
    assert (caught.value.code, "GetRole" in asked) == (code, looks)
