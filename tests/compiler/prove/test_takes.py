"""What a selection takes of all resources is what it takes of each one of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backstay.prove.takes import ARN, boxes, space
from backstay_aws import catalog
from backstay_aws.selection import Selection, matches

KEYS, VALUES, PATTERNS = ("env", "tier"), ("prod", "dev", "p"), ("prod*", "*d", "*", "p*d")
ARNS = ("*", "arn:aws:rds:*:*:db:*", "arn:aws:rds:*:*:db:ledger*", "arn:aws:rds:eu-central-1:$account:db:ledger-7")
OWN = "arn:aws:rds:eu-central-1:$account:db:*"
NAMES = ("x", "ledger-7", "ledger-8", "ledger")
equal = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(VALUES)), max_size=2).map(tuple)
like = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(PATTERNS)), max_size=2).map(tuple)
arns = st.lists(st.sampled_from(ARNS), max_size=2).map(tuple)
selections = st.builds(Selection, arns, arns, equal, equal, equal, like, like)
tags = st.fixed_dictionaries({}, optional={key: st.sampled_from((*VALUES, "", "other")) for key in KEYS})


@given(selections, tags, st.sampled_from(NAMES), st.booleans(), st.booleans())
def test_boxes_mean_what_the_service_means(
    selection: Selection, own: dict[str, str], name: str, opted_in: bool, absent: bool
) -> None:
    """Under both readings of an absent tag, with and without the opt-in."""
    row = catalog.resource_type("RDS")
    assert row is not None
    arn = OWN.replace("*", name)
    every_value = [(key, value) for key in KEYS for value in (*VALUES, "", "other")]
    whole = space([selection], [], [OWN], [*every_value, (ARN, arn)])

    def cell(key: str) -> int:
        cells = whole.keys[key]
        return (
            1 if key != ARN and key not in own else cells.holding("==", arn if key == ARN else own[key], absent=absent)
        )

    point = {key: cell(key) for key in whole.keys}
    taken = any(
        all(point[key] & cells for key, cells in box.items())
        for box in boxes(selection, whole, row, opted_in=opted_in, absent=absent)
    )
    assert taken == matches(
        selection,
        arn=arn,
        resource_type="RDS",
        tags=own,
        opted_in=lambda _: opted_in,
        absent_matches_not=absent,
    )
