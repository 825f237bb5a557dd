"""Failures in plain words: every message of AWS's that is known has a row, and an unknown one passes as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import backstay_local.backup
import backstay_local.data
from backstay.lint.registry import known
from backstay_agent.reasons import REASONS, explain, sentences

_BACKUP = Path(backstay_local.backup.__file__).parent
_DATA = Path(backstay_local.data.__file__).parent
# The modules of the embedded AWS that give jobs their status messages, and the calls that carry one.
_SOURCES = [
    *(_BACKUP / name for name in ("copy_checks.py", "copy_runs.py", "backup_runs.py", "restore_runs.py", "capture.py")),
    *(_BACKUP / name for name in ("locks.py", "roles.py", "streams.py", "vss.py", "airgap/eligible.py")),
    *(_BACKUP / "composite" / name for name in ("backups.py", "copies.py", "restores.py", "wishes.py")),
    *(_BACKUP / "restore_testing" / name for name in ("runs.py", "metadata.py")),
    *sorted(_DATA.rglob("*.py")),
]
_CARRIERS = frozenset({"Failure", "Obstacle", "DataError", "sentence"})
# Constants of these modules that are no messages of jobs: settings of locks, roles of scans.
_OTHERS = re.compile(r"GuardDuty|AWSServiceRole|must be within|^MinRetention|^A restore|^key is on|must not be more")


def _messages() -> Iterator[str]:
    """Every text that may become a status message, with something in place of what is filled in."""
    for path in _SOURCES:
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                if re.fullmatch(r"_?[A-Z_]+", node.targets[0].id) and isinstance(node.value, ast.Constant):
                    yield from _texts(node.value)
            elif isinstance(node, ast.Call) and _called(node) in _CARRIERS and node.args:
                yield from _texts(node.args[0])


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr):
        parts = [str(part.value) if isinstance(part, ast.Constant) else "something" for part in node.values]
        yield "".join(parts)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
        yield node.value.replace("{}", "something")


def _says(text: str) -> bool:
    """Whether a text says anything itself, beyond what is filled in."""
    own = re.sub(r"something|(Copy|Backup|Restore) job failed\.|[^\w ]", "", text)
    return len(own.split()) > 2 and not _OTHERS.search(text)


MESSAGES = sorted({text for text in _messages() if _says(text)})


def test_there_are_messages() -> None:
    """The embedded AWS was read: without its messages the test below would say nothing."""
    assert len(MESSAGES) > 60


@pytest.mark.parametrize("message", MESSAGES)
def test_every_message_has_a_row(message: str) -> None:
    """Whatever the embedded AWS says of a job that failed is explained."""
    found = explain(f"FAILED: {message}")
    assert found is not None, message
    assert found.meaning in next(sentences(message))


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        (
            "Backup job failed because the lifecycle is outside the valid range for backup vault.",
            "retention-outside-lock",
        ),
        ("Access Denied trying to call AWS Backup service", "copy-not-admitted"),
        ("Cross-account copy feature is not enabled for the current organization.", "cross-account-copies-off"),
        ("IAM Role arn:aws:iam::1:role/x cannot be assumed by AWS Backup", "role-not-for-backup"),
        ("AccessDenied: User: x is not authorized to perform: kms:Decrypt on resource: k", "unusable-vault-key"),
        ("Copy job failed. Continuous recovery points cannot be copied on demand.", "copy-of-continuous-backup"),
    ],
)
def test_rule(message: str, rule: str) -> None:
    """Where a lint rule warns of the same, it is named."""
    found = explain(message)
    assert found is not None
    assert found.rule == rule
    assert f"backstay rules {rule}" in found.sentence()


def test_rows_are_sound() -> None:
    """Every rule that is named exists, every row has source and date, and none is hidden by one before it."""
    assert {row.rule for row in REASONS if row.rule} <= known()
    assert all(row.source and re.fullmatch(r"\d{4}-\d\d-\d\d", row.date) for row in REASONS)
    assert len({row.pattern for row in REASONS}) == len(REASONS)


@given(st.text(alphabet="bcdfgh xyz", max_size=60))
def test_unknown_messages(text: str) -> None:
    """About a message that nobody knows nothing is said."""
    assert explain(text) is None
    assert list(sentences(text)) == []
