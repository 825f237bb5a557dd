"""The verdicts of `doctor`, as pure functions of what was read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backstay_agent.doctor.checks import (
    administrator,
    agent_role,
    all_features,
    backup_answers,
    build_trust,
    caller,
    clock,
    cross_account,
    keys,
    opt_ins,
    policy_type,
    quotas,
    regions,
    service_role,
    topics,
    trusted_access,
    vault_access,
)
from backstay_agent.doctor.lines import Line
from backstay_agent.doctor.look import Access, Refused
from backstay_agent.doctor.registry import every
from backstay_aws.catalog import limit
from backstay_aws.selection import needs_opt_in

A, B, MANAGEMENT, REGION = "100000000010", "100000000011", "100000000001", "eu-central-1"
DENIED = Refused("AccessDeniedException", "SomeRead", "you may not")
NOW = datetime(2027, 1, 1, tzinfo=UTC)
ROLE = f"arn:aws:iam::{A}:role/team/backstay-agent"
ORGANIZATION = {"Organization": {"Id": "o-acme0001", "MasterAccountId": MANAGEMENT, "FeatureSet": "ALL"}}
IDENTITY = {"Arn": f"arn:aws:iam::{MANAGEMENT}:user/ci"}


def verdicts(lines: Any) -> list[str]:
    """The verdicts of lines, in their order."""
    return [line.verdict for line in lines]


def only(lines: Any) -> Line:
    """The one line that there is."""
    (line,) = lines
    assert isinstance(line, Line)
    return line


def role(trust: Mapping[str, Any], arn: str = ROLE) -> dict[str, Any]:
    """A role as GetRole answers."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", **trust}]}
    return {"Role": {"Arn": arn, "AssumeRolePolicyDocument": document}}


MINE = {"Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}}
ASKS = {**MINE, "Condition": {"StringEquals": {"sts:ExternalId": "secret"}}}


@pytest.mark.parametrize(
    ("found", "external", "sentence"),
    [
        (Refused("NoSuchEntity", "GetRole", ""), None, "there is no role backstay-agent"),
        (
            Refused("AccessDenied", "AssumeRole", ""),
            None,
            "the role /team/backstay-agent does not open: not authorized",
        ),
        (role(ASKS), None, "asks for an external id, and none is given"),
        (role(ASKS), "other", "asks for an external id, and another one is given"),
        (role({"Principal": {"AWS": "arn:aws:iam::999999999999:root"}}), None, "does not admit arn:aws:iam::10000"),
        (role(MINE, f"arn:aws:iam::{A}:role/backstay-agent"), None, "(--role-path)"),
        (role(MINE), None, "may not call sts:AssumeRole"),
    ],
)
def test_a_closed_account_says_what_is_missing(found: Any, external: str | None, sentence: str) -> None:
    """Role, path, trust, external id or the caller's own permission: as exactly as the account's IAM tells."""
    refusal = Refused("AccessDenied", "AssumeRole", "not authorized")
    closed = agent_role.Closed(A, refusal, found)
    access = Access("backstay-agent", "/team/", external, " --role-path /team/")
    facts = agent_role.Facts(3, (closed,), MANAGEMENT, IDENTITY["Arn"], "aws", access)
    line, fine = agent_role.judge(facts)
    assert sentence in line.message
    assert line.remedy == f"backstay org bootstrap --account {A} --role-path /team/"
    assert fine.message == "the role /team/backstay-agent opens 3 accounts"


@pytest.mark.parametrize(
    ("identity", "organization", "wanted", "verdict", "sentence"),
    [
        (IDENTITY, ORGANIZATION, None, "ok", "the management account"),
        (IDENTITY, ORGANIZATION, "o-other001", "problem", "the build of o-other001"),
        (DENIED, DENIED, None, "unknown", "is not told"),
        (IDENTITY, Refused("AWSOrganizationsNotInUseException", "X", ""), None, "problem", "in no organization"),
    ],
)
def test_who_calls(identity: Any, organization: Any, wanted: str | None, verdict: str, sentence: str) -> None:
    """The caller is told, and an organization that is not the build's is a problem."""
    line = only(caller.judge(caller.Facts(MANAGEMENT, identity, organization, None, wanted)))
    assert (line.verdict, sentence in line.message) == (verdict, True)


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(0, "ok"), (299, "ok"), (-299, "ok"), (300, "problem"), (-301, "problem")]
)
def test_clocks_may_differ_by_less_than_five_minutes(seconds: int, verdict: str) -> None:
    """AWS refuses what is signed five minutes off."""
    assert only(clock.judge((NOW + timedelta(seconds=seconds), NOW))).verdict == verdict


@pytest.mark.parametrize(
    ("name", "partition", "enabled", "verdict"),
    [
        ("eu-central-1", "aws", None, "ok"),
        ("eu-central-1", "aws", set(), "ok"),
        ("us-gov-west-1", "aws", None, "problem"),
        ("us-gov-west-1", "aws-us-gov", None, "ok"),
        ("mars-1", "aws", None, "unknown"),
        ("af-south-1", "aws", {"eu-central-1"}, "problem"),
        ("af-south-1", "aws", {"af-south-1"}, "ok"),
        ("af-south-1", "aws", set(), "unknown"),
    ],
)
def test_regions(name: str, partition: str, enabled: set[str] | None, verdict: str) -> None:
    """A Region is known, of the caller's partition, and enabled where it must be."""
    known = None if enabled is None else frozenset(enabled)
    assert verdicts(regions.judge(regions.Facts((name,), partition, known))) == [verdict]


@pytest.mark.parametrize(
    ("judge", "good", "bad"),
    [
        (all_features.judge, ORGANIZATION, {"Organization": {"Id": "o", "FeatureSet": "CONSOLIDATED_BILLING"}}),
        (
            trusted_access.judge,
            {"EnabledServicePrincipals": [{"ServicePrincipal": "backup.amazonaws.com"}]},
            {"EnabledServicePrincipals": [{"ServicePrincipal": "ram.amazonaws.com"}]},
        ),
        (
            lambda answer: policy_type.judge(policy_type.Facts(answer, needless=False)),
            {"Roots": [{"PolicyTypes": [{"Type": "BACKUP_POLICY", "Status": "ENABLED"}]}]},
            {"Roots": [{"PolicyTypes": [{"Type": "BACKUP_POLICY", "Status": "PENDING_ENABLE"}]}]},
        ),
    ],
)
def test_the_organization_is_prepared(judge: Any, good: Any, bad: Any) -> None:
    """Each of these is mended by the bootstrap, and unknown where nobody may look."""
    assert only(judge(good)).verdict == "ok"
    assert (only(judge(bad)).verdict, only(judge(bad)).remedy) == ("problem", "backstay org bootstrap")
    assert only(judge(DENIED)).verdict == "unknown"


def test_a_build_without_backup_policies_needs_no_policy_type() -> None:
    """Then it stops nothing that it is off."""
    assert only(policy_type.judge(policy_type.Facts({"Roots": []}, needless=True))).verdict == "skipped"


@pytest.mark.parametrize(
    ("registered", "wanted", "verdict"),
    [([A], A, "ok"), ([B], A, "problem"), ([], A, "problem"), ([A], None, "ok"), ([], None, "skipped")],
)
def test_the_administrator_is_the_builds(registered: list[str], wanted: str | None, verdict: str) -> None:
    """The backup account of the organization file is registered; doing without is nobody's mistake."""
    answer = {"DelegatedAdministrators": [{"Id": one} for one in registered]}
    assert only(administrator.judge(administrator.Facts(answer, wanted, with_build=True))).verdict == verdict


@pytest.mark.parametrize(
    ("on", "copies", "wanted", "verdict"),
    [("true", 3, None, "ok"), ("false", 3, "true", "ok"), ("false", 3, None, "problem"), ("false", 0, None, "skipped")],
)
def test_copies_to_other_accounts_need_the_switch(on: str, copies: int, wanted: str | None, verdict: str) -> None:
    """Unless the build turns it on itself, or copies nothing so far."""
    settings = {"GlobalSettings": {"isCrossAccountBackupEnabled": on}}
    assert only(cross_account.judge(cross_account.Facts(settings, copies, wanted, with_build=True))).verdict == verdict


def test_a_region_that_is_off_is_told_apart_from_a_permission_that_lacks() -> None:
    """One is enabled, the other allowed."""
    off, denied = Refused("UnrecognizedClientException", "ListBackupVaults", ""), DENIED
    answers = (((A, "af-south-1"), off), ((A, REGION), denied), ((B, REGION), {"BackupVaultList": []}))
    first, second, fine = backup_answers.judge(backup_answers.Facts(answers))
    assert (first.verdict, first.remedy) == (
        "problem",
        f"aws account enable-region --account-id {A} --region-name af-south-1",
    )
    assert (second.verdict, fine.verdict) == ("unknown", "ok")
    assert only(backup_answers.judge(backup_answers.Facts(()))).verdict == "skipped"


SERVICE = f"arn:aws:iam::{A}:role/service-role/AWSBackupDefaultServiceRole"
POLICIES = {"AttachedPolicies": [{"PolicyArn": "x"}]}


@pytest.mark.parametrize(
    ("found", "attached", "inline", "verdict", "sentence"),
    [
        (
            role({"Principal": {"Service": "backup.amazonaws.com"}}, SERVICE),
            POLICIES,
            {"PolicyNames": []},
            "ok",
            "trusts",
        ),
        (role({"Principal": {"Service": "backup.amazonaws.com"}}, SERVICE), DENIED, DENIED, "ok", "trusts"),
        (
            role({"Principal": {"Service": "backup.amazonaws.com"}}, SERVICE),
            {"AttachedPolicies": []},
            {"PolicyNames": []},
            "problem",
            "no policy",
        ),
        (role({"Principal": {"Service": "ec2.amazonaws.com"}}, SERVICE), POLICIES, {}, "problem", "does not trust"),
        (role(MINE, SERVICE.replace("service-role/", "")), POLICIES, {}, "problem", "is not there; arn"),
        (Refused("NoSuchEntity", "GetRole", ""), DENIED, DENIED, "problem", "is not there"),
        (DENIED, DENIED, DENIED, "unknown", "cannot be looked at"),
    ],
)
def test_the_role_of_aws_backup(found: Any, attached: Any, inline: Any, verdict: str, sentence: str) -> None:
    """It is there under its path, trusts AWS Backup, and has a policy."""
    facts = service_role.Facts(A, SERVICE, "plan x", found, attached, inline)
    line = only(service_role.judge((facts,)))
    assert (line.verdict, sentence in line.message) == (verdict, True)


def _opt_ins(
    needed: tuple[tuple[str, ...], ...], live: Any, by_build: Mapping[str, bool] | None = None, *, by_tag: bool = False
) -> Any:
    settings = live if isinstance(live, Refused) else {"ResourceTypeOptInPreference": live}
    return opt_ins.judge((opt_ins.Facts(A, REGION, needed, by_tag, by_build or {}, settings),))


def test_named_types_are_opted_in() -> None:
    """In AWS or by the build itself; what only tags take is told, and no mistake."""
    assert verdicts(_opt_ins((("Aurora",),), {"Aurora": True})) == ["ok"]
    assert verdicts(_opt_ins((("Aurora",),), {"Aurora": False})) == ["problem"]
    assert verdicts(_opt_ins((("Aurora",),), {"Aurora": False}, {"Aurora": True})) == ["ok"]
    assert verdicts(_opt_ins((("Aurora",),), {"Aurora": True}, {"Aurora": False})) == ["problem"]
    assert verdicts(_opt_ins((("Aurora", "Neptune"),), {"Aurora": False, "Neptune": True})) == ["ok"]
    assert verdicts(_opt_ins((), {"EFS": False}, by_tag=True)) == ["ok", "skipped"]
    assert verdicts(_opt_ins((("Aurora",),), DENIED)) == ["unknown"]


def test_which_opt_in_an_entry_of_resources_needs() -> None:
    """None where tags decide or the type is taken anyway; one of several where types share a form of ARN."""
    assert needs_opt_in("*") == ()
    assert needs_opt_in("arn:aws:ec2:*:*:volume/*") == ()
    assert needs_opt_in("arn:aws:rds:*:*:db:*") == ()
    assert needs_opt_in("arn:aws:rds:*:*:cluster:*") == ("Aurora", "DocumentDB", "Neptune")


def _policy(*statements: Mapping[str, Any]) -> dict[str, str]:
    return {"Policy": json.dumps({"Statement": list(statements)})}


USUAL = _policy({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{A}:root"}, "Action": "kms:*", "Resource": "*"})


def _key(state: str = "Enabled", manager: str = "CUSTOMER") -> dict[str, Any]:
    return {"KeyMetadata": {"KeyId": "k", "KeyState": state, "KeyManager": manager}}


@pytest.mark.parametrize(
    ("key", "policy", "crossing", "verdict", "sentence"),
    [
        (_key(), USUAL, True, "ok", "1 key is there"),
        (_key("PendingDeletion"), USUAL, False, "problem", "PendingDeletion"),
        (_key("Disabled"), USUAL, False, "problem", "Disabled"),
        (_key(manager="AWS"), USUAL, True, "problem", "AWS's own"),
        (_key(manager="AWS"), USUAL, False, "ok", "1 key is there"),
        (Refused("NotFoundException", "DescribeKey", ""), DENIED, False, "problem", "is not there"),
        (DENIED, DENIED, False, "unknown", "cannot be looked at"),
        (_key(), _policy(), False, "unknown", "leaves nothing to IAM"),
        (_key(), DENIED, False, "ok", "1 key is there"),
    ],
)
def test_keys(key: Any, policy: Any, crossing: bool, verdict: str, sentence: str) -> None:
    """A key is there, enabled, the customer's where copies cross accounts, and its policy lets IAM decide."""
    facts = keys.Facts(A, REGION, "alias/acme", "vault primary", crossing, key, policy)
    line = only(keys.judge(keys.All((facts,), ())))
    assert (line.verdict, sentence in line.message) == (verdict, True)


def test_a_vault_under_awss_own_key_copies_to_no_account() -> None:
    """A vault that names no key is under AWS Backup's own, which other accounts cannot use."""
    assert only(keys.judge(keys.All((), ((A, REGION, "primary"),)))).verdict == "problem"


CENTRAL = f"arn:aws:backup:{REGION}:100000000002:backup-vault:central"
OPEN = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "backup:CopyIntoBackupVault",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-acme0001"}},
        }
    ]
}


@pytest.mark.parametrize(
    ("wanted", "in_build", "vault", "live", "verdict"),
    [
        (OPEN, True, None, None, "ok"),
        (None, True, None, None, "problem"),
        (None, False, {}, {"Policy": json.dumps(OPEN)}, "ok"),
        (None, False, {}, Refused("ResourceNotFoundException", "GetBackupVaultAccessPolicy", ""), "problem"),
        (None, False, Refused("ResourceNotFoundException", "DescribeBackupVault", ""), DENIED, "problem"),
        (None, False, DENIED, DENIED, "unknown"),
        (None, False, None, None, "unknown"),
    ],
)
def test_a_vault_admits_the_copies_of_others(wanted: Any, in_build: bool, vault: Any, live: Any, verdict: str) -> None:
    """By the policy that the build gives it, else by the one that AWS has."""
    facts = vault_access.Facts(CENTRAL, (A, B), wanted, in_build, vault, live, "o-acme0001")
    assert only(vault_access.judge((facts,))).verdict == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [({}, "ok"), (Refused("NotFound", "GetTopicAttributes", ""), "problem"), (DENIED, "unknown")],
)
def test_topics(answer: Any, verdict: str) -> None:
    """A topic that is not there stops a place; one that nobody may see is unknown."""
    facts = topics.Facts(A, REGION, f"arn:aws:sns:{REGION}:{A}:alarms", "vault primary", answer)
    assert only(topics.judge((facts,))).verdict == verdict


@pytest.mark.parametrize(("more", "verdict"), [(0, "ok"), (1, "unknown")])
def test_quotas_count_what_is_there_and_what_comes(more: int, verdict: str) -> None:
    """A name that is there already adds nothing; beyond a quota that AWS raises, nobody knows."""
    most = limit("vaults_per_region")
    there = tuple(f"v{number}" for number in range(most - 1 + more))
    facts = quotas.Facts(A, REGION, "vaults_per_region", there, frozenset({"v0", "new"}))
    line = only(quotas.judge((facts,)))
    assert line.verdict == verdict
    assert str(most + more) in line.message


@pytest.mark.parametrize(("signature", "expected"), [(None, "skipped"), ("", "ok"), ("it is not signed", "problem")])
def test_the_build_is_trusted(signature: str | None, expected: str) -> None:
    """A signature that is demanded and does not hold is a problem."""
    assert verdicts(build_trust.judge(build_trust.Facts(1, "d", 3, signature))) == ["ok", expected]


def test_every_check_stands_in_the_registry_once() -> None:
    """Each file of the folder is a check with a name and a place of its own."""
    names = [check.name for check in every()]
    assert len(names) == len(set(names)) == 17
    assert len({(check.group, check.order) for check in every()}) == len(names)
