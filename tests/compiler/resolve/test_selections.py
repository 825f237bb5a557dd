"""Selections: what AWS is told is exactly what the condition means, or there is an error."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstay.dsl import Condition, Select, resource, resource_type, tag
from backstay.dsl.condition import AllOf, AnyOf, NotOf, Resource, ResourceType, Tag, TagIn
from backstay.resolve.patterns import Inexpressible
from backstay.resolve.selections import selections
from backstay_aws.selection import Selection, glob, matches, type_patterns

GOLD, PROD = tag("backup") == "gold", tag("env") == "prod"
RDS, EBS = "arn:aws:rds:*:*:db:*", "arn:aws:ec2:*:*:volume/*"
DB = "arn:aws:rds:eu-west-1:100000000001:db:ledger"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (GOLD, [{"resources": ("*",), "string_equals": (("backup", "gold"),)}]),
        (
            GOLD & ~tag("env").like("tmp*"),
            [{"resources": ("*",), "string_equals": (("backup", "gold"),), "string_not_like": (("env", "tmp*"),)}],
        ),
        (~GOLD, [{"resources": ("*",), "string_not_equals": (("backup", "gold"),)}]),
        (tag("backup").isin(["gold"]), [{"list_of_tags": (("backup", "gold"),)}]),
        (
            (tag("backup") == "gold") | (tag("backup") == "silver"),
            [{"list_of_tags": (("backup", "gold"), ("backup", "silver"))}],
        ),
        (
            ~tag("env").isin(["a", "b"]),
            [{"resources": ("*",), "string_not_equals": (("env", "a"), ("env", "b"))}],
        ),
        (
            GOLD | PROD,
            [
                {"resources": ("*",), "string_equals": (("backup", "gold"),)},
                {"resources": ("*",), "string_equals": (("env", "prod"),)},
            ],
        ),
        (
            tag("backup").isin(["gold", "silver"]) & PROD,
            [
                {"resources": ("*",), "string_equals": (("backup", "gold"), ("env", "prod"))},
                {"resources": ("*",), "string_equals": (("backup", "silver"), ("env", "prod"))},
            ],
        ),
        (resource_type("RDS") | resource_type("EBS"), [{"resources": (RDS, EBS)}]),
        (
            (resource_type("RDS") | resource(DB.replace("ledger", "x"))) & GOLD,
            [{"resources": (RDS, DB.replace("ledger", "x")), "string_equals": (("backup", "gold"),)}],
        ),
        (
            resource_type("RDS") | GOLD,
            [{"resources": (RDS,)}, {"resources": ("*",), "string_equals": (("backup", "gold"),)}],
        ),
        (
            GOLD & ~resource_type("EBS"),
            [{"resources": ("*",), "not_resources": (EBS,), "string_equals": (("backup", "gold"),)}],
        ),
        (~(resource_type("EBS") | resource(DB)), [{"resources": ("*",), "not_resources": (EBS, DB)}]),
        (resource_type("RDS") & resource(DB), [{"resources": (DB,)}]),
        (resource_type("RDS") & ~resource(DB), [{"resources": (RDS,), "not_resources": (DB,)}]),
        (Select.everything().where, [{"resources": ("*",)}]),
    ],
)
def test_what_a_condition_becomes(condition: Condition, expected: list[dict[str, Any]]) -> None:
    """One AWS selection for each disjunct, in source order, as the language says."""
    assert [made.selection for made in selections(condition, "aws")] == [Selection(**one) for one in expected]


@pytest.mark.parametrize(
    ("condition", "name", "cure"),
    [
        (resource_type("RDS") & resource_type("EBS"), "selection-takes-nothing", "`|`"),
        (resource_type("RDS") & resource("arn:aws:ec2:x:1:volume/v"), "selection-takes-nothing", "`|`"),
        (
            resource("arn:aws:rds:eu-*:*:db:*") & resource("arn:aws:rds:*:*:db:prod-*"),
            "inexpressible-selection",
            "one ARN pattern",
        ),
        (resource_type("RSD"), "unknown-resource-type", "`RDS`"),
        (GOLD & ~resource_type("Elephant"), "unknown-resource-type", ""),
        (AllOf(tuple(tag(f"k{n}").isin(["a", "b", "c"]) for n in range(5))), "selection-explodes", "one tag"),
        (AllOf(tuple(tag(f"k{n}").isin(["a", "b", "c"]) for n in range(60))), "selection-explodes", "one tag"),
    ],
)
def test_what_aws_cannot_express_is_an_error(condition: Condition, name: str, cure: str) -> None:
    """An intersection of ARN lists, a contradiction, an explosion: refused with the nearest thing that works."""
    with pytest.raises(Inexpressible) as refused:
        selections(condition, "aws")
    assert refused.value.name == name
    assert cure in (refused.value.cure or "")


def test_types_follow_the_resources() -> None:
    """A selection knows its types where it names types or ARNs that tell, and says none where any could be taken."""
    assert [made.types for made in selections(resource_type("RDS") | resource(DB), "aws")] == [("RDS",)]
    assert [made.types for made in selections(resource_type("EBS") | GOLD, "aws")] == [("EBS",), ()]
    assert [made.types for made in selections(resource("arn:aws:rds:*") & GOLD, "aws")] == [()]


def test_patterns_are_of_the_partition() -> None:
    """In GovCloud and China the patterns of types carry the partition's name."""
    (made,) = selections(resource_type("EBS"), "aws-us-gov")
    assert made.selection.resources == ("arn:aws-us-gov:ec2:*:*:volume/*",)


ARNS = {
    "RDS": [DB, "arn:aws:rds:eu-west-1:100000000001:db:prod-1"],
    "EBS": ["arn:aws:ec2:eu-west-1:100000000001:volume/vol-1", "arn:aws:ec2:us-east-1:100000000002:volume/vol-2"],
    "S3": ["arn:aws:s3:::logs", "arn:aws:s3:::prod-logs"],
}
KEYS, VALUES = ["a", "b"], ["x", "y", "xy", ""]
CONDITIONS = st.recursive(
    st.one_of(
        st.builds(Tag, st.sampled_from(KEYS), st.sampled_from(["==", "!="]), st.sampled_from(VALUES)),
        st.builds(
            Tag, st.sampled_from(KEYS), st.sampled_from(["like", "not like"]), st.sampled_from(["x*", "*y", "*"])
        ),
        st.builds(TagIn, st.sampled_from(KEYS), st.lists(st.sampled_from(VALUES), min_size=1, max_size=3).map(tuple)),
        st.builds(ResourceType, st.sampled_from(sorted(ARNS))),
        st.builds(Resource, st.sampled_from([*(arn for arns in ARNS.values() for arn in arns), "arn:aws:rds:*:db:p*"])),
    ),
    lambda inner: st.one_of(
        st.builds(AllOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(NotOf, inner),
    ),
    max_leaves=8,
)


def plainly(condition: Condition, arn: str, tags: dict[str, str], absent: bool, holds: bool = True) -> bool:
    """What a condition means, evaluated as it stands; `~` of a comparison is the opposite comparison."""
    match condition:
        case NotOf(item=item):
            return plainly(item, arn, tags, absent, not holds)
        case AllOf(items=items):
            found = [plainly(item, arn, tags, absent, holds) for item in items]
            return all(found) if holds else any(found)
        case AnyOf(items=items):
            found = [plainly(item, arn, tags, absent, holds) for item in items]
            return any(found) if holds else all(found)
        case Tag(key=key, operator=operator, value=value):
            negative = (operator in ("!=", "not like")) == holds
            if key not in tags:
                return negative and absent
            hit = glob(value, tags[key]) if "like" in operator else tags[key] == value
            return hit != negative
        case TagIn(key=key, values=values):
            return (tags[key] in values) == holds if key in tags else not holds and absent
        case Resource(arn=pattern):
            return glob(pattern, arn) == holds
        case ResourceType(type=name):
            return any(glob(pattern, arn) for pattern in type_patterns(name, "aws")) == holds
    raise AssertionError(condition)


@settings(max_examples=400, deadline=None)
@given(condition=CONDITIONS, absent=st.booleans(), data=st.data())
def test_selections_take_exactly_what_the_condition_means(
    condition: Condition, absent: bool, data: st.DataObject
) -> None:
    """Under both readings of StringNotEquals on an absent tag, no resource is taken too much or left out."""
    try:
        made = selections(condition, "aws")
    except Inexpressible:
        return
    kind = data.draw(st.sampled_from(sorted(ARNS)))
    arn = data.draw(st.sampled_from(ARNS[kind]))
    tags = data.draw(st.dictionaries(st.sampled_from(KEYS), st.sampled_from([*VALUES, "z"])))
    taken = any(
        matches(
            one.selection, arn=arn, resource_type=kind, tags=tags, opted_in=lambda _: True, absent_matches_not=absent
        )
        for one in made
    )
    assert taken == plainly(condition, arn, tags, absent)


@settings(deadline=None)
@given(condition=CONDITIONS)
def test_every_value_knows_its_comparison(condition: Condition) -> None:
    """Each entry of each AWS selection but the bare `*` can be traced to a comparison of the author's."""
    try:
        made = selections(condition, "aws")
    except Inexpressible:
        return
    for one in made:
        chosen = one.selection
        conditions = chosen.string_equals + chosen.string_not_equals + chosen.string_like + chosen.string_not_like
        named = [text for text in chosen.resources if text != "*"]
        assert len(one.said) == len(conditions) + len(named) + len(chosen.not_resources) + len(chosen.list_of_tags)
