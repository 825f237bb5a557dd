"""What `backstay init` writes: an organization file, policies that lint clean, tests, a CI workflow and a hook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

_FILES = Path(__file__).parent / "files"

# Path in the new folder → file of this package. Names with a dot in front are kept without it here.
PLACES: Mapping[str, str] = {
    "README.md": "README.md",
    "org.yaml": "org.yaml",
    "policies/vaults.py": "policies/vaults.py",
    "policies/baseline.py": "policies/baseline.py",
    "tests/test_policies.py": "tests/test_policies.py",
    ".github/workflows/backstay.yml": "workflow.yml",
    ".pre-commit-config.yaml": "pre-commit-config.yaml",
    ".gitignore": "gitignore",
}


def files() -> Iterator[tuple[str, bytes]]:
    """The starter's files by their paths."""
    for place, name in PLACES.items():
        yield place, (_FILES / name).read_bytes()
