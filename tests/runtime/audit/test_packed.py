"""Facts leave the process as bytes and come back as they were."""

from __future__ import annotations

import pytest

from backstay_agent.audit.packed import UnreadableFactsError, digest, pack, unpack
from backstay_agent.controls.facts import Facts, Place
from backstay_agent.observed import Unread


def test_facts_come_back_as_they_were(facts: Facts) -> None:
    """Packing and unpacking loses nothing, and gives the same bytes again."""
    again = unpack(Facts, pack(facts))
    assert again == facts
    assert pack(again) == pack(facts)


def test_a_place_and_an_unread_one_travel_alone(facts: Facts) -> None:
    """A worker sends one shard at a time."""
    for place in facts.places:
        assert unpack(Place, pack(place)) == place
    for unread in facts.unread:
        assert unpack(Unread, pack(unread)) == unread


def test_a_changed_byte_changes_the_digest(facts: Facts) -> None:
    """Two facts that differ never share a digest."""
    assert len({digest(pack(place)) for place in facts.places}) == len(facts.places)


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        (b"{", "the document: Invalid JSON"),
        (b"{}", "organization: Field required"),
        (b'{"account":1,"region":"eu-west-1"}', "account: "),
    ],
)
def test_what_is_no_facts_is_refused_at_its_place(packed: bytes, said: str) -> None:
    """A document of another kind is named by the first member that is wrong, without a traceback."""
    with pytest.raises(UnreadableFactsError) as refused:
        unpack(Place if b"account" in packed else Facts, packed)
    assert str(refused.value).startswith(said)
