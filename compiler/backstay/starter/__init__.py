"""What `backstay init` writes: an organization file, policies that lint clean, tests, CI and a pre-commit hook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

_FILES = Path(__file__).parent / "files"
_CI_ROWS = b"@CI@"
"""In the README: where the files of CI are told."""

# Path in the new folder → file of this package. Names with a dot in front are kept without it here.
PLACES: Mapping[str, str] = {
    "README.md": "README.md",
    "org.yaml": "org.yaml",
    "policies/vaults.py": "policies/vaults.py",
    "policies/baseline.py": "policies/baseline.py",
    "tests/test_policies.py": "tests/test_policies.py",
    "local/setup.yaml": "local/setup.yaml",
    "local/resources.jsonl": "local/resources.jsonl",
    ".pre-commit-config.yaml": "pre-commit-config.yaml",
    ".gitignore": "gitignore",
}

# Service that runs CI → path in the new folder → file of this package, and what the README says of it.
CI: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "github": {
        ".github/workflows/backstay.yml": (
            "workflow.yml",
            "checks every pull request and says what it means; builds what is merged",
        ),
        ".github/workflows/backstay-comment.yml": (
            "comment.yml",
            "posts that as a comment, and runs nothing of the pull request",
        ),
    },
    "gitlab": {
        ".gitlab-ci.yml": (
            "gitlab-ci.yml",
            "checks every merge request and says what it means in a comment; builds what is merged",
        ),
    },
}


def files(service: str = "github") -> Iterator[tuple[str, bytes]]:
    """The starter's files by their paths, with CI of a service."""
    rows = "\n".join(f"| `{place}` | {told} |" for place, (_, told) in CI[service].items())
    for place, name in PLACES.items():
        yield place, (_FILES / name).read_bytes().replace(_CI_ROWS, rows.encode())
    for place, (name, _) in CI[service].items():
        yield place, (_FILES / name).read_bytes()
