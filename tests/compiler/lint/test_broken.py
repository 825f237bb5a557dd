"""The example that is broken on purpose shows every rule; its whole output is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from backstay.lint.registry import every

ROOT = Path(__file__).parents[3]
BROKEN = "policies/reference/broken"
BY_HAND = {"empty-selection", "duplicate-rule-name", "duplicate-plan-name", "tags-joined-by-or"}
"""What does not load or resolve, or what no policy can say, so cannot stand in an example that does."""
APART = {
    "accounts-without-plan",  # two thirds of the accounts would have to be there for nothing
    "multi-party-approval-without-air-gap",  # no air-gapped vault in the whole organization: others show those
    "too-many-vaults",  # three hundred vaults, each of them with findings of its own
    "unnamed-delegated-administrator",  # the organization file names a backup account, which other rules ask for
    "unused-cross-account-copies",  # no copy to another account in the whole organization: others show those
}
"""What cannot be shown beside the mistakes of all other rules; the examples of these rules show it."""


class TextFile(SingleFileSnapshotExtension):
    """A golden file as plain text, so that a review can read it."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def linted(backstay: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Lint the example as its README says, on a fixed day."""
    monkeypatch.chdir(ROOT)
    return lambda *more: backstay(
        "lint", BROKEN, "--inventory", f"{BROKEN}/inventory.jsonl", "--now", "2026-11-22", *more
    )


def test_whole_output(linted: Callable[..., Result], snapshot: SnapshotAssertion) -> None:
    """What a person sees is what was reviewed; a change is accepted with `pytest --snapshot-update`."""
    result = linted()
    assert result.exit_code == 1, result.output
    assert result.stdout == snapshot(extension_class=TextFile)


def test_every_rule_is_shown(linted: Callable[..., Result]) -> None:
    """The example has each rule's mistake, and nothing in it fails to load or to resolve."""
    report = json.loads(linted("--format", "json").stdout)
    shown = {row["name"] for row in report["findings"]}
    assert {rule.NAME for rule in every()} - shown == BY_HAND | APART
    assert not [
        row for row in report["findings"] if row["severity"] == "error" and re.match("LOD|ORG|RES", row["code"])
    ]


def test_one_comment_and_one_waiver_hold(linted: Callable[..., Result]) -> None:
    """What is silenced is counted."""
    summary: dict[str, Any] = json.loads(linted("--format", "json").stdout)["summary"]
    assert summary["suppressed"] == 2
