"""The words of the language: the same everywhere, typed, and all of them in one policy that goes the whole way."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

import backstay
from backstay import dsl
from backstay.dsl import Node, Policy, Require
from backstay.dsl.codec import decode, encode
from backstay.load.loader import load

HERE = Path(__file__).parent
WHOLE = HERE / "whole_vocabulary.py"
DOCS = Path(__file__).parents[3] / "docs"


def _types_only() -> set[str]:
    """What type checkers are told that `backstay` has."""
    tree = ast.parse(Path(str(backstay.__file__)).read_text(encoding="utf-8"))
    blocks = (node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    imports = (node for block in blocks for node in ast.walk(block) if isinstance(node, ast.ImportFrom))
    return {alias.name for node in imports for alias in node.names}


def test_all_lists_of_words_agree() -> None:
    """What a policy imports, what type checkers see, what completion shows, what the loader hands out: one list."""
    assert list(dsl.VOCABULARY) == sorted(dsl.VOCABULARY)
    assert set(dsl.VOCABULARY) == _types_only() == set(backstay.__all__) - {"__version__"}
    assert set(dsl.VOCABULARY) <= set(dsl.__all__)
    assert all(getattr(backstay, word) is getattr(dsl, word) for word in dsl.VOCABULARY)


def test_every_word_is_told_in_the_reference() -> None:
    """The language reference names every word, and every keyword of the words that are classes."""
    text = (DOCS / "language.md").read_text(encoding="utf-8")
    missing = [word for word in dsl.VOCABULARY if f"`{word}(" not in text and f"`{word}." not in text]
    assert not missing
    for word in dsl.VOCABULARY:
        kind = getattr(dsl, word)
        if isinstance(kind, type) and word not in ("Access", "Control", "Lock"):
            rows = [line for line in text.splitlines() if line.startswith("|") and f"`{word}(" in line]
            assert [one.name for one in fields(kind) if one.init and not any(one.name in row for row in rows)] == [], (
                word
            )
        for name, made in vars(kind).items() if isinstance(kind, type) else ():
            assert not isinstance(made, classmethod) or f"`{word}.{name}(" in text or name.startswith("_"), name


def test_every_word_is_used_in_the_reference() -> None:
    """Each word has an example: a policy in the language reference that imports it (those are loaded elsewhere)."""
    text = (DOCS / "language.md").read_text(encoding="utf-8")
    trees = [ast.parse(block) for block in re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]
    used = {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert set(dsl.VOCABULARY) <= used


@pytest.fixture(scope="module")
def whole() -> tuple[Node, ...]:
    """Everything that the file with all the words declares, as the loader gives it."""
    loaded = load([WHOLE])
    assert loaded.findings == ()
    return (*loaded.policies, *loaded.requirements)


def _walk(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
        for one in fields(value):
            yield from _walk(getattr(value, one.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _walk(item)


def test_the_whole_vocabulary_loads(whole: tuple[Node, ...]) -> None:
    """Every kind of node comes through the gate, the child process and JSON."""
    assert [type(node) for node in whole] == [Policy, Policy, Require]
    seen = {type(node).__name__ for node in _walk(whole)}
    words = {word for word in dsl.VOCABULARY if isinstance(getattr(dsl, word), type)}
    assert words <= seen
    assert {"Param", "CopyAdmission", "CopyDeparture", "DeleteDenial", "PolicyDocument"} <= seen


def test_every_field_is_used_in_it(whole: tuple[Node, ...]) -> None:
    """No field is forgotten: each has a value somewhere in the file, so that each is seen to pass."""
    said: dict[str, set[str]] = {}
    for node in _walk(whole):
        given = {one.name for one in fields(node) if one.init and getattr(node, one.name) not in (None, (), False)}
        said.setdefault(type(node).__name__, set()).update(given)
    for word in dsl.VOCABULARY:
        kind = getattr(dsl, word)
        if isinstance(kind, type) and issubclass(kind, Node):
            assert {one.name for one in fields(kind) if one.init} == said[word], word


def test_it_says_the_same_after_json(whole: tuple[Node, ...]) -> None:
    """Values of parameters, pairs, scopes of controls: everything comes back equal, and twice gives the same bytes."""
    written = json.dumps(encode(whole, {}))
    again = decode(json.loads(written), [])
    assert again == whole
    assert json.dumps(encode(again, {})) == written


def _mypy(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--explicit-package-bases", "."]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_strict_type_checker_reads_it(tmp_path: Path) -> None:
    """From outside, with the types that the package brings, mypy has nothing to say of a file with all the words."""
    (tmp_path / "whole.py").write_text(WHOLE.read_text(encoding="utf-8"), encoding="utf-8")
    done = _mypy(tmp_path)
    assert done.returncode == 0, done.stdout


WRONG = (
    'Rule("r", keep=35)',
    'Rule("r", keep=hours(3))',
    'Rule("r", keep=param("keep", hours(3)))',
    'Rule("r", scan="SOME")',
    'Rule("r", at="03:00")',
    'Plan.gfs("p", into="v", daily=35)',
    'Plan.gfs("p")',
    'Policy("p", attach=ou("A"), frameworks=["f"])',
    "Control.vault_lock(within=days(3))",
    'RestoreTest("t", look_back=hours(3))',
    'Require("r", locked="yes")',
    'Key("alias/x", managed=True)',
)


def test_a_strict_type_checker_finds_what_is_wrong(tmp_path: Path) -> None:
    """Editors tell a wrong unit, an unknown keyword or a missing argument before the compiler does."""
    words = "Control, Key, Plan, Policy, Require, RestoreTest, Rule, days, hours, ou, param"
    lines = [f"from backstay import {words}", *WRONG]
    (tmp_path / "wrong.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = {int(line.split(":")[1]) for line in _mypy(tmp_path).stdout.splitlines() if ": error:" in line}
    assert told == set(range(2, len(lines) + 1))
