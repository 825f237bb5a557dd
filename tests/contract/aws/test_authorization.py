"""IAM's decision: wildcards, condition operators, policy variables, and how all kinds of policies join."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_aws.authorization import Policies, Refusal, Source, explicit_denial, refusal
from backstay_aws.backup_actions import ACTIONS
from backstay_aws.globs import iam_glob
from backstay_aws.policy_conditions import holds
from backstay_aws.policy_context import Context, expand
from backstay_aws.policy_statement import Document, Request

ME = "111111111111"
ROLE = f"arn:aws:iam::{ME}:role/deep/path/Operator"
SESSION = f"arn:aws:sts::{ME}:assumed-role/Operator/me"
USER = f"arn:aws:iam::{ME}:user/ann"
VAULT = f"arn:aws:backup:eu-west-1:{ME}:backup-vault:v1"
ACTION = "backup:DeleteBackupVault"
CONTEXT = Context.of(
    {
        "aws:username": "ann",
        "aws:PrincipalTag/Team": "r*d",
        "aws:TagKeys": ("one", "two"),
        "aws:CurrentTime": "2026-11-22T00:30:00Z",
        "backup:ChangeableForDays": "7",
    },
    whole=True,
)


def _matches(pattern: str, text: str) -> bool:
    """The oracle of wildcards: letter by letter."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return _matches(pattern[1:], text) or (bool(text) and _matches(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and _matches(pattern[1:], text[1:])


@given(st.text("ab*?.[", max_size=6), st.text("ab.[", max_size=6))
def test_wildcards(pattern: str, text: str) -> None:
    """`*` stands for any run of signs, `?` for one, and everything else for itself."""
    assert iam_glob(pattern, text) is _matches(pattern, text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain", "plain"),
        ("${aws:username}", "ann"),
        ("a-${AWS:UserName}-${aws:PrincipalTag/team}", "a-ann-r*d"),
        ("${aws:SourceVpc, 'none'}", "none"),
        ("${aws:SourceVpc}", None),
        ("${aws:TagKeys}", None),
        ("${aws:SourceIp}", None),
        ("${*}${?}${$}", "*?$"),
        ("${unfinished", "${unfinished"),
    ],
)
def test_policy_variables(text: str, found: str | None) -> None:
    """A variable stands for the one value of its key, or for its default; without either there is none."""
    expanded = expand(text, CONTEXT, pattern=False)
    assert (expanded if isinstance(expanded, str) else None) == found


CONDITIONS: list[tuple[dict[str, Any], bool | None]] = [
    ({"NumericLessThan": {"backup:ChangeableForDays": 8}}, True),
    ({"NumericLessThan": {"backup:ChangeableForDays": "7"}}, False),
    ({"NumericLessThanEquals": {"backup:ChangeableForDays": "7.0"}}, True),
    ({"NumericGreaterThan": {"backup:ChangeableForDays": "7"}}, False),
    ({"NumericGreaterThanEquals": {"backup:ChangeableForDays": "7"}}, True),
    ({"NumericEquals": {"backup:ChangeableForDays": ["1", "7"]}}, True),
    ({"NumericNotEquals": {"backup:ChangeableForDays": ["1", "7"]}}, False),
    ({"NumericEquals": {"backup:ChangeableForDays": "seven"}}, None),
    ({"NumericLessThan": {"backup:MinRetentionDays": "7"}}, False),
    ({"NumericLessThanIfExists": {"backup:MinRetentionDays": "7"}}, True),
    ({"NumericNotEquals": {"backup:MinRetentionDays": "7"}}, True),
    ({"DateLessThan": {"aws:CurrentTime": "2026-12-01T00:00:00Z"}}, True),
    ({"DateGreaterThan": {"aws:CurrentTime": "2026-11-22"}}, True),
    ({"DateGreaterThan": {"aws:CurrentTime": "2026-11-22T01:30:00+01:00"}}, False),
    ({"DateEquals": {"aws:CurrentTime": "1795307400"}}, True),
    ({"DateNotEquals": {"aws:CurrentTime": "1795307400"}}, False),
    ({"DateLessThan": {"aws:CurrentTime": "soon"}}, None),
    ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, None),
    ({"NotIpAddressIfExists": {"aws:SourceIp": "10.0.0.0/8"}}, None),
    ({"Null": {"aws:SourceIp": "true"}}, None),
    ({"StringEquals": {"aws:username": "bob"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
    ({"StringLike": {"aws:username": "${aws:username}*"}}, True),
    ({"StringLike": {"aws:username": "${*}"}}, False),
    ({"StringEquals": {"aws:PrincipalTag/team": "${aws:PrincipalTag/Team}"}}, True),
    ({"StringLike": {"aws:PrincipalTag/team": "${aws:PrincipalTag/Team}"}}, True),
    ({"StringEquals": {"aws:username": "${aws:SourceVpc}"}}, False),
    ({"StringNotEquals": {"aws:username": "${aws:SourceVpc}"}}, True),
    ({"ForAllValues:StringEquals": {"aws:TagKeys": ["one", "two", "three"]}}, True),
    ({"ForAllValues:StringEquals": {"aws:TagKeys": ["one"]}}, False),
    ({"ForAllValues:StringNotEquals": {"aws:TagKeys": ["three"]}}, True),
    ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["two", "three"]}}, True),
    ({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["two"]}}, True),
    ({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["two", "one"]}}, False),
    ({"ForAllValues:StringEquals": {"backup:CopyTargets": ["x"]}}, True),
    ({"ForAnyValue:StringEqualsIfExists": {"backup:CopyTargets": ["x"]}}, True),
    ({"Null": {"backup:CopyTargets": "true", "aws:TagKeys": "false"}}, True),
    ({"BinaryEquals": {"aws:username": "ann"}}, True),
    ({"StringMatches": {"aws:username": "ann"}}, None),
]


@pytest.mark.parametrize(("condition", "found"), CONDITIONS)
def test_conditions_of_a_request_that_is_known(condition: dict[str, Any], found: bool | None) -> None:
    """Every operator compares as IAM does; None is what cannot be told."""
    assert holds(condition, CONTEXT) is found


@pytest.mark.parametrize(
    ("network", "address", "found"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3/8", "10.9.9.9", True),
        ("2001:db8::/32", "2001:db8:1::1", True),
        ("2001:db8::/32", "10.1.2.3", False),
        ("everywhere", "10.1.2.3", None),
    ],
)
def test_addresses(network: str, address: str, found: bool | None) -> None:
    """Addresses are in networks of both versions, or not."""
    context = Context.of({"aws:SourceIp": address}, whole=True)
    assert holds({"IpAddress": {"aws:SourceIp": network}}, context) is found
    assert holds({"NotIpAddress": {"aws:SourceIp": network}}, context) is (None if found is None else not found)


def _statement(effect: str, action: Any = ACTION, **members: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": "*", **members}


def _documents(*statements: dict[str, Any]) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _request(principal: str = SESSION, resource: str = VAULT, *, vague: bool = False) -> Request:
    role = ROLE if principal == SESSION else None
    return Request(ACTION, resource, ME, principal, None, CONTEXT, role, vague)


SAYS = {
    "allow": _documents(_statement("Allow")),
    "deny": _documents(_statement("Allow", "*"), _statement("Deny")),
    "silent": _documents(_statement("Allow", "s3:*"), _statement("Deny", "s3:*")),
}
GRANTS: dict[str, Any] = {
    "account": {"AWS": ME},
    "root": {"AWS": f"arn:aws:iam::{ME}:root"},
    "role": {"AWS": ROLE},
    "everybody": "*",
    "session": {"AWS": SESSION},
    "stranger": {"AWS": "222222222222"},
}
WORD = st.sampled_from(["allow", "deny", "silent"])
MAYBE = st.none() | WORD


def _of_resource(whom: str, effect: str) -> Document:
    return _documents(_statement(effect, Principal=GRANTS[whom]))


@given(
    identity=st.lists(WORD, max_size=2),
    boundary=MAYBE,
    session=MAYBE,
    levels=st.lists(st.lists(WORD, max_size=2), max_size=3),
    whom=st.none() | st.sampled_from(sorted(GRANTS)),
    closed=st.booleans(),
    owner=st.sampled_from(["same-account", "policy-first", "other-account"]),
)
def test_the_whole_logic(
    identity: list[str],
    boundary: str | None,
    session: str | None,
    levels: list[list[str]],
    whom: str | None,
    closed: bool,
    owner: Any,
) -> None:
    """The decision is that of AWS's flow chart, written down once more as one formula."""
    resource = None if whom is None else _of_resource(whom, "Deny" if closed else "Allow")
    policies = Policies(
        identity=tuple(SAYS[one] for one in identity),
        boundary=None if boundary is None else SAYS[boundary],
        session=None if session is None else (SAYS[session],),
        resource=resource,
        service_controls=tuple(tuple(SAYS[one] for one in level) for level in levels),
    )
    denied = "deny" in (*identity, boundary, session, *(word for level in levels for word in level)) or (
        closed and whom not in (None, "stranger")
    )
    limited = "silent" in (boundary, session)
    own = "allow" in identity and not limited
    given_to = None if closed else whom
    exactly = given_to == "session" or (given_to in ("role", "everybody") and not limited)
    let_in = given_to not in (None, "stranger")
    passes = {
        "same-account": own or exactly,
        "policy-first": exactly or (own and let_in),
        "other-account": own and let_in,
    }
    good = not denied and all("allow" in level for level in levels) and passes[owner]
    found = refusal(_request(), policies, owner)
    assert (found is None) is good
    assert (explicit_denial(_request(), policies) is not None) is denied
    assert found is None or found.explicit is denied


def test_the_root_needs_no_policies_but_its_organization_binds_it() -> None:
    """The root of an account is refused by service control policies, resource policies, and nothing else."""
    root = _request(f"arn:aws:iam::{ME}:root")
    assert refusal(root, Policies(), "same-account") is None
    silent = Policies(service_controls=((SAYS["allow"],), (SAYS["silent"],)))
    assert refusal(root, silent, "same-account") == Refusal(Source.SERVICE_CONTROL, explicit=False)
    assert refusal(root, Policies(), "policy-first") == Refusal(Source.RESOURCE, explicit=False)
    closed = Policies(resource=_of_resource("root", "Deny"))
    assert refusal(root, closed, "same-account") == Refusal(Source.RESOURCE, explicit=True)


def test_a_user_that_is_named_needs_nothing_else() -> None:
    """A resource's policy that names the user lets it in whatever its boundary leaves out."""
    policies = Policies((), SAYS["silent"], None, _documents(_statement("Allow", Principal={"AWS": USER})))
    assert refusal(_request(USER), policies, "same-account") is None


def test_exceptions_by_not_principal_and_not_resource() -> None:
    """Negated elements spare what they name."""
    spared = _documents(_statement("Deny", Principal=None, NotPrincipal={"AWS": [ME, ROLE]}))
    assert explicit_denial(_request(), Policies(resource=spared)) is None
    assert explicit_denial(_request(USER), Policies(resource=_documents({**spared["Statement"][0], "NotPrincipal": {
        "AWS": ROLE}}))) == Refusal(Source.RESOURCE, explicit=True)  # fmt: skip
    others = {key: value for key, value in _statement("Deny", NotResource="*:v1").items() if key != "Resource"}
    assert explicit_denial(_request(), Policies((_documents(others),))) is None
    assert explicit_denial(_request(resource=VAULT + "2"), Policies((_documents(others),))) is not None


def test_doubt_refuses_nobody() -> None:
    """What cannot be told, because AWS does not say what an action is about or where one is, lets pass."""
    unsure = _request(resource="*", vague=True)
    named = _documents(_statement("Allow", Resource=VAULT), _statement("Deny", Resource=VAULT))
    assert refusal(unsure, Policies((named,)), "same-account") is None
    outside = {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    assert explicit_denial(_request(), Policies((_documents(_statement("Deny", Condition=outside)),))) is None
    assert refusal(_request(), Policies((_documents(_statement("Allow", Condition=outside)),)), "same-account") is None
    assert explicit_denial(unsure, Policies((SAYS["deny"],))) is not None


@pytest.mark.parametrize(
    ("found", "end"),
    [
        (Refusal(Source.SERVICE_CONTROL, explicit=True), "with an explicit deny in a service control policy"),
        (Refusal(Source.IDENTITY, explicit=True), "with an explicit deny in an identity-based policy"),
        (Refusal(Source.BOUNDARY, explicit=False), f"because no permissions boundary allows the {ACTION} action"),
    ],
)
def test_sentences(found: Refusal, end: str) -> None:
    """A refusal is told in AWS's words: who, what, on which resource, and why."""
    start = f"User: {SESSION} is not authorized to perform: {ACTION} on resource: {VAULT} "
    assert found.sentence(_request()) == start + end


def test_the_table_of_actions() -> None:
    """Each operation stands in the table once, with the name that policies use."""
    assert len(ACTIONS) == 115
    assert ACTIONS["PutBackupVaultLockConfiguration"].keys.keys() == {
        "backup:ChangeableForDays", "backup:MinRetentionDays", "backup:MaxRetentionDays",
    }  # fmt: skip
    assert ACTIONS["StartCopyJob"].iam == "backup:StartCopyJob"
