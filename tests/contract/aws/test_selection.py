"""Selections: the worked examples of the guide, the opt-in table, refusals, and an evaluator written another way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_aws import catalog
from backstay_aws.selection import (
    Selection,
    SelectionProblem,
    from_api,
    glob,
    matches,
    problems,
    to_api,
    type_patterns,
)

INSTANCE = "arn:aws:ec2:eu-west-1:123456789012:instance/i-1"
VOLUME = "arn:aws:ec2:eu-west-1:123456789012:volume/vol-1"
CLUSTER = "arn:aws:rds:eu-west-1:123456789012:cluster:c"
DATABASE = "arn:aws:rds:eu-west-1:123456789012:db:d"
BUCKET = "arn:aws:s3:::acme-logs"
ROLE = "arn:aws:iam::123456789012:role/b"


def _takes(
    selection: Selection,
    arn: str = INSTANCE,
    kind: str = "EC2",
    *,
    tags: Mapping[str, str] | None = None,
    opted_in: Callable[[str], bool] = lambda _: True,
    absent: bool = True,
) -> bool:
    return matches(
        selection, arn=arn, resource_type=kind, tags=tags or {}, opted_in=opted_in, absent_matches_not=absent
    )


TAKEN = [
    # selection, tags of the resource, taken?
    (Selection(), {}, False),
    (Selection(resources=("*",)), {}, True),
    (Selection(resources=(INSTANCE,)), {}, True),
    (Selection(resources=(VOLUME,)), {}, False),
    (Selection(resources=(VOLUME, INSTANCE)), {}, True),
    (Selection(resources=("arn:aws:ec2:*",)), {}, True),
    (Selection(resources=("arn:aws:ec2:*:*:instance/*",)), {}, True),
    (Selection(resources=("arn:aws:ec2:eu-west-1:123456789012:instance/i-*",)), {}, True),
    (Selection(resources=("arn:aws:ec2:us-*:*:instance/*",)), {}, False),
    (Selection(resources=("ARN:AWS:EC2:*",)), {}, False),
    # ListOfTags: any of them is enough, exactly
    (Selection(list_of_tags=(("backup", "gold"),)), {"backup": "gold"}, True),
    (Selection(list_of_tags=(("backup", "gold"),)), {"backup": "Gold"}, False),
    (Selection(list_of_tags=(("backup", "gold"),)), {"Backup": "gold"}, False),
    (Selection(list_of_tags=(("backup", "gold"), ("env", "prod"))), {"env": "prod"}, True),
    (Selection(list_of_tags=(("backup", "go*"),)), {"backup": "gold"}, False),
    # Resources and ListOfTags: a union
    (Selection(resources=(VOLUME,), list_of_tags=(("backup", "gold"),)), {"backup": "gold"}, True),
    (Selection(resources=(INSTANCE,), list_of_tags=(("backup", "gold"),)), {}, True),
    (Selection(resources=(VOLUME,), list_of_tags=(("backup", "gold"),)), {}, False),
    # Conditions: every one must hold, beside Resources or ListOfTags, never instead of them
    (Selection(string_equals=(("env", "prod"),)), {"env": "prod"}, False),
    (Selection(resources=("*",), string_equals=(("env", "prod"),)), {"env": "prod"}, True),
    (Selection(resources=("*",), string_equals=(("env", "prod"),)), {"env": "PROD"}, False),
    (Selection(resources=("*",), string_equals=(("env", "prod"),)), {}, False),
    (Selection(resources=("*",), string_equals=(("env", "prod"), ("tier", "1"))), {"env": "prod"}, False),
    (Selection(resources=("*",), string_like=(("env", "*rod*"),)), {"env": "production"}, True),
    (Selection(resources=("*",), string_like=(("env", "prod*"),)), {"env": "nonprod"}, False),
    (Selection(resources=("*",), string_like=(("env", "*"),)), {}, False),
    (Selection(resources=("*",), string_like=(("env", "*"),)), {"env": ""}, True),
    (Selection(resources=("*",), string_not_equals=(("env", "dev"),)), {"env": "prod"}, True),
    (Selection(resources=("*",), string_not_equals=(("env", "dev"),)), {"env": "dev"}, False),
    (Selection(resources=("*",), string_not_like=(("env", "tmp*"),)), {"env": "tmp-1"}, False),
    (Selection(resources=("*",), string_not_like=(("env", "tmp*"),)), {"env": "prod"}, True),
    (Selection(list_of_tags=(("backup", "gold"),), string_equals=(("env", "prod"),)), {"backup": "gold"}, False),
    # NotResources bars whatever let the resource in
    (Selection(resources=("*",), not_resources=(INSTANCE,)), {}, False),
    (Selection(resources=("*",), not_resources=("arn:aws:ec2:*:*:volume/*",)), {}, True),
    (Selection(list_of_tags=(("a", "b"),), not_resources=("arn:aws:ec2:*",)), {"a": "b"}, False),
    (Selection(not_resources=(VOLUME,)), {}, False),
]


@pytest.mark.parametrize(("selection", "tags", "taken"), TAKEN)
def test_takes_what_the_guide_says(selection: Selection, tags: Mapping[str, str], taken: bool) -> None:
    """ARNs and tags let in by union, conditions restrict by intersection, NotResources bars, case always matters."""
    assert _takes(selection, tags=tags) is taken


@pytest.mark.parametrize("absent", [True, False])
@pytest.mark.parametrize("operator", ["string_not_equals", "string_not_like"])
def test_absent_tag_is_read_either_way(operator: str, absent: bool) -> None:
    """What a negated condition says of a resource without the tag is open at AWS, and the caller's choice here."""
    conditions: dict[str, Any] = {operator: (("env", "dev"),)}
    selection = Selection(resources=("*",), **conditions)
    assert _takes(selection, absent=absent) is absent
    assert _takes(selection, tags={"env": "prod"}, absent=absent)


OPT_IN = [
    # how the resource is selected, its ARN and type, taken while its type is opted out?
    (Selection(resources=("*",)), INSTANCE, "EC2", False),
    (Selection(list_of_tags=(("a", "b"),)), INSTANCE, "EC2", False),
    (Selection(resources=("arn:aws:ec2:*",)), INSTANCE, "EC2", False),
    (Selection(resources=("arn:aws:ec2:*:*:*",)), INSTANCE, "EC2", False),
    (Selection(resources=("arn:aws:ec2:*:*:instance/*",)), INSTANCE, "EC2", True),
    (Selection(resources=(INSTANCE,)), INSTANCE, "EC2", True),
    (Selection(resources=(INSTANCE,), list_of_tags=(("a", "b"),)), INSTANCE, "EC2", True),
    (Selection(resources=("*", INSTANCE)), INSTANCE, "EC2", True),
    (Selection(resources=("arn:aws:s3:::*",)), BUCKET, "S3", True),
    (Selection(resources=("arn:aws:s3:*",)), BUCKET, "S3", False),
    (Selection(resources=("arn:aws:rds:*:*:cluster:*",)), CLUSTER, "RDS", True),  # a Multi-AZ cluster
    (Selection(resources=("arn:aws:rds:*:*:cluster:*",)), CLUSTER, "Aurora", False),
    (Selection(resources=(CLUSTER,)), CLUSTER, "Aurora", False),
    (Selection(resources=(CLUSTER,)), CLUSTER, "DocumentDB", False),
    (Selection(resources=(CLUSTER,)), CLUSTER, "Neptune", False),
    (Selection(resources=("arn:aws:rds:*:*:db:*",)), DATABASE, "RDS", True),
]


@pytest.mark.parametrize(("selection", "arn", "kind", "taken"), OPT_IN)
def test_opt_in(selection: Selection, arn: str, kind: str, taken: bool) -> None:
    """Opt-in rules over tags, `*` and whole services; a type or an ARN overrides it, but not for three types."""
    tags = {"a": "b"}
    assert _takes(selection, arn, kind, tags=tags)
    assert _takes(selection, arn, kind, tags=tags, opted_in=lambda _: False) is taken


def test_opt_in_is_asked_for_the_type_s_key() -> None:
    """The question about opt-in names the key of the Region settings, and only that of the resource's type."""
    asked: list[str] = []

    def opted_in(key: str) -> bool:
        asked.append(key)
        return True

    assert _takes(Selection(resources=("*",)), CLUSTER, "Aurora", opted_in=opted_in)
    assert asked == ["Aurora"]


def test_never_takes_what_aws_backup_does_not_support() -> None:
    """A resource of a type that the catalogue does not have is not backed up, whatever selects it."""
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:f"
    assert not _takes(Selection(resources=("*", arn)), arn, "Lambda")


@pytest.mark.parametrize(
    ("arn", "tags"),
    [
        ("arn:aws:rds:eu-west-1:123456789012:db:awsbackup-restore-test-1", {}),
        ("arn:aws:s3:::awsbackup-restore-test-1", {}),
        ("arn:aws:dynamodb:eu-west-1:123456789012:table/awsbackup-restore-test-1", {}),
        (INSTANCE, {"awsbackup-restore-test": "x"}),
    ],
)
def test_never_takes_restore_tests(arn: str, tags: Mapping[str, str]) -> None:
    """Resources that restore testing made are left alone by every plan."""
    kind = {"rds": "RDS", "s3": "S3", "dynamodb": "DynamoDB", "ec2": "EC2"}[arn.split(":")[2]]
    assert not _takes(Selection(resources=("*", arn)), arn, kind, tags=tags)


def test_type_patterns() -> None:
    """Each type is selected by its documented patterns, in the partition asked for."""
    assert type_patterns("RDS", "aws") == ("arn:aws:rds:*:*:db:*",)
    assert type_patterns("FSx", "aws-cn") == ("arn:aws-cn:fsx:*:*:file-system/*", "arn:aws-cn:fsx:*:*:volume/*")
    assert type_patterns("S3", "aws-us-gov") == ("arn:aws-us-gov:s3:::*",)
    assert type_patterns("Aurora", "aws") == type_patterns("Neptune", "aws") == ("arn:aws:rds:*:*:cluster:*",)
    assert type_patterns("Lambda", "aws") == ()


def test_type_patterns_take_their_own_resources() -> None:
    """A type's patterns match the ARNs of that type, opted in or not, unless the type always needs opt-in."""
    for row in catalog.resource_types():
        arn = row.arn.format(partition="aws", region="eu-west-1", account="123456789012").replace("*", "x")
        selection = Selection(resources=type_patterns(row.name, "aws"))
        assert _takes(selection, arn, row.name), row.name
        assert _takes(selection, arn, row.name, opted_in=lambda _: False) is (row.opt_in_always == "no"), row.name


BODY: dict[str, Any] = {"SelectionName": "gold", "IamRoleArn": ROLE, "Resources": ["*"]}
TAG = {"ConditionType": "STRINGEQUALS", "ConditionKey": "a", "ConditionValue": "b"}
CONDITION = {"ConditionKey": "aws:ResourceTag/a", "ConditionValue": "b"}
PLAIN = [f"arn:aws:s3:::b{n}" for n in range(501)]
WILD = [f"arn:aws:s3:::b{n}-*" for n in range(31)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ()),
        ({"SelectionName": ""}, ("NO_NAME",)),
        ({"SelectionName": "with blank"}, ("NAME",)),
        ({"SelectionName": "x" * 51}, ("NAME",)),
        ({"SelectionName": "a.b_c-D9"}, ()),
        ({"IamRoleArn": None}, ("NO_ROLE",)),
        ({"Resources": []}, ("EMPTY",)),
        ({"Resources": [], "NotResources": ["*"]}, ("EMPTY",)),
        ({"Resources": None, "Conditions": {"StringEquals": [CONDITION]}}, ("EMPTY",)),
        ({"Resources": [], "ListOfTags": [TAG]}, ()),
        ({"Resources": PLAIN[:500]}, ()),
        ({"Resources": PLAIN}, ("RESOURCES_PLAIN",)),
        ({"Resources": WILD[:30]}, ()),
        ({"Resources": WILD}, ("RESOURCES_WILDCARD",)),
        ({"NotResources": PLAIN[:500] + WILD[:30]}, ()),
        ({"NotResources": PLAIN}, ("NOT_RESOURCES_PLAIN",)),
        ({"NotResources": WILD}, ("NOT_RESOURCES_WILDCARD",)),
        ({"ListOfTags": [TAG] * 30}, ()),
        ({"ListOfTags": [TAG] * 31}, ("TAGS",)),
        ({"ListOfTags": [TAG | {"ConditionType": "StringEquals"}]}, ()),
        ({"ListOfTags": [TAG | {"ConditionType": "STRINGNOTEQUALS"}]}, ("TAG_OPERATOR",)),
        ({"ListOfTags": [{"ConditionKey": "a", "ConditionValue": "b"}]}, ("TAG_OPERATOR",)),
        ({"Conditions": {"StringEquals": [CONDITION] * 30}}, ()),
        ({"Conditions": {"StringEquals": [CONDITION] * 30, "StringLike": [CONDITION]}}, ("CONDITIONS",)),
    ],
)
def test_lists_what_the_service_refuses(change: dict[str, Any], expected: tuple[str, ...]) -> None:
    """Each refused shape is found by name, and the largest legal shape passes."""
    assert tuple(problem.name for problem in problems(BODY | change)) == expected


def test_problems_name_the_member_at_fault() -> None:
    """A problem can be placed: it knows the member of the request."""
    members = {"SelectionName", "IamRoleArn", "Resources", "NotResources", "ListOfTags", "Conditions"}
    assert {problem.member for problem in SelectionProblem} == members
    assert SelectionProblem.EMPTY.member == "Resources"


def test_reads_what_people_write() -> None:
    """Absent and null members are empty; the prefix of a condition's key comes off, a tag list's key stays."""
    assert from_api({}) == from_api({"Resources": None, "Conditions": None, "ListOfTags": None}) == Selection()
    body = {
        "ListOfTags": [{"ConditionType": "StringEquals", "ConditionKey": "aws:ResourceTag/a", "ConditionValue": "b"}],
        "Conditions": {
            "StringLike": [CONDITION, {"ConditionKey": "c", "ConditionValue": "d"}],
            "StringNotLike": [{"ConditionKey": "aws:ResourceTag/aws:ResourceTag/x"}],
        },
    }
    assert from_api(body) == Selection(
        list_of_tags=(("aws:ResourceTag/a", "b"),),
        string_like=(("a", "b"), ("c", "d")),
        string_not_like=(("aws:ResourceTag/x", ""),),
    )


WORD = st.text(alphabet="ab*-", max_size=4)
PAIRS = st.lists(st.tuples(st.sampled_from("xyz"), WORD), max_size=3).map(tuple)
ARN = st.sampled_from([INSTANCE, "*", "arn:aws:ec2:*", "arn:aws:ec2:*:*:instance/*", VOLUME])
ARNS = st.lists(ARN, max_size=2).map(tuple)
SELECTIONS = st.builds(Selection, ARNS, ARNS, PAIRS, PAIRS, PAIRS, PAIRS, PAIRS)


@given(SELECTIONS)
def test_round_trip(selection: Selection) -> None:
    """What is written for the API is read back as it was, and only an empty selection is refused."""
    body = to_api(selection, "gold", ROLE)
    assert from_api(body) == selection
    empty = not selection.resources and not selection.list_of_tags
    assert problems(body) == ((SelectionProblem.EMPTY,) if empty else ())


@given(
    SELECTIONS,
    st.dictionaries(st.sampled_from("xyz"), st.text(alphabet="ab-", max_size=4)),
    st.booleans(),
    st.booleans(),
)
def test_agrees_with_a_plain_evaluator(
    selection: Selection, tags: dict[str, str], absent: bool, opted_in: bool
) -> None:
    """An evaluator written from the formula of the reference, clause by clause, gives the same verdict."""

    def like(pattern: str, text: str) -> bool:
        return re.fullmatch("".join(".*" if sign == "*" else re.escape(sign) for sign in pattern), text) is not None

    named = any(pattern in (INSTANCE, "arn:aws:ec2:*:*:instance/*") for pattern in selection.resources)
    broad = any(pattern in ("*", "arn:aws:ec2:*") for pattern in selection.resources)
    tagged = any((key, value) in tags.items() for key, value in selection.list_of_tags)
    verdict = named or ((broad or tagged) and opted_in)
    for key, value in selection.string_equals:
        verdict &= tags.get(key) == value
    for key, value in selection.string_like:
        verdict &= key in tags and like(value, tags[key])
    for key, value in selection.string_not_equals:
        verdict &= (tags[key] != value) if key in tags else absent
    for key, value in selection.string_not_like:
        verdict &= (not like(value, tags[key])) if key in tags else absent
    verdict &= not any(pattern != VOLUME for pattern in selection.not_resources)
    assert _takes(selection, tags=tags, opted_in=lambda _: opted_in, absent=absent) is verdict


@pytest.mark.parametrize(
    ("pattern", "text", "hit"),
    [
        ("*", "", True),
        ("a*", "a", True),
        ("a*c", "abbbc", True),
        ("a*c", "abbb", False),
        ("***", "x", True),
        ("a?c", "abc", False),
        ("a?c", "a?c", True),
        ("a.c", "abc", False),
        ("[ab]", "a", False),
        ("a", "A", False),
        ("*b", "line\nb", True),
        ("", "", True),
        ("", "a", False),
    ],
)
def test_glob(pattern: str, text: str, hit: bool) -> None:
    """Only the asterisk is special, it may stand anywhere, and case matters."""
    assert glob(pattern, text) is hit
