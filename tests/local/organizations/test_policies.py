"""Backup policies through Organizations' API: made, attached, merged, withheld, and who may ask."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from backstay_local.app import LocalAws

Refused = Callable[[str], AbstractContextManager[None]]
BACKUP = "BACKUP_POLICY"
MANAGER, DELEGATE, PROD, DEV = "100000000001", "100000000002", "100000000010", "100000000011"


def create(client: Any, plans: dict[str, Any], name: str = "policy") -> str:
    """Make a backup policy and give its id."""
    content = json.dumps({"plans": plans})
    policy = client.create_policy(Content=content, Description="d", Name=name, Type=BACKUP)["Policy"]
    return str(policy["PolicySummary"]["Id"])


def effective(client: Any, account: str) -> Any:
    """The effective document of an account."""
    answer = client.describe_effective_policy(PolicyType=BACKUP, TargetId=account)["EffectivePolicy"]
    return json.loads(answer["PolicyContent"])


def test_a_policy_lives(enabled: Any, plan: dict[str, Any]) -> None:
    """Create, describe, list, update, attach, list by target, detach, delete."""
    policy = create(enabled, {"p": plan})
    described = enabled.describe_policy(PolicyId=policy)["Policy"]
    assert described["PolicySummary"]["Type"] == BACKUP
    assert ":policy/o-acme0001/backup_policy/p-" in described["PolicySummary"]["Arn"]
    assert [one["Id"] for one in enabled.list_policies(Filter=BACKUP)["Policies"]] == [policy]
    enabled.update_policy(PolicyId=policy, Name="renamed")
    root = enabled.list_roots()["Roots"][0]["Id"]
    enabled.attach_policy(PolicyId=policy, TargetId=root)
    attached = enabled.list_policies_for_target(TargetId=root, Filter=BACKUP)["Policies"]
    assert [one["Name"] for one in attached] == ["renamed"]
    assert effective(enabled, PROD)["plans"]["p"]["rules"]["nightly"]["lifecycle"] == {"delete_after_days": "35"}
    enabled.detach_policy(PolicyId=policy, TargetId=root)
    assert effective(enabled, PROD) == {}
    enabled.delete_policy(PolicyId=policy)


def test_lower_levels_change_what_upper_ones_say(enabled: Any, plan: dict[str, Any]) -> None:
    """An account gets the merge of its own path, and follows when it is moved."""
    root = enabled.list_roots()["Roots"][0]["Id"]
    enabled.attach_policy(PolicyId=create(enabled, {"p": plan}, "base"), TargetId=root)
    more = {"p": {"regions": {"@@append": ["eu-west-1"]}}}
    unit = enabled.list_parents(ChildId=PROD)["Parents"][0]["Id"]
    enabled.attach_policy(PolicyId=create(enabled, more, "more"), TargetId=unit)
    assert effective(enabled, PROD)["plans"]["p"]["regions"] == ["eu-central-1", "eu-west-1"]
    assert effective(enabled, DEV)["plans"]["p"]["regions"] == ["eu-central-1"]
    enabled.move_account(AccountId=PROD, SourceParentId=unit, DestinationParentId=root)
    assert effective(enabled, PROD)["plans"]["p"]["regions"] == ["eu-central-1"]


def test_a_bad_merge_is_withheld(enabled: Any, plan: dict[str, Any]) -> None:
    """An effective policy that cannot work keeps the last good one in force, and is told by the validation calls."""
    root = enabled.list_roots()["Roots"][0]["Id"]
    good = create(enabled, {"p": plan}, "good")
    enabled.attach_policy(PolicyId=good, TargetId=root)
    before = effective(enabled, PROD)
    half = create(enabled, {"q": {"regions": {"@@assign": ["eu-west-1"]}}}, "half")
    enabled.attach_policy(PolicyId=half, TargetId=PROD)
    assert effective(enabled, PROD) == before
    errors = enabled.list_effective_policy_validation_errors(AccountId=PROD, PolicyType=BACKUP)
    told = errors["EffectivePolicyValidationErrors"]
    assert {(one["ErrorCode"], one["PathToError"]) for one in told} == {("KEY_REQUIRED", "plans/q")}
    assert told[0]["ContributingPolicies"] == [half]
    assert errors["Path"].endswith(f"/{PROD}/")
    invalid = enabled.list_accounts_with_invalid_effective_policy(PolicyType=BACKUP)["Accounts"]
    assert [account["Id"] for account in invalid] == [PROD]
    enabled.detach_policy(PolicyId=half, TargetId=PROD)
    assert enabled.list_accounts_with_invalid_effective_policy(PolicyType=BACKUP)["Accounts"] == []


def test_size_and_content_are_checked_on_the_way_in(enabled: Any, plan: dict[str, Any], refused: Refused) -> None:
    """Ten thousand characters are admitted, one more is not; a text that is no policy is refused without a reason."""
    text = json.dumps({"plans": {"p": plan}})
    fits = text + " " * (10_000 - len(text))
    policy = enabled.create_policy(Content=fits, Description="", Name="fits", Type=BACKUP)["Policy"]["PolicySummary"][
        "Id"
    ]
    with pytest.raises(ClientError) as caught:
        enabled.update_policy(PolicyId=policy, Content=fits + " ")
    assert caught.value.response["Error"]["Code"] == "ConstraintViolationException"
    assert dict(caught.value.response)["Reason"] == "POLICY_CONTENT_LIMIT_EXCEEDED"
    with refused("MalformedPolicyDocumentException"):
        enabled.create_policy(Content="{}", Description="", Name="bad", Type=BACKUP)
    with refused("DuplicatePolicyException"):
        enabled.create_policy(Content=text, Description="", Name="fits", Type=BACKUP)


def test_attaching_has_its_limits(enabled: Any, acme: LocalAws, plan: dict[str, Any], refused: Refused) -> None:
    """Not twice, not more than ten, and not where the type is not enabled."""
    policies = [create(enabled, {f"p{index}": plan}, f"p{index}") for index in range(11)]
    for policy in policies[:10]:
        enabled.attach_policy(PolicyId=policy, TargetId=PROD)
    with refused("DuplicatePolicyAttachmentException"):
        enabled.attach_policy(PolicyId=policies[0], TargetId=PROD)
    with refused("ConstraintViolationException"):
        enabled.attach_policy(PolicyId=policies[10], TargetId=PROD)
    root = enabled.list_roots()["Roots"][0]["Id"]
    enabled.disable_policy_type(RootId=root, PolicyType=BACKUP)
    assert enabled.list_targets_for_policy(PolicyId=policies[0])["Targets"] == []
    with refused("PolicyTypeNotEnabledException"):
        enabled.attach_policy(PolicyId=policies[0], TargetId=PROD)
    with refused("EffectivePolicyNotFoundException"):
        effective(enabled, PROD)


def test_who_may_ask(acme: LocalAws, enabled: Any, refused: Refused) -> None:
    """A member knows its own effective policy only; the delegated administrator reads; nobody else does."""
    assert effective(acme.client("organizations", PROD), PROD) == {}
    with refused("AccessDeniedException"):
        effective(acme.client("organizations", PROD), DEV)
    with refused("AccessDeniedException"):
        acme.client("organizations", PROD).list_accounts()
    with refused("AWSOrganizationsNotInUseException"):
        acme.client("organizations", "999999999999").describe_effective_policy(PolicyType=BACKUP)
    delegate = acme.client("organizations", DELEGATE)
    assert len(delegate.list_accounts()["Accounts"]) == 4
    assert effective(delegate, PROD) == {}
    with refused("AccessDeniedException"):
        delegate.create_policy(Content='{"plans":{}}', Description="", Name="x", Type=BACKUP)
    assert acme.client("organizations", PROD).describe_organization()["Organization"]["Id"] == "o-acme0001"
    with refused("InvalidInputException"):
        effective(enabled, enabled.list_roots()["Roots"][0]["Id"])


def test_backup_can_have_a_delegated_administrator(acme: LocalAws) -> None:
    """backup.amazonaws.com is a service that Organizations knows, for trusted access and for delegation."""
    client = acme.client("organizations")
    service = "backup.amazonaws.com"
    client.register_delegated_administrator(AccountId=DEV, ServicePrincipal=service)
    admins = client.list_delegated_administrators(ServicePrincipal=service)["DelegatedAdministrators"]
    assert [admin["Id"] for admin in admins] == [DELEGATE, DEV]
    client.deregister_delegated_administrator(AccountId=DEV, ServicePrincipal=service)
    enabled = client.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert [row["ServicePrincipal"] for row in enabled] == [service]


def test_an_account_that_is_created_can_be_entered(acme: LocalAws) -> None:
    """CreateAccount leaves the role that the management account assumes."""
    client = acme.client("organizations")
    made = client.create_account(AccountName="new", Email="new@accounts.example")["CreateAccountStatus"]["AccountId"]
    role = f"arn:aws:iam::{made}:role/OrganizationAccountAccessRole"
    keys = acme.client("sts").assume_role(RoleArn=role, RoleSessionName="visit")["Credentials"]
    assert keys["AccessKeyId"].startswith("ASIA")


def scheduled(plan: dict[str, Any], text: str) -> str:
    """A document whose one rule has a schedule."""
    plan["rules"]["nightly"]["schedule_expression"] = {"@@assign": text}
    return json.dumps({"plans": {"p": plan}})


def test_schedules_are_judged_by_the_worlds_clock(
    acme: LocalAws, enabled: Any, plan: dict[str, Any], refused: Refused
) -> None:
    """A schedule must fire twice more, an hour apart, when the policy comes; later the stored policy stays as it is."""
    year = acme.clock.now().year + 1
    last = scheduled(plan, f"cron(0 3 1,2 1 ? {year})")
    made = enabled.create_policy(Content=last, Description="", Name="last", Type=BACKUP)["Policy"]["PolicySummary"][
        "Id"
    ]
    enabled.attach_policy(PolicyId=made, TargetId=PROD)
    with refused("MalformedPolicyDocumentException"):
        enabled.create_policy(Content=scheduled(plan, "cron(0,30 * ? * * *)"), Description="", Name="x", Type=BACKUP)
    acme.advance(timedelta(days=800))
    with refused("MalformedPolicyDocumentException"):
        enabled.update_policy(PolicyId=made, Content=last)
    enabled.update_policy(PolicyId=made, Name="renamed")
    assert (
        effective(enabled, PROD)["plans"]["p"]["rules"]["nightly"]["schedule_expression"] == f"cron(0 3 1,2 1 ? {year})"
    )
