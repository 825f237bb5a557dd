"""Policy documents: who is let into a vault, who may assume a role, and what is wrong with a document itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_aws.access import DocumentProblem, admits, denies, document_findings, document_problems, trusts

ME, OTHER = "111111111111", "222222222222"
VAULT = f"arn:aws:backup:eu-west-1:{OTHER}:backup-vault:dr"
COPY = "backup:CopyIntoBackupVault"
ROLE = f"arn:aws:iam::{ME}:role/service-role/AWSBackupDefaultServiceRole"
SESSION = f"arn:aws:sts::{ME}:assumed-role/AWSBackupDefaultServiceRole/job"
ORG, PATH = "o-acme", "o-acme/r-root/ou-root-prod/"


def _statement(**changes: Any) -> dict[str, Any]:
    base = {"Effect": "Allow", "Principal": "*", "Action": COPY, "Resource": "*"}
    return {key: value for key, value in (base | changes).items() if value is not None}


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _admits(
    document: dict[str, Any],
    action: str = COPY,
    *,
    principal: str | None = ROLE,
    organization: str | None = ORG,
    context: dict[str, str] | None = None,
) -> bool:
    return admits(
        document, action, principal_account=ME, principal_arn=principal, organization=organization,
        org_path=PATH if organization else None, vault_arn=VAULT, context=context,
    )  # fmt: skip


def _denies(document: dict[str, Any], action: str = COPY, *, principal: str | None = ROLE) -> bool:
    return denies(
        document,
        action,
        principal_account=ME,
        principal_arn=principal,
        organization=ORG,
        org_path=PATH,
        vault_arn=VAULT,
    )


@pytest.mark.parametrize(
    ("principal", "caller", "admitted"),
    [
        ("*", ROLE, True),
        ({"AWS": "*"}, ROLE, True),
        ({"AWS": ME}, ROLE, True),
        ({"AWS": ME}, None, True),
        ({"AWS": f"arn:aws:iam::{ME}:root"}, ROLE, True),
        ({"AWS": f"arn:aws:iam::{ME}:root"}, None, True),
        ({"AWS": f"arn:aws:iam::{OTHER}:root"}, ROLE, False),
        ({"AWS": [OTHER, ME]}, ROLE, True),
        ({"AWS": ROLE}, ROLE, True),
        ({"AWS": ROLE}, SESSION, True),
        ({"AWS": ROLE}, None, False),
        ({"AWS": ROLE}, f"arn:aws:iam::{ME}:role/Other", False),
        ({"AWS": ROLE}, f"arn:aws:sts::{ME}:assumed-role/Other/job", False),
        ({"AWS": ROLE.replace(ME, OTHER)}, SESSION, False),
        ({"AWS": SESSION}, SESSION, True),
        ({"Service": "backup.amazonaws.com"}, ROLE, False),
        ({}, ROLE, False),
        ([], ROLE, False),
        (None, ROLE, False),
    ],
)
def test_principals(principal: Any, caller: str | None, admitted: bool) -> None:
    """An account, its root, a role or its sessions are recognised, a service or an absent principal lets nobody in."""
    assert _admits(_document(_statement(Principal=principal)), principal=caller) is admitted


@pytest.mark.parametrize(
    ("patterns", "admitted"),
    [
        (COPY, True),
        ("backup:copyintobackupvault", True),
        ("backup:Copy*", True),
        ("backup:CopyIntoBackupVaul?", True),
        ("*", True),
        (["backup:StartCopyJob", COPY], True),
        ("backup:StartCopyJob", False),
        ([], False),
        (None, False),
    ],
)
def test_actions(patterns: Any, admitted: bool) -> None:
    """Actions match without regard to case, with both wildcards, one or a list of them."""
    assert _admits(_document(_statement(Action=patterns))) is admitted


def test_not_action_and_not_principal() -> None:
    """The negated elements take in everything that they do not name."""
    assert not _admits(_document(_statement(Action=None, NotAction=COPY)))
    assert _admits(_document(_statement(Action=None, NotAction="backup:Delete*")))
    assert not _admits(_document(_statement(Principal=None, NotPrincipal={"AWS": ME})))
    assert _admits(_document(_statement(Principal=None, NotPrincipal={"AWS": OTHER})))


@pytest.mark.parametrize(
    ("resource", "admitted"),
    [
        ("*", True),
        (VAULT, True),
        ("arn:aws:backup:*:*:backup-vault:d?", True),
        ([VAULT + "-2", VAULT], True),
        (VAULT + "-2", False),
        ("arn:aws:backup:us-*:*:backup-vault:*", False),
        ("arn:aws:backup:eu-west-1:${aws:PrincipalAccount}:*", False),
        (None, True),
    ],
)
def test_resources(resource: Any, admitted: bool) -> None:
    """A statement is about the vault that it names; none named means this one; a variable cannot be judged."""
    assert _admits(_document(_statement(Resource=resource))) is admitted


def test_not_resource() -> None:
    """NotResource takes in every other vault."""
    assert not _admits(_document(_statement(Resource=None, NotResource=VAULT)))
    assert _admits(_document(_statement(Resource=None, NotResource=VAULT + "-2")))


CONDITIONS: list[tuple[dict[str, Any], bool]] = [
    ({"StringEquals": {"aws:PrincipalOrgID": ORG}}, True),
    ({"StringEquals": {"AWS:principalorgid": ORG}}, True),
    ({"stringequals": {"aws:PrincipalOrgID": ORG}}, True),
    ({"StringEquals": {"aws:PrincipalOrgID": "o-other"}}, False),
    ({"StringEquals": {"aws:PrincipalOrgID": ["o-other", ORG]}}, True),
    ({"StringEquals": {"aws:PrincipalOrgID": ORG.upper()}}, False),
    ({"StringEqualsIgnoreCase": {"aws:PrincipalOrgID": ORG.upper()}}, True),
    ({"StringEquals": {"aws:PrincipalOrgID": ORG, "aws:PrincipalAccount": OTHER}}, False),
    ({"StringEquals": {"aws:PrincipalAccount": ME}, "StringLike": {"aws:PrincipalOrgID": "o-?cme"}}, True),
    ({"StringEquals": {"aws:PrincipalAccount": ME}, "StringLike": {"aws:PrincipalOrgID": "x*"}}, False),
    ({"StringNotEquals": {"aws:PrincipalAccount": [OTHER, "3"]}}, True),
    ({"StringNotEquals": {"aws:PrincipalAccount": [OTHER, ME]}}, False),
    ({"StringNotLike": {"aws:PrincipalAccount": "1*"}}, False),
    ({"ArnEquals": {"aws:PrincipalArn": ROLE.replace("service-role/", "*/")}}, True),
    ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ME}:role/*"}}, True),
    ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/*"}}, False),
    ({"ArnLike": {"aws:PrincipalArn": "*"}}, False),
    ({"ArnNotEquals": {"aws:PrincipalArn": ROLE}}, False),
    ({"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ME}:role/Admin*"}}, True),
    ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-acme/r-root/ou-root-prod/*"]}}, True),
    ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-acme/r-root/ou-root-dev/*"]}}, False),
    ({"ForAnyValue:StringEquals": {"aws:SourceVpc": "x"}}, False),
    ({"ForAllValues:StringEquals": {"aws:SourceVpc": "x"}}, True),
    ({"ForAllValues:StringEquals": {"aws:PrincipalAccount": "x"}}, False),
    ({"Bool": {"aws:SecureTransport": "true"}}, True),
    ({"Bool": {"aws:SecureTransport": True}}, True),
    ({"Bool": {"aws:SecureTransport": "false"}}, False),
    ({"Null": {"aws:PrincipalOrgID": "false"}}, True),
    ({"Null": {"aws:PrincipalOrgID": "true"}}, False),
    ({"Null": {"aws:SourceVpc": True}}, True),
    # a key that the request does not have
    ({"StringEquals": {"aws:SourceAccount": ME}}, False),
    ({"StringLike": {"aws:SourceAccount": "*"}}, False),
    ({"StringNotEquals": {"aws:SourceAccount": OTHER}}, True),
    ({"ForAnyValue:StringNotEquals": {"aws:SourceAccount": OTHER}}, False),
    ({"StringEqualsIfExists": {"aws:SourceAccount": OTHER}}, True),
    ({"StringEqualsIfExists": {"aws:PrincipalAccount": OTHER}}, False),
    ({"NumericLessThan": {"backup:MinRetentionDays": "7"}}, False),
    ({"NumericNotEquals": {"backup:MinRetentionDays": "7"}}, True),
    ({"ArnLikeIfExists": {"aws:SourceArn": "arn:aws:backup:*:*:*"}}, True),
    ({}, True),
]


@pytest.mark.parametrize(("condition", "holds"), CONDITIONS)
def test_conditions(condition: dict[str, Any], holds: bool) -> None:
    """Operators and keys are joined by "and", values by "or" (negated ones by "nor"); an absent key is told apart."""
    allow = _statement(Condition=condition)
    assert _admits(_document(allow), context={"aws:SecureTransport": "true"}) is holds
    deny = allow | {"Effect": "Deny"}
    refused = _admits(_document(_statement(), deny), context={"aws:SecureTransport": "true"})
    assert refused is not holds


@pytest.mark.parametrize(
    "condition",
    [
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"ForSomeValues:StringEquals": {"aws:PrincipalAccount": ME}},
        {"StringEquals": {"aws:PrincipalAccount": "${aws:SourceAccount}"}},
        {"StringEquals": {"aws:PrincipalAccount": ME}, "DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}},
        {"StringEquals": ME},
        [{"StringEquals": {"aws:PrincipalAccount": ME}}],
    ],
)
def test_what_cannot_be_judged_never_opens_a_door(condition: Any) -> None:
    """A condition beyond this module makes an Allow not apply and a Deny apply."""
    statement = _statement(Condition=condition)
    assert not _admits(_document(statement))
    assert not _admits(_document(_statement(), statement | {"Effect": "Deny"}))
    assert _denies(_document(statement | {"Effect": "Deny"}))


def test_a_condition_that_surely_fails_spares_a_deny() -> None:
    """One part that is known to be false settles the whole, whatever the rest may be."""
    condition = {"StringEquals": {"aws:PrincipalAccount": OTHER}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    assert _admits(_document(_statement(), _statement(Effect="Deny", Condition=condition)))


def test_an_account_without_an_organization_has_no_organization_keys() -> None:
    """Outside any organization, conditions on it fail, and negated ones hold."""
    inside = _document(_statement(Condition={"StringEquals": {"aws:PrincipalOrgID": ORG}}))
    outside = _document(_statement(Condition={"StringNotEquals": {"aws:PrincipalOrgID": ORG}}))
    assert not _admits(inside, organization=None)
    assert _admits(outside, organization=None)


def test_context_adds_keys() -> None:
    """Further condition keys come from the caller."""
    document = _document(_statement(Condition={"StringEquals": {"aws:SourceAccount": ME}}))
    assert _admits(document, context={"aws:SourceAccount": ME})
    assert not _admits(document, context={"aws:SourceAccount": OTHER})


def test_nothing_is_allowed_unless_said() -> None:
    """An empty, broken or silent document admits nobody and denies nobody."""
    silent: list[Any] = [[], "x", [1], {"Effect": "allow"}, None]
    for document in ({"Statement": statement} for statement in silent):
        assert not _admits(document)
        assert not _denies(document)
    assert _admits({"Statement": _statement()})  # one statement need not be in a list


def test_the_usual_vault_policy() -> None:
    """Copies from the organization come in, deletion is barred for all but one role, and that role is spared."""
    admin = f"arn:aws:iam::{ME}:role/break-glass"
    document = _document(
        _statement(Condition={"StringEquals": {"aws:PrincipalOrgID": ORG}}),
        _statement(
            Effect="Deny",
            Action=["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
            Condition={"ArnNotLike": {"aws:PrincipalArn": admin}},
        ),
    )
    assert _admits(document)
    assert not _admits(document, organization="o-other")
    assert _denies(document, "backup:DeleteRecoveryPoint")
    assert not _denies(document, "backup:DeleteRecoveryPoint", principal=admin)
    assert not _denies(
        document, "backup:DeleteRecoveryPoint", principal=f"arn:aws:sts::{ME}:assumed-role/break-glass/me"
    )
    assert not _denies(document, "backup:StartRestoreJob")


STATEMENTS = st.builds(
    _statement,
    Effect=st.sampled_from(["Allow", "Deny"]),
    Principal=st.sampled_from(["*", {"AWS": ME}, {"AWS": OTHER}, {"AWS": ROLE}]),
    Action=st.sampled_from([COPY, "backup:*", "backup:DeleteRecoveryPoint"]),
    Condition=st.sampled_from([condition for condition, _ in CONDITIONS]),
)


@given(st.lists(STATEMENTS, max_size=4), STATEMENTS, st.randoms(use_true_random=False))
def test_deny_wins_and_order_is_nothing(held: list[dict[str, Any]], more: dict[str, Any], chance: Any) -> None:
    """A Deny that applies beats every Allow, more denials never open anything, and order does not matter."""
    admitted = _admits(_document(*held))
    assert not (admitted and _denies(_document(*held)))
    if more["Effect"] == "Deny":
        assert admitted or not _admits(_document(*held, more))
    else:
        assert not admitted or _admits(_document(*held, more))
    chance.shuffle(held)
    assert _admits(_document(*held)) is admitted


def _trust(principal: Any, condition: Any = None, action: str = "sts:AssumeRole") -> dict[str, Any]:
    return _document(_statement(Principal=principal, Action=action, Resource=None, Condition=condition))


@pytest.mark.parametrize(
    ("document", "caller", "service", "trusted"),
    [
        (_trust({"Service": "backup.amazonaws.com"}), "", "backup.amazonaws.com", True),
        (_trust({"Service": ["x.amazonaws.com", "backup.amazonaws.com"]}), "", "backup.amazonaws.com", True),
        (_trust({"Service": "ec2.amazonaws.com"}), "", "backup.amazonaws.com", False),
        (_trust({"Service": "backup.amazonaws.com"}), ROLE, None, False),
        (_trust({"AWS": f"arn:aws:iam::{ME}:root"}), ROLE, None, True),
        (_trust({"AWS": ME}), "", "backup.amazonaws.com", False),
        (_trust({"AWS": ROLE}), SESSION, None, True),
        (_trust({"AWS": OTHER}), ROLE, None, False),
        (_trust({"AWS": ME}, action="sts:*"), ROLE, None, True),
        (_trust({"AWS": ME}, action="sts:TagSession"), ROLE, None, False),
        (
            _trust({"Service": "backup.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": ME}}),
            "", "backup.amazonaws.com", True,
        ),
        (
            _trust({"Service": "backup.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": OTHER}}),
            "", "backup.amazonaws.com", False,
        ),
        (
            _trust({"Service": "backup.amazonaws.com"}, {"ArnLike": {"aws:SourceArn": f"arn:aws:backup:*:{ME}:*"}}),
            f"arn:aws:backup:eu-west-1:{ME}:backup-plan:1", "backup.amazonaws.com", True,
        ),
        (_trust({"AWS": ME}, {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/AWSBackup*"}}), SESSION, None, True),
        ({}, ROLE, None, False),
    ],
)  # fmt: skip
def test_trust_policies(document: dict[str, Any], caller: str, service: str | None, trusted: bool) -> None:
    """A role is assumed by whom its trust policy names: accounts, roles, or the service with its guards."""
    assert trusts(document, principal_arn=caller, principal_account=ME, service=service) is trusted


def test_trust_takes_further_context() -> None:
    """An external id in the trust policy is asked for, and answered by the caller's context."""
    document = _trust({"AWS": ME}, {"StringEquals": {"sts:ExternalId": "s3cret"}})
    assert not trusts(document, principal_arn=ROLE, principal_account=ME)
    assert trusts(document, principal_arn=ROLE, principal_account=ME, context={"sts:ExternalId": "s3cret"})


@pytest.mark.parametrize(
    ("document", "account", "found"),
    [
        (_document(_statement()), None, ()),
        ({"Statement": [_statement()]}, None, ("no-version",)),
        ({}, None, ("no-version", "no-statement")),
        (_document(_statement(Action="backup:*")), None, ("wildcard-action",)),
        (_document(_statement(Action="*", Effect="Deny")), None, ("wildcard-action",)),
        (_document(_statement(Action=None, NotAction=COPY)), None, ("not-action",)),
        (_document(_statement(Action=[COPY, "backup:StartRestoreJob"])), None, ("extra-cross-account-action",)),
        (_document(_statement(Action="backup:StartRestoreJob", Effect="Deny")), None, ()),
        (_document(_statement(Action="backup:StartRestoreJob", Principal={"AWS": ME})), None, ()),
        (_document(_statement(Action="backup:StartRestoreJob", Principal={"AWS": ME})), ME, ()),
        (_document(_statement(Action="backup:StartRestoreJob", Principal={"AWS": ROLE})), ME, ()),
        (
            _document(_statement(Action="backup:StartRestoreJob", Principal={"AWS": [ME, ROLE]})),
            OTHER, ("extra-cross-account-action",),
        ),
    ],
)  # fmt: skip
def test_document_problems(document: dict[str, Any], account: str | None, found: tuple[str, ...]) -> None:
    """What the service refuses or ignores in a vault policy is named, each kind once."""
    assert document_problems(document, account=account) == found


def test_findings_have_places() -> None:
    """Every finding knows its statement and the text at fault, repeated ones too."""
    document = _document(_statement(), _statement(Action=["backup:*", "backup:Start*"]))
    assert [(one.problem, one.statement, one.text) for one in document_findings(document)] == [
        (DocumentProblem.WILDCARD_ACTION, 1, "backup:*"),
        (DocumentProblem.WILDCARD_ACTION, 1, "backup:Start*"),
    ]
