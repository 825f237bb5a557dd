"""The table of operations rests on tests that there are, and says what is missing where something is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.local import proofs

from backstay_local import operations
from backstay_local.backup.registry import OPERATIONS
from backstay_local.operations import members
from backstay_local.wire.model import operations as modelled

ROOT = Path(__file__).parents[2]


def test_every_operation_with_a_behaviour_is_proved() -> None:
    """Each is called with success by a test that exists; nothing else is claimed."""
    assert proofs.kept().keys() == OPERATIONS.keys(), "run `make docs`"
    for proof in proofs.kept().values():
        file, _, name = proof["test"].partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"def {re.escape(name.partition('[')[0])}\(", text), proof["test"]


def test_what_is_said_to_be_missing_is_said_of_what_there_is() -> None:
    """Every row of `fidelity.toml` is about an operation with a behaviour, and has its words and its source."""
    for name, told in operations.fidelity().items():
        assert name in OPERATIONS
        assert told.keys() - {"accepted_only"} == {"missing", "source"}


def test_what_aws_never_shows_is_in_its_model() -> None:
    """Every row of `unseen.toml` is about members that there are, with its source; what requests refuse is refused."""
    for one in operations.unseen()["given"]:
        assert one.keys() == {"member", "source"}
        assert operations.refused(one["member"])
    for one in operations.unseen()["answered"]:
        assert one.keys() == {"operations", "members", "source"}
        for name in one["operations"]:
            paths = members(modelled("backup")[name].output_shape)
            assert all(any(f".{path}".endswith(f".{end}") for path in paths) for end in one["members"])
    assert not operations.refused("Lifecycle.DeleteAfterDays")


def test_a_refusal_stands_for_a_member_that_no_request_may_give() -> None:
    """Where a test has seen it; else the member is missing like any other."""
    name, wanted = "UpdateRecoveryPointLifecycle", "Lifecycle.DeleteAfterEvent"
    model = modelled("backup")[name]
    proof = {
        "test": "t::t",
        "given": sorted(members(model.input_shape) - {wanted}),
        "answered": sorted(members(model.output_shape)),
    }
    for refused, level in (([], "partial"), ([wanted], "faithful")):
        found = next(row for row in operations.rows({name: {**proof, "refused": refused}}) if row.name == name)
        assert (found.level, any(wanted in words for words in found.missing)) == (level, level == "partial")


@pytest.mark.parametrize(
    ("seen", "told", "level"),
    [
        ({"BackupVaultName"}, {}, "faithful"),
        (set(), {}, "partial"),
        ({"BackupVaultName"}, {"missing": "much", "source": "a page"}, "partial"),
        ({"BackupVaultName"}, {"missing": "all", "source": "a page", "accepted_only": True}, "accepted only"),
        (None, {}, "unproven"),
    ],
)
def test_a_level_follows_from_what_was_seen_and_told(
    seen: set[str] | None, told: dict[str, object], level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No member unseen and nothing told: faithful; else as much less as was told."""
    name = "DeleteBackupVault"
    monkeypatch.setattr(operations, "fidelity", lambda: {name: told} if told else {})
    proof = {} if seen is None else {name: {"test": "t::t", "given": sorted(seen), "answered": []}}
    found = next(row for row in operations.rows(proof) if row.name == name)
    assert (found.level, bool(found.missing)) == (level, level != "faithful")
