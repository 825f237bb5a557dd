"""The JSON reader that keeps places, repeated members and the spelling of numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_aws.effective import text
from backstay_aws.effective.text import Array, Node, Object, Place, Scalar, TextError

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=4), below, max_size=4),
    max_leaves=12,
)


@given(JSON, st.sampled_from([None, 1]))
def test_it_reads_what_others_write(data: object, indent: int | None) -> None:
    """Whatever Python's own writer writes is read as the same data, and data become the same nodes."""
    written = json.dumps(data, indent=indent)
    assert text.data(text.read(written)) == data
    assert text.data(text.node(data)) == data


@given(JSON)
def test_it_writes_what_it_read(data: object) -> None:
    """Written again, a text is the shortest that Python's own writer has for the same data."""
    short = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    assert text.written(text.read(json.dumps(data, indent=1))) == short
    assert text.written(text.read('{"a": 60.0, "a": 1e2}')) == '{"a":60.0,"a":1e2}'


def test_endless_numbers_are_read() -> None:
    """A number that no integer should be made of harms nobody."""
    assert text.data(text.read("1" * 5000)) == float("inf")


def nodes(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    yield node
    if isinstance(node, Object):
        for member in node:
            yield from nodes(member.value)
    elif isinstance(node, Array):
        for item in node.items:
            yield from nodes(item)


def cut(source: str, place: Place) -> str:
    """The piece of a text at a place."""
    lines = source.split("\n")[place.line - 1 : place.end_line]
    lines[-1] = lines[-1][: place.end_column - 1]
    lines[0] = lines[0][place.column - 1 :]
    return "\n".join(lines)


@given(JSON)
def test_a_place_holds_what_stands_there(data: object) -> None:
    """What is cut out of the text at a node's place reads as that node's data."""
    source = json.dumps(data, indent=2, ensure_ascii=False)
    for node in nodes(text.read(source)):
        assert node.place is not None
        assert text.data(text.read(cut(source, node.place))) == text.data(node)


def test_what_others_lose_is_kept() -> None:
    """Repeated members stay, and numbers keep their spelling."""
    found = text.read('{"a": 60.0, "a": 1e2}')
    assert isinstance(found, Object)
    assert [member.name for member in found] == ["a", "a"]
    assert [member.value for member in found] == [
        Scalar("60.0", "number", Place(1, 7, 1, 11)),
        Scalar("1e2", "number", Place(1, 18, 1, 21)),
    ]
    assert "a" in found
    assert "b" not in found


@pytest.mark.parametrize(
    ("source", "message", "line", "column"),
    [
        ("", "the text ends where a value should stand", 1, 1),
        ("{", "a member's name", 1, 2),
        ('{"a" 1}', "a `:` should stand behind the name `a`", 1, 6),
        ('{"a": 1,\n}', "no `,` stands before the closing `}`", 1, 8),
        ("[1, 2,]", "no `,` stands before the closing `]`", 1, 6),
        ("[1 2]", "a `,` or the closing `]` should stand here", 1, 4),
        ('["a]', "no closing quote", 1, 2),
        ("[1, tru]", "`tru` is no value", 1, 5),
        ("[01]", "a value should stand here", 1, 2),
        ("{} {}", "more behind the end", 1, 4),
        ("[1, // two\n2]", "JSON has no comments", 1, 5),
        ("[" * 200, "nested too deeply", 1, 102),
    ],
)
def test_what_is_no_json_is_told_at_its_place(source: str, message: str, line: int, column: int) -> None:
    """The complaint names what should stand where the text stops being JSON."""
    with pytest.raises(TextError) as caught:
        text.read(source)
    assert message in caught.value.message
    assert (caught.value.place.line, caught.value.place.column) == (line, column)
