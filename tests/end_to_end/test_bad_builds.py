"""A build that was cut off, edited or made by another version is refused before AWS is asked anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Break = Callable[[Path], None]
CLOSED = ("--endpoint-url", "http://127.0.0.1:9")
"""Nobody listens there: a command that got past the build says so."""


def _shape(build: Path) -> Path:
    return next((build / "shapes").iterdir())


def _cut(build: Path) -> None:
    whole = (build / "index.json").read_bytes()
    (build / "index.json").write_bytes(whole[: len(whole) // 2])


def _edit(build: Path) -> None:
    text = _shape(build).read_text()
    assert '"DeleteAfterDays": 35' in text or '"DeleteAfterDays":35' in text
    _shape(build).write_text(text.replace("35", "36"))


def _version(pick: Callable[[Path], Path], version: object) -> Break:
    def act(build: Path) -> None:
        document = json.loads(pick(build).read_text())
        pick(build).write_text(json.dumps({**document, "format": version}))

    return act


def _index(build: Path) -> Path:
    return build / "index.json"


def _as_folder(build: Path) -> None:
    _index(build).unlink()
    _index(build).mkdir()


BROKEN: dict[str, tuple[Break, str]] = {
    "cut off": (_cut, "build/index.json:"),
    "empty": (lambda build: _index(build).write_bytes(b"") and None, "build/index.json:1:1: not JSON"),
    "binary": (lambda build: _index(build).write_bytes(b"\x80\x81") and None, "build/index.json cannot be read"),
    "no members": (lambda build: _index(build).write_text('{"format": 1}') and None, "is a required property"),
    "a list": (lambda build: _index(build).write_text("[]") and None, "has no format version"),
    "deep": (lambda build: _index(build).write_text("[" * 100_000) and None, "nested too deeply"),
    "an index that is a folder": (_as_folder, "build is not a build: it has no index.json"),
    "no index": (lambda build: _index(build).unlink(), "build is not a build: it has no index.json"),
    "no shape": (lambda build: _shape(build).unlink(), ".json is missing, although the build names it"),
    "edited shape": (_edit, "was changed after it was built"),
    "future index": (_version(_index, 2), "format version 2; this backstay reads format 1 only"),
    "future shape": (_version(_shape, 99), "format version 99; this backstay reads format 1 only"),
    "hostile version": (_version(_index, "\x1b[31m<b>"), "format version \\x1b[31m<b>"),
    "broken provenance": (lambda b: (b / "provenance.json").write_text("{") and None, "build/provenance.json:1:2"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_build_is_refused_at_its_place(name: str, built: Any) -> None:
    """File, place and reason; exit code 2; the build is left as it is."""
    act, said = BROKEN[name]
    act(built.folder / "build")
    before = built.files("build")
    done = built("plan", "build", *CLOSED)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert said in done.stderr
    assert "\x1b" not in done.stderr
    assert built.files("build") == before


@pytest.mark.parametrize(
    "words", [("apply", "build", "--yes"), ("backup", "build"), ("copy", "build"), ("audit", "build")]
)
def test_every_command_refuses_it(words: tuple[str, ...], built: Any) -> None:
    """Each command that reads builds says the same."""
    _edit(built.folder / "build")
    done = built(*words, *CLOSED)
    assert done.returncode == 2
    assert "was changed after it was built" in done.stderr


def test_a_new_compile_mends_it(built: Any) -> None:
    """A build of which something is missing is still a build that may be replaced."""
    before = built.files("build")
    _shape(built.folder / "build").unlink()
    assert built("compile", "-o", "build").returncode == 0
    assert built.files("build") == before


def test_what_is_no_build_any_more_is_not_replaced(built: Any) -> None:
    """Without a readable index nobody knows whose folder it is: it is left alone, with a word on what to do."""
    _cut(built.folder / "build")
    before = built.files("build")
    done = built("compile", "-o", "build")
    assert done.returncode == 2
    assert "has no index.json of a build; choose an empty folder or a build" in done.stderr
    assert built.files("build") == before
