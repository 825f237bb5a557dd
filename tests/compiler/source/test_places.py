"""Where an author wrote something, whatever characters stand before it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay.source import SourceFile, Sources
from backstay_contract.findings import Span

HEAD = "from backstay import Lock, Rule, Vault, daily, days, tag\n"


def _node(line: str) -> tuple[Sources, Any, SourceFile]:
    text = HEAD + line
    scope: dict[str, Any] = {"__name__": "policy"}
    exec(compile(text, "p.py", "exec"), scope)
    file = SourceFile("p.py", text)
    return Sources([file]), scope["x"], file


def _cut(file: SourceFile, span: Span | None) -> str:
    """The text under a span of one line."""
    assert span is not None
    assert span.line == span.end_line
    return file.line(span.line)[span.column - 1 : span.end_column - 1]


@pytest.mark.parametrize(
    ("line", "call", "fields"),
    [
        ('x = Rule("daily", keep=days(35))', 'Rule("daily", keep=days(35))', {"name": '"daily"', "keep": "days(35)"}),
        ('x = Rule("täglich 日次", keep=days(1))', None, {"name": '"täglich 日次"', "keep": "days(1)"}),
        ('"🗄", "日"; x = Rule("r",\tkeep=\tdays(2))', 'Rule("r",\tkeep=\tdays(2))', {"keep": "days(2)"}),
        ("x = Lock.governance(days(7), max=days(9))", None, {"min": "days(7)", "max": "days(9)"}),
        ('x = daily("03:00", tz="Europe/Berlin")', None, {"at": '"03:00"', "tz": '"Europe/Berlin"'}),
        ('x = tag("backup") == "gold"', 'tag("backup") == "gold"', {"key": '"backup"', "value": '"gold"'}),
        ('x = tag("env").like("tmp*")', 'tag("env").like("tmp*")', {"value": '"tmp*"'}),
        ('x = ~(tag("ä") == "ö")', '~(tag("ä") == "ö")', {}),
        ('x = [Vault(n) for n in "ab"][1]', "Vault(n)", {"name": "n"}),
    ],
)
def test_a_node_knows_its_call_and_its_arguments_by_name(line: str, call: str | None, fields: dict[str, str]) -> None:
    """Columns count characters from 1, whatever their width in bytes, and positional arguments carry names."""
    sources, node, file = _node(line)
    span, places = sources.where(node)
    assert _cut(file, span) == (call or line.removeprefix("x = "))
    assert {name: _cut(file, places[name]) for name in fields} == fields


def test_an_alias_of_a_word_is_still_the_word() -> None:
    """`from backstay import days as d` changes nothing about where arguments stand."""
    text = "from backstay import daily as at\nx = at('03:00')\n"
    scope: dict[str, Any] = {"__name__": "policy"}
    exec(compile(text, "p.py", "exec"), scope)
    assert set(Sources([SourceFile("p.py", text)]).where(scope["x"])[1]) == {"at"}


def test_a_call_over_several_lines_is_found() -> None:
    """CPython lets a method call on the next line begin at the method; its arguments are found all the same."""
    sources, node, file = _node('x = (tag("ä")\n    .like("ü*")\n)')
    assert _cut(file, sources.where(node)[1]["value"]) == '"ü*"'


def test_equal_nodes_in_two_places_have_two_places() -> None:
    """Places are remembered by identity: equal nodes are told apart."""
    sources, nodes, _ = _node("x = [days(1),\n  days(1)]")
    assert nodes[0] == nodes[1]
    assert [span.line for node in nodes if (span := sources.where(node)[0])] == [2, 3]


def test_what_no_file_made_is_nowhere() -> None:
    """A node of another file, or of none, has no place and no fields."""
    _, node, _ = _node("x = days(1)")
    assert Sources([]).where(node) == (None, {})


def test_lines_are_those_of_python() -> None:
    """Only line feed and carriage return end a line: form feeds and Unicode separators do not."""
    file = SourceFile("p.py", "a\x0c\u2028b\r\nc\rd")
    assert file.lines == ("a\x0c\u2028b", "c", "d")
    assert (file.line(0), file.line(2), file.line(9)) == ("", "c", "")


def test_comments_are_told_from_text_that_looks_like_them() -> None:
    """Suppressions are read from comments, never from strings; broken files give what can be read."""
    file = SourceFile("p.py", 'x = "# no"  # yes\ny = (\n  1  # two\n')
    assert file.comments == {1: "# yes", 3: "# two"}


@given(st.text("ab#\"'()\\\n\r\t\x0cä日 =1", max_size=40))
def test_any_text_has_lines_and_comments(text: str) -> None:
    """Reading never fails, and every comment stands on the line that it is said to stand on."""
    file = SourceFile("p.py", text)
    assert all(comment in file.line(number) for number, comment in file.comments.items())
    assert file.fields(Span("p.py", 1, 1, 1, 2)) == {}


def test_fields_by_position_without_a_constructor() -> None:
    """The file itself knows no constructors: positional arguments are `#0`, `#1`, …."""
    file = SourceFile("p.py", "f(1, 2, k=3)")
    assert set(file.fields(Span("p.py", 1, 1, 1, 13))) == {"#0", "#1", "k"}
    assert file.fields(Span("p.py", 1, 1, 1, 5)) == {}


def test_a_text_that_is_no_python_has_no_calls() -> None:
    """Complaints about other files must not fail on a broken one."""
    file = SourceFile("p.py", "x = (")
    assert file.fields(Span("p.py", 1, 1, 1, 3)) == {}
