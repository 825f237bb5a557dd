"""Reading a build: what is wrong with it is told by file and place, and nothing half-understood is acted on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backstay_agent.read_build import BuildError, read_build


@pytest.fixture
def folder(builds: Any, tmp_path: Path) -> Path:
    """A good build."""
    return builds.write(tmp_path / "build")  # type: ignore[no-any-return]


def edit(path: Path, change: Callable[[Any], None]) -> None:
    """Change a JSON file."""
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def test_a_good_build_is_read(folder: Path, builds: Any) -> None:
    """What was written is what is wanted, with the account's own id filled in."""
    build = read_build(folder)
    assert build.regions == ("eu-central-1",)
    wanted = build.wanted("100000000010", "eu-central-1")
    assert [arn for arn, _ in wanted.topics()] == ["arn:aws:sns:eu-central-1:100000000010:alarms"]
    assert wanted == builds.make(accounts=("100000000010", "100000000011")).wanted("100000000010", "eu-central-1")


def test_no_build(tmp_path: Path) -> None:
    """A folder without index.json is told as what it is."""
    with pytest.raises(BuildError, match="not a build"):
        read_build(tmp_path)


def test_an_unknown_format_version_is_refused(folder: Path) -> None:
    """A build of a later format is not guessed at."""
    edit(folder / "index.json", lambda document: document.update(format=2))
    with pytest.raises(BuildError, match=r"index\.json: has format version 2; this backstay reads format 1"):
        read_build(folder)


def test_a_violation_is_told_by_pointer(folder: Path) -> None:
    """The file, the JSON pointer and what is wrong there."""
    edit(folder / "index.json", lambda document: document["accounts"]["100000000010"].update(name=7))
    with pytest.raises(BuildError, match=r"index\.json: /accounts/100000000010/name: 7 is not of type 'string'"):
        read_build(folder)


def test_a_changed_shape_is_refused(folder: Path) -> None:
    """A shape that somebody edited by hand no longer has its digest."""
    (shape,) = (folder / "shapes").iterdir()
    edit(shape, lambda document: document["vaults"].clear())
    with pytest.raises(BuildError, match="changed after it was built"):
        read_build(folder)


def test_a_missing_shape_is_told(folder: Path) -> None:
    """The index names it, so it must be there."""
    (shape,) = (folder / "shapes").iterdir()
    shape.unlink()
    with pytest.raises(BuildError, match="is missing, although the build names it"):
        read_build(folder)


@pytest.mark.parametrize("text", ["{", "[]", "\xff\xfe", '{"format": 1, "x": ' + "[" * 100_000])
def test_broken_files_end_in_a_sentence(folder: Path, text: str) -> None:
    """Bytes that are no JSON, or no object, never end in a traceback."""
    (folder / "index.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(BuildError, match=r"index\.json"):
        read_build(folder)


GOLD = {
    "name": "gold",
    "content": '{"plans":{}}',
    "targets": {"root": True, "units": ["Workloads/Prod"], "accounts": ["100000000010"]},
}


def shape_of(folder: Path) -> dict[str, Any]:
    """The one shape of a build."""
    (shape,) = (folder / "shapes").iterdir()
    document: dict[str, Any] = json.loads(shape.read_text())
    return document


def test_backup_policies_belong_to_a_build_that_leaves_plans_to_them(folder: Path, builds: Any) -> None:
    """Where the shapes are just the rest, the policies and every attachment are wanted; they count in the digest."""
    before = read_build(folder).digest
    build = read_build(builds.beside(folder, GOLD))
    assert build.policies is not None
    assert [wish.name for wish in build.policies.wishes] == [
        "gold",
        "gold on root",
        "gold on Workloads/Prod",
        "gold on 100000000010",
    ]
    assert build.digest != before


def test_backup_policies_beside_whole_shapes_are_for_comparison(folder: Path, builds: Any) -> None:
    """A build of all targets makes the plans itself: to attach the policies too would back everything up twice."""
    rest = {**shape_of(folder), "plans": [], "selections": []}
    assert read_build(builds.beside(folder, GOLD, rest=rest)).policies is None


def test_a_policy_outside_of_the_build_is_refused(folder: Path, builds: Any) -> None:
    """A document is read from the build alone, and must be there."""
    builds.beside(folder, GOLD)
    beside = folder / "organizations" / "attachments.json"
    edit(beside, lambda document: document["policies"][0].update(document="../../secret.json"))
    with pytest.raises(BuildError, match="is outside of"):
        read_build(folder)
    (beside.parent / "policies" / "list.json").write_text("[]")
    edit(beside, lambda document: document["policies"][0].update(document="policies/list.json"))
    with pytest.raises(BuildError, match=r"list\.json: is no backup policy"):
        read_build(folder)
    edit(beside, lambda document: document["policies"][0].update(document="policies/none.json"))
    with pytest.raises(BuildError, match=r"none\.json is missing"):
        read_build(folder)
