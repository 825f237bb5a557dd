"""The first layer by itself: syntax, before anything runs."""

from __future__ import annotations

import ast
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay import dsl
from backstay.dsl.node import Node
from backstay.load import allowed
from backstay.load.gate import gate
from backstay.source import SourceFile
from backstay_contract.findings import Finding


def _gate(text: str) -> list[Finding]:
    return gate(SourceFile("p.py", text))


def _told(text: str) -> list[tuple[str, str]]:
    return [(finding.name, str(finding.span)) for finding in _gate(text)]


@pytest.mark.parametrize(
    "text",
    [
        '"""Docs."""\nfrom __future__ import annotations\nfrom backstay import Plan as P, days\nx: int = 3\n',
        "from .vaults import primary\nfrom ..shared.keys import key as k\nfrom beside import a\n",
        "def gold(keep, *more, name='x', **rest):\n    if keep:\n        return [keep, *more]\n    return None\n",
        "names = [f'{n:02d}-{n!r}' for n in range(3) if n % 2]\nx = {'a': 1}['a']\nx += 1\n",
        "for n in []:\n    pass\nassert not [], 'none'\nf = lambda a: [a]\n",
        "x = (2 ** 10) if 1 < 2 <= 3 else -1\ny = tag('a').like('b*') & ~tag('c').isin(['d'])\n",
        "d = {}\nd['a'] = 1\nd['b'] = {}\nd['b']['c'] = 'x'.upper().split(',')\n",
        "z = {**{}, 'k': [*range(3)]}\n_private = primary.name\n",
    ],
)
def test_ordinary_policies_pass(text: str) -> None:
    """Functions, loops, f-strings, comprehensions, dictionaries: what people write to save repetition."""
    assert _gate(text) == []


def _short(value: object) -> str:
    return str(value)[:40]


@pytest.mark.parametrize(
    ("text", "name", "place"),
    [
        ("import os", "forbidden-import", "p.py:1:1"),
        ("x = 1\nimport a.b as c", "forbidden-import", "p.py:2:1"),
        ("from backstay import *", "forbidden-import", "p.py:1:1"),
        ("from . import vaults", "forbidden-import", "p.py:1:1"),
        ("def f():\n    from backstay import Plan", "forbidden-import", "p.py:2:5"),
        ("from backstay import Plann", "unknown-import", "p.py:1:22"),
        ("from backstay import __version__", "unknown-import", "p.py:1:22"),
        ("while 1:\n    pass", "forbidden-syntax", "p.py:1:1"),
        ("try:\n    x = 1\nexcept ValueError:\n    pass", "forbidden-syntax", "p.py:1:1"),
        ("try:\n    x = 1\nfinally:\n    pass", "forbidden-syntax", "p.py:1:1"),
        ("with x:\n    pass", "forbidden-syntax", "p.py:1:1"),
        ("class A: pass", "forbidden-syntax", "p.py:1:1"),
        ("match x:\n    case object(__class__=c): pass", "forbidden-syntax", "p.py:1:1"),
        ("def f():\n    global x", "forbidden-syntax", "p.py:2:5"),
        ("def f():\n    yield 1", "forbidden-syntax", "p.py:2:5"),
        ("async def f(): pass", "forbidden-syntax", "p.py:1:1"),
        ("x = (y := 1)", "forbidden-syntax", "p.py:1:6"),
        ("del x", "forbidden-syntax", "p.py:1:1"),
        ("raise x", "forbidden-syntax", "p.py:1:1"),
        ("x = 1 << 99", "forbidden-syntax", "p.py:1:5"),
        ("x = 'ä' ; y = a.__class__", "forbidden-syntax", "p.py:1:15"),
        ("x = a._private", "forbidden-syntax", "p.py:1:5"),
        ("x = a.unknown", "forbidden-syntax", "p.py:1:5"),
        ("x = '{0.a}'.format(1)", "forbidden-syntax", "p.py:1:5"),
        ("x = f'{1:{2}}'", "forbidden-syntax", "p.py:1:8"),
        ("x = f'{1:>9999999999}'", "forbidden-syntax", "p.py:1:8"),
        ("a.name = 1", "forbidden-syntax", "p.py:1:1"),
        ("f()[0] = 1", "forbidden-syntax", "p.py:1:1"),
        ("x = __builtins__", "forbidden-syntax", "p.py:1:5"),
        ("def __getattr__(n): return n", "forbidden-syntax", "p.py:1:1"),
        ("def f(__x): return 1", "forbidden-syntax", "p.py:1:7"),
        ("f(__class__=1)", "forbidden-syntax", "p.py:1:3"),
        ("from .a import __dict__", "forbidden-syntax", "p.py:1:16"),
        ("from .a import b as __c", "forbidden-syntax", "p.py:1:16"),
        ("x = open('/etc/passwd')", "forbidden-syntax", "p.py:1:5"),
        ("x = getattr", "forbidden-syntax", "p.py:1:5"),
        ("@f\ndef g(): return 1", "forbidden-syntax", "p.py:1:2"),
        ("f = lambda a=[]: a", "forbidden-syntax", "p.py:1:5"),
        ("x = b'bytes'", "forbidden-syntax", "p.py:1:5"),
        ("x = 9999999999999", "too-large", "p.py:1:5"),
        ("x = 2 ** 99", "too-large", "p.py:1:5"),
        ("x = y ** 2", "too-large", "p.py:1:5"),
        ("x = 2 ** 2 ** 2", "too-large", "p.py:1:5"),
        (f"x = '{'a' * 70_000}'", "too-large", "p.py:1:5"),
        ("x = (", "syntax-error", "p.py:1:5"),
        ("x = 1\n y = 2", "syntax-error", "p.py:2:1"),
        ("x = 1\ny = '\0'", "syntax-error", "p.py:2:6"),
        ("x = " + "(" * 300, "syntax-error", "p.py:1:205"),
        ("x = " + "-" * 20_000 + "1", "too-large", "p.py:1:1"),
        ("x = " + "+".join(["1"] * 20_000), "too-large", "p.py:1:1"),
        ("x = 1\n" * 200_000, "too-large", "p.py:1:1"),
    ],
    ids=_short,
)
def test_what_policies_are_not_made_of_is_refused_at_its_place(text: str, name: str, place: str) -> None:
    """Each refused construct by itself, with the place in characters, never an exception."""
    assert (name, place) in _told(text)


@given(st.one_of(st.text(max_size=60), st.text("xy._=()[]{}:'\"#@ \n\t0123~&|*%,", max_size=60)))
def test_any_text_is_answered(text: str) -> None:
    """Whatever a file holds, the gate answers with findings whose places are in the file."""
    file = SourceFile("p.py", text)
    for finding in gate(file):
        assert finding.span is not None
        assert 1 <= finding.span.line <= len(file.lines) + 1
        assert (finding.span.line, finding.span.column) < (finding.span.end_line, finding.span.end_column)


def test_wide_letters_cannot_dress_a_name_up() -> None:
    """Python folds compatibility letters into plain ones; the gate sees the folded name."""
    assert [name for name, _ in _told("x = a.__ｃlass__")] == ["forbidden-syntax"]
    assert [name for name, _ in _told("ｉmport os")] == ["syntax-error"] or _told("ｉmport os")


def test_every_refusal_says_what_to_write_instead() -> None:
    """Refused syntax carries help; the table has words for each piece of syntax that it names."""
    for node, (name, help_text) in allowed.REFUSED.items():
        assert name.startswith("`"), node
        assert help_text, node
    assert _gate("while 1:\n    pass")[0].help == "use `for` over a list or a `range`"
    assert _gate("x = a.lik('b')")[0].help == "did you mean `.like`?"


def test_the_table_and_the_refusals_do_not_overlap() -> None:
    """Syntax is listed as allowed or as refused, not both; nothing allowed can wait, catch or define types."""
    assert not allowed.NODES & set(allowed.REFUSED)
    assert not allowed.NODES & {ast.Try, ast.With, ast.ClassDef, ast.Import, ast.Await, ast.While}
    assert not set(allowed.BUILTINS) & set(allowed.REFUSED_NAMES)


def test_every_word_of_the_vocabulary_can_be_used() -> None:
    """A class method of the vocabulary that the table forgot would be refused in every policy."""
    classes = [thing for word in dsl.VOCABULARY if isinstance(thing := getattr(dsl, word), type)]
    methods = {name for kind in classes for name, value in vars(kind).items() if isinstance(value, classmethod)}
    data = {field.name for kind in Node.registry.values() for field in fields(kind) if field.init}
    assert methods <= allowed.attributes()
    assert data - allowed.NEVER_ATTRIBUTES <= allowed.attributes()


def test_no_attribute_leads_out() -> None:
    """Whatever fields nodes may have one day, no attribute of Python's own insides is among them."""
    led_out = {"format", "format_map", "mro", "gi_frame", "tb_frame", "f_globals", "f_back", "cr_frame", "registry"}
    assert not allowed.attributes() & led_out
    assert not any(name.startswith("_") for name in allowed.attributes())


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('tag("a") == "x" and tag("b") == "y"', '(tag("a") == "x") & (tag("b") == "y")'),
        ('ou("A") or account("b")', 'ou("A") | account("b")'),
        ('not tag("a") == "x"', '~(tag("a") == "x")'),
        ('tag("a") == "x" and not tag("b").like("y*")', '(tag("a") == "x") & ~tag("b").like("y*")'),
        ('tag("a") == "x" and (tag("b") == "y" or c)', '(tag("a") == "x") & ((tag("b") == "y") | c)'),
        ('tag("a") in ["x", "y"]', 'tag("a").isin(["x", "y"])'),
        ('tag("a") not in ("x",)', '~tag("a").isin(("x",))'),
        ('tag("a") == "x" & tag("b") == "y"', '(tag("a") == "x") & (tag("b") == "y")'),
        (
            'tag("a") == "x" | tag("b") != "y" & tag("c") == "z"',
            None,
        ),
        ('account_tag("e") == "p" | account_tag("f") == "q"', '(account_tag("e") == "p") | (account_tag("f") == "q")'),
    ],
)
def test_truth_values_of_conditions_are_corrected(text: str, meant: str | None) -> None:
    """`and`, `or`, `not`, `in` and chained comparisons of conditions come back as the text that was meant."""
    (finding,) = _gate(f"x = {text}")
    assert finding.name == "policy-error"
    assert str(finding.span) == "p.py:1:5"
    if meant is not None:
        assert finding.help == f"write `{meant}`"


def test_truth_values_of_other_things_are_nobodys_business() -> None:
    """Numbers, names and lists are combined as Python does it."""
    assert _gate("x = a and not b or 1 < c < 3 or d in [1]\n") == []
