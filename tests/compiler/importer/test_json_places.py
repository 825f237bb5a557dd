"""JSON with places: what any reader of JSON makes of it, and where everything stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay.source.json_text import read_json
from backstay.source.yaml_text import read_yaml

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.sampled_from([None, 1, 4]))
def test_the_same_data(value: Any, indent: int | None) -> None:
    """Whatever is JSON is read as what it says."""
    found = read_json("f.json", json.dumps(value, indent=indent))
    assert found.data == value
    assert not found.faults


@given(VALUES)
def test_places_hold_what_stands_there(value: Any) -> None:
    """The place of every value on one line is exactly its text."""
    text = json.dumps(value, ensure_ascii=False)
    found = read_json("f.json", text)
    for path, span in found.spans.items():
        at: Any = value
        for part in path:
            at = at[part]
        assert json.loads(text[span.column - 1 : span.end_column - 1]) == at


@given(st.text(alphabet='{}[]",:01e.-+tfn \\\n', max_size=30))
def test_anything_ends(text: str) -> None:
    """Any text is data or one fault that says where; what Python's own reader refuses is refused here too."""
    found = read_json("f.json", text)
    try:
        wanted = json.loads(text)
    except ValueError:
        assert any(fault.kind == "broken" for fault in found.faults)
    else:
        assert found.data == wanted


def test_depth() -> None:
    """Nesting without end is a fault."""
    assert read_json("f.json", "[" * 100_000).faults[0].message.endswith("nested too deeply")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 12", 12),
        ("a: '12'", "12"),
        ("a: 012", "012"),
        ("a: true", True),
        ("a: yes", "yes"),
        ("a: 2026-01-01", "2026-01-01"),
        ("a: 1.50", 1.5),
        ("a:", None),
        ("a: 1_000", "1_000"),
    ],
)
def test_yaml_means_what_it_says(text: str, value: Any) -> None:
    """Plain numbers and truth values of YAML are such; dates, octals and other words stay text."""
    assert read_yaml("f.yaml", text).data == {"a": value}
