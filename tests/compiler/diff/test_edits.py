"""Fifty edits of a bank's policies: each means what was written down beforehand, and fifteen of them mean nothing."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest
from tests.compiler.diff.edits import EDITS, Edit

from backstay import pipeline
from backstay.diff.difference import difference
from backstay.diff.sided import Sided, sided

BANK = Path(__file__).parents[3] / "policies" / "reference" / "bank"
NOW = datetime.date(2026, 11, 29)
QUICK = (
    "a plan's name",
    "a selection in two",
    "another way to say every day",
    "an exclusion",
    "a Region less",
    "dailies kept for less",
    "a copy less",
    "governance",
    "a restore test less",
)
"""Those that `make test` tries; the rest takes a minute."""


@pytest.fixture(scope="module")
def bank() -> Sided:
    """The policies as they are."""
    return _compiled(BANK)


def _compiled(folder: Path) -> Sided:
    checked = pipeline.check([folder], None, now=NOW, lint=False)
    assert checked.model is not None, [finding.message for finding in checked.findings]
    return sided(checked.model)


def _edited(edit: Edit, folder: Path) -> Sided:
    shutil.copytree(BANK, folder)
    for name, old, new in edit.swaps:
        text = (folder / name).read_text()
        assert old in text, f"{edit.name}: {old}"
        (folder / name).write_text(text.replace(old, new))
    return _compiled(folder)


def _means(edit: Edit, bank: Sided, folder: Path) -> None:
    found = difference(bank, _edited(edit, folder), NOW)
    said = [f"{one.direction} {one.kind}: {one.what} ({one.subject})" for one in found.changes]
    missing = [wanted for wanted in edit.meaning if not any(_is(wanted, told) for told in said)]
    wrong = [told for told in said if not any(_is(wanted, told) for wanted in edit.meaning)]
    assert (missing, wrong) == ([], [])


def _is(wanted: str, told: str) -> bool:
    head, _, words = wanted.partition(": ")
    return told.startswith(f"{head}:") and words in told


def test_there_are_fifty_and_fifteen_mean_nothing() -> None:
    """So many were written down."""
    assert len(EDITS) == 50
    assert sum(not edit.meaning for edit in EDITS) == 15


@pytest.mark.parametrize("name", QUICK)
def test_an_edit_means_what_was_written_down(name: str, bank: Sided, tmp_path: Path) -> None:
    """Exactly that: nothing is missing, and nothing else is told."""
    _means(next(edit for edit in EDITS if edit.name == name), bank, tmp_path / "bank")


@pytest.mark.long
@pytest.mark.parametrize("edit", [edit for edit in EDITS if edit.name not in QUICK], ids=lambda edit: edit.name)
def test_every_other_edit_means_what_was_written_down(edit: Edit, bank: Sided, tmp_path: Path) -> None:
    """The other forty-one."""
    _means(edit, bank, tmp_path / "bank")
