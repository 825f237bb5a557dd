"""Reading cases from files: what a case is, and what is said of a text that is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backstay_aws.effective.case import CaseError, read_case

ROOT: dict[str, Any] = {"kind": "ROOT", "target": "r-1", "policies": []}
UNIT: dict[str, Any] = {"kind": "OU", "target": "ou-1", "policies": []}
ACCOUNT: dict[str, Any] = {"kind": "ACCOUNT", "target": "444455556666", "policies": []}


def test_a_case_is_read() -> None:
    """Levels in their order, policies as data with places or as raw text, what the account had."""
    policies = [{"id": "p-1", "document": {"plans": {}}}, {"id": "p-2", "document_text": '{"plans": {} }'}]
    case = read_case(json.dumps({"name": "x", "tree": [ROOT, UNIT, UNIT, {**ACCOUNT, "policies": policies}],
                                 "previous_effective": {"plans": {}}}, indent=1))  # fmt: skip
    assert [str(level) for level in case.levels] == ["ROOT r-1", "OU ou-1", "OU ou-1", "ACCOUNT 444455556666"]
    first, second = case.levels[-1].policies
    assert first.node is not None
    assert first.node.place is not None
    assert first.node.place.line > 1
    assert second.text == '{"plans": {} }'
    assert case.before == {"plans": {}}


def policy(**members: Any) -> dict[str, Any]:
    """A tree whose root has one policy."""
    return {"tree": [{**ROOT, "policies": [members]}]}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "a case is an object"),
        ({}, "a case must have `tree`"),
        ({"tree": {}}, "`tree` is the list of levels"),
        ({"tree": []}, "`tree` is the list of levels"),
        ({"tree": [1]}, "a level is an object"),
        ({"tree": [{"target": "r-1"}]}, "a level must have `kind`"),
        ({"tree": [{"kind": "UNIT", "target": "x"}]}, "`kind` is one of"),
        ({"tree": [{"kind": "ROOT"}]}, "a level must have `target`"),
        ({"tree": [{"kind": "ROOT", "target": 1}]}, "`target` is a text"),
        ({"tree": [{**ROOT, "policies": {}}]}, "`policies` is the list"),
        ({"tree": [{**ROOT, "policies": ["p"]}]}, "a policy is an object"),
        ({"tree": [UNIT, ROOT]}, "ROOT cannot stand below OU"),
        ({"tree": [ROOT, ROOT]}, "ROOT cannot stand below ROOT"),
        ({"tree": [ACCOUNT, ACCOUNT]}, "ACCOUNT cannot stand below ACCOUNT"),
        (policy(document={}), "a policy must have `id`"),
        (policy(id="p"), "one of `document` and `document_text`"),
        (policy(id="p", document={}, document_text=""), "one of `document` and `document_text`"),
        (policy(id="p", document_text={}), "`document_text` is a text"),
        ({"tree": [ROOT], "previous_effective": []}, "`previous_effective` is the document"),
    ],
)
def test_what_is_no_case(data: Any, message: str) -> None:
    """Each complaint says what should stand there, and where that is."""
    with pytest.raises(CaseError, match=message) as caught:
        read_case(json.dumps(data, indent=1))
    assert caught.value.place.line >= 1


def test_what_is_no_json_is_no_case() -> None:
    """The reader's complaint is passed on with its place."""
    with pytest.raises(CaseError, match="this is no JSON") as caught:
        read_case('{"tree": [\n')
    assert (caught.value.place.line, caught.value.place.column) == (2, 1)
