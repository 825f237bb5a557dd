"""Every rule of backup policies as a case in a file: what is attached from the root down, and what comes of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backstay_aws.effective import Effective, Invalid, Refused, evaluate
from backstay_aws.effective.case import read_case

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
Answer = Effective | Refused | Invalid


def answer(text: str) -> Answer:
    """What comes of the case in a text, on the first of June 2026."""
    case = read_case(text)
    return evaluate(case.levels, now=NOW, before=case.before)


def check_refused(found: Refused, wanted: dict[str, Any]) -> None:
    """The first refusal is the one that is expected, with its place where the case knows it."""
    first = found.refusals[0]
    assert (first.policy, first.code, first.path) == (wanted["policy"], wanted["code"], wanted["path"])
    assert wanted["reason"] in first.reason
    assert first.place is not None
    if "place" in wanted:
        assert [first.place.line, first.place.column] == wanted["place"]


def check_invalid(found: Invalid, wanted: dict[str, Any]) -> None:
    """Exactly the errors that are expected, with who contributed, and what stays in force."""
    told = {(one.code, one.path, one.message, one.contributing) for one in found.errors}
    rows = {(row["code"], row["path"], row["message"], tuple(row["contributing"])) for row in wanted["errors"]}
    assert told == rows
    assert all(one.reason for one in found.errors)
    assert found.published == wanted["published"]


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_a_case_comes_out_as_it_says(file: Path) -> None:
    """The effective document, the refusal or the errors are those of the case, lists in their order."""
    text = file.read_text(encoding="utf-8")
    case, found = json.loads(text), answer(text)
    if "expected_effective" in case:
        assert isinstance(found, Effective), found
        assert found.document == case["expected_effective"]
    elif "expected_any_of" in case:
        assert isinstance(found, Effective), found
        assert {"effective": found.document} in case["expected_any_of"]
    elif case["expected_error"]["stage"] == "admission":
        assert isinstance(found, Refused), found
        check_refused(found, case["expected_error"])
    else:
        assert isinstance(found, Invalid), found
        check_invalid(found, case["expected_error"])


def test_there_is_a_case_for_every_kind_of_answer() -> None:
    """The folder holds what it is for: documents, refusals and errors of merges."""
    kinds = [file.stem.partition("-")[0] for file in CASES]
    assert len(kinds) >= 60
    assert kinds.count("refuse") >= 40
    assert kinds.count("invalid") >= 15
