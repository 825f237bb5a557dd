"""Which plans take a resource, and when that cannot be said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.audit.membership import OptIns, assign
from backstay_agent.discover import Found
from backstay_aws.selection import Selection, matches

TABLE = "arn:aws:dynamodb:eu-central-1:100000000010:table/orders"
CLUSTER = "arn:aws:rds:eu-central-1:100000000010:cluster:books"
TAGGED = Selection(resources=("*",), string_equals=(("backup", "gold"),))
UNLESS = Selection(resources=("*",), string_not_equals=(("env", "tmp"),))


def taken(found: Found, selection: Selection, opt_ins: OptIns) -> tuple[bool, bool]:
    """Whether the plan takes it for certain, and whether perhaps."""
    (resource,) = assign([found], {"p": [selection]}, opt_ins)
    return resource.plans == ("p",), resource.perhaps == ("p",)


def test_a_missing_tag_leaves_a_negative_condition_open() -> None:
    """AWS does not say whether StringNotEquals holds for a resource without the tag; so nobody claims it does."""
    everything = {"DynamoDB": True}
    assert taken(Found(TABLE, ("DynamoDB",), {}), UNLESS, everything) == (False, True)
    assert taken(Found(TABLE, ("DynamoDB",), {"env": "prod"}), UNLESS, everything) == (True, False)
    assert taken(Found(TABLE, ("DynamoDB",), {"env": "tmp"}), UNLESS, everything) == (False, False)


def test_opt_ins_that_could_not_be_read_leave_tags_open() -> None:
    """A selection by tag asks for the opt-in: taken if it is on, not if it is off, unknown if nobody could read it."""
    found = Found(TABLE, ("DynamoDB",), {"backup": "gold"})
    assert taken(found, TAGGED, {"DynamoDB": True}) == (True, False)
    assert taken(found, TAGGED, {"DynamoDB": False}) == (False, False)
    assert taken(found, TAGGED, {}) == (False, False)
    assert taken(found, TAGGED, None) == (False, True)


def test_a_cluster_of_unknown_engine_is_taken_if_every_engine_is() -> None:
    """A cluster's ARN fits four types; what holds for all of them is certain, what holds for some is open."""
    found = Found(CLUSTER, ("Aurora", "DocumentDB", "Neptune"), {"backup": "gold"})
    assert taken(found, TAGGED, {"Aurora": True, "DocumentDB": True, "Neptune": True}) == (True, False)
    assert taken(found, TAGGED, {"Aurora": True}) == (False, True)


tags = st.dictionaries(st.sampled_from(["env", "backup"]), st.sampled_from(["gold", "tmp", "prod"]))
pairs = st.lists(st.tuples(st.sampled_from(["env", "backup"]), st.sampled_from(["gold", "tmp", "t*"])), max_size=2).map(
    tuple
)
selections = st.builds(
    Selection,
    resources=st.sampled_from([(), ("*",), (TABLE,)]),
    list_of_tags=pairs,
    string_equals=pairs,
    string_not_equals=pairs,
    string_not_like=pairs,
)


@given(tags=tags, selection=selections, opted_in=st.booleans(), absent=st.booleans())
def test_certain_means_under_every_reading(
    tags: dict[str, str], selection: Selection, opted_in: bool, absent: bool
) -> None:
    """Whatever AWS turns out to mean, a resource said to be taken is, and one said not to be is not."""
    (resource,) = assign([Found(TABLE, ("DynamoDB",), tags)], {"p": [selection]}, {"DynamoDB": opted_in})
    really = matches(
        selection,
        arn=TABLE,
        resource_type="DynamoDB",
        tags=tags,
        opted_in=lambda _: opted_in,
        absent_matches_not=absent,
    )
    assert really or not resource.plans
    assert not really or resource.plans or resource.perhaps
