"""Files in other forms than policies, and what lint says of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from backstay import survey
from backstay.importer import dialects
from backstay.importer.found import Found, Reading
from backstay.lint.files import judge_files
from backstay.lint.registry import every
from backstay_contract.findings import Finding

NOW = datetime.date(2026, 11, 22)
TWINS = Path(__file__).parents[1] / "lint" / "seeded"


@pytest.fixture
def lint(tmp_path: Path) -> Callable[..., list[Finding]]:
    """Lint files that are given by name and text: all findings."""

    def run(**files: str) -> list[Finding]:
        for name, text in files.items():
            stem, _, suffix = name.rpartition("_")
            (tmp_path / f"{stem}.{suffix}").write_text(text, "utf-8")
        only = next(iter(files)).rpartition("_")
        path = tmp_path if len(files) > 1 else tmp_path / f"{only[0]}.{only[2]}"
        return list(survey.survey([path], now=NOW).findings)

    return run


@pytest.fixture(scope="session")
def twins() -> Callable[[str], list[Reading]]:
    """What the clean files of the seeded mistakes say: the readings of a form."""
    return cache(lambda form: dialects.read_all(sorted((TWINS / form).iterdir())))


@pytest.fixture
def judge() -> Callable[[Reading], tuple[Finding, ...]]:
    """What the rules say of a reading."""
    texts = survey.Texts()
    picked = tuple(every())
    return lambda reading: judge_files(reading, picked, now=NOW, line=texts.line).findings


@pytest.fixture
def changed() -> Callable[[Reading, int, tuple[Any, ...], Any], Reading]:
    """A reading with another value at a place of the body of one thing."""

    def change(reading: Reading, number: int, at: tuple[Any, ...], value: Any) -> Reading:
        found: list[Found] = [*reading.found]
        found[number] = replace(found[number], body=_put(found[number].body, at, value))
        return replace(reading, found=tuple(found))

    return change


@pytest.fixture
def spots() -> Callable[[Reading], Iterator[tuple[int, tuple[Any, ...]]]]:
    """Every place inside the bodies of a reading: the number of the thing, and the way into its body."""
    return lambda reading: (
        (number, at)
        for number, one in enumerate(reading.found)
        for at in _places(one.body)
        if at and not _of_several(one.body, at)
    )


def _of_several(body: Any, at: tuple[Any, ...]) -> bool:
    """Whether it is one of several keys of a list of tags: one that is written out and one that is open are two."""
    return at[-1] == "ConditionKey" and "ListOfTags" in at and len(body["BackupSelection"]["ListOfTags"]) > 1


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else ()
    for key, item in items:
        yield from _places(item, (*at, key))


def _put(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    if not at:
        return new
    if isinstance(value, dict):
        return {key: _put(item, at[1:], new) if key == at[0] else item for key, item in value.items()}
    return [_put(item, at[1:], new) if number == at[0] else item for number, item in enumerate(value)]
