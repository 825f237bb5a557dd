"""What shows that an operation works: the test that calls it with success, and the members that were seen on the way.

`proofs.json` is written while the tests of the embedded AWS run (`python -m tests.local.proofs`, part of `make docs`).
Each test that it names holds its own claim: it fails when it no longer calls the operation with success.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from backstay_local import operations
from backstay_local.backup.registry import OPERATIONS
from backstay_local.backup.service import BackupService
from backstay_local.wire import engine
from backstay_local.wire.call import AwsError

FILE = Path(__file__).with_name("proofs.json")
FOLDERS = ("tests/local/backup", "tests/local/conformance")
RECORD = "BACKSTAY_PROOFS"


@dataclass
class Proof:
    """One operation: who calls it, and which members of its input and output were seen in calls that succeeded."""

    tests: dict[str, set[str]] = field(default_factory=dict)
    """The tests that call it, each with all the operations that it calls."""
    given: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    """Members that AWS takes in no request, and that a call was refused for."""

    def to_json(self) -> dict[str, Any]:
        """As it is kept: one test, the one that says most."""
        return {
            "test": min(self.tests, key=lambda test: _rank(test, len(self.tests[test]))),
            "given": sorted(self.given),
            "answered": sorted(self.answered),
            **({"refused": sorted(self.refused)} if self.refused else {}),
        }


class Recorder:
    """Listens at the seam between wire and behaviour; the calls of made-up handlers do not count."""

    def __init__(self) -> None:
        self.proofs: dict[str, Proof] = {}
        self.called: set[str] = set()
        self._now = threading.local()

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Listen until the patch is undone."""
        answer, write = BackupService._answer, engine.write

        def answered(service: BackupService, operation: Any, call: Any, params: dict[str, Any]) -> Any:
            given = set(_paths(params))
            try:
                result = answer(service, operation, call, params)
            except AwsError as error:
                self._note_refused(call.operation, given, error.message)
                raise
            self._now.call = (call.operation, given)
            return result

        def written(operation: Any, members: Mapping[str, Any]) -> Any:
            result = write(operation, members)
            name, given = self._now.__dict__.pop("call", ("", set()))
            if name == operation.name:
                self._note(name, given, set(_paths(members)))
            return result

        patch.setattr(BackupService, "_answer", answered)
        patch.setattr(engine, "write", written)

    def _note(self, operation: str, given: set[str], answered: set[str]) -> None:
        self.called.add(operation)
        if RECORD in os.environ and operation in OPERATIONS:  # vaults are shared by operations of another service
            proof = self.proofs.setdefault(operation, Proof())
            test = os.environ.get("PYTEST_CURRENT_TEST", "")
            if test.startswith("tests/"):  # not one that a test runs inside
                proof.tests[test.rpartition(" (")[0]] = self.called
            proof.given |= given
            proof.answered |= answered

    def _note_refused(self, operation: str, given: set[str], words: str) -> None:
        """Keep the members that AWS takes in no request, if the error names them."""
        named = {path for path in given if operations.refused(path) and path.rpartition(".")[2] in words}
        if named and RECORD in os.environ and operation in OPERATIONS:
            self.proofs.setdefault(operation, Proof()).refused |= named

    def save(self) -> None:
        """Write what was recorded, if it was asked for."""
        if os.environ.get(RECORD):
            found = {name: proof.to_json() for name, proof in sorted(self.proofs.items()) if proof.tests}
            Path(os.environ[RECORD]).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


@cache
def kept() -> Mapping[str, Mapping[str, Any]]:
    """The proofs that are committed, by operation."""
    found: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return found


def claims(test: str) -> set[str]:
    """The operations that a test is named for."""
    return {name for name, proof in kept().items() if proof["test"] == test and name in OPERATIONS}


def _paths(value: Any, above: str = "") -> Iterator[str]:
    """The members of a structure, at every depth, without the places in its lists."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if item is not None:
                here = f"{above}.{name}" if above else str(name)
                yield here
                yield from _paths(item, here)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _paths(item, above)


def _rank(test: str, calls: int) -> tuple[bool, bool, int, str]:
    """Tests of AWS Backup's behaviour before others, plain ones before those with parameters, those that call less."""
    return "/backup/" not in test, "[" in test, calls, test


def main() -> int:
    """Record anew where an operation has no proof, or where it is demanded (`--all`)."""
    if "--all" not in sys.argv and OPERATIONS.keys() == kept().keys():
        return 0
    print("recording which test calls which operation (a minute or two)", file=sys.stderr)
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not long", "--no-header", *FOLDERS]
    return subprocess.run(command, env={**os.environ, RECORD: str(FILE)}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
