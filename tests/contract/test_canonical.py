"""Canonical JSON: one spelling, one digest."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_contract import canonical

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_the_same_value_has_the_same_bytes_in_any_order(value: object) -> None:
    """Reading a value and writing it again, members reversed, changes neither bytes nor digest."""

    def backwards(part: object) -> object:
        if isinstance(part, dict):
            return {key: backwards(part[key]) for key in reversed(list(part))}
        return [backwards(item) for item in part] if isinstance(part, list) else part

    again = backwards(json.loads(canonical.compact(value)))
    assert canonical.compact(again) == canonical.compact(value)
    assert canonical.pretty(again) == canonical.pretty(value)
    assert canonical.digest(again) == canonical.digest(value)


def test_what_json_cannot_say_is_refused() -> None:
    """No artifact holds NaN, which half the readers of JSON would choke on."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical.compact({"size": float("nan")})


def test_the_digest_is_of_a_known_spelling() -> None:
    """A digest that other programs computed stays valid: the spelling is part of the contract."""
    assert canonical.compact({"b": [1, "ü"], "a": None}) == '{"a":null,"b":[1,"ü"]}'.encode()
    assert canonical.digest({}) == "44136fa355b3678a1146ad16f7e8649e"
