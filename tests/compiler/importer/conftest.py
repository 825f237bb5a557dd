"""What importing is measured by: the source that comes out, compiled for one account in two Regions."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from backstay import pipeline
from backstay.importer import dialects
from backstay.importer.found import Reading
from backstay.importer.gather import gather
from backstay.importer.write.source import write

ACCOUNT = "100000000010"
REGIONS = ("eu-central-1", "us-east-1")
ORGANIZATION = {
    "id": "o-acme0001",
    "management_account": "100000000001",
    "regions": list(REGIONS),
    "root": {
        "accounts": [{"id": "100000000001", "name": "management"}],
        "units": [
            {
                "name": "Workloads",
                "accounts": [{"id": "100000000003", "name": "shared"}],
                "units": [{"name": "Prod", "accounts": [{"id": ACCOUNT, "name": "payments"},
                                                        {"id": "100000000011", "name": "orders"}]}],
            },
            {"name": "Sandbox", "accounts": [{"id": "100000000020", "name": "sand"}]},
        ],
    },
}  # fmt: skip
NOW = datetime.date(2026, 11, 1)
Shapes = Mapping[tuple[str, str], Mapping[str, Any]]


def compiled(source: str, folder: Path) -> Shapes:
    """What the source gives to every account and Region; no complaint of the loader or the resolver is allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.py").write_text(source, "utf-8")
    (folder / "org.json").write_text(json.dumps(ORGANIZATION))
    checked = pipeline.check([folder / "policy.py"], folder / "org.json", now=NOW)
    wrong = [one for one in checked.findings if one.severity == "error" and one.code.startswith(("LOD", "RES", "ORG"))]
    assert not wrong, (wrong, source)
    files = dict(pipeline.build(checked, packed=False))
    shapes: dict[tuple[str, str], dict[str, Any]] = {}
    for path, data in files.items():
        parts = path.split("/")
        if parts[0] == "accounts":
            noun = parts[3].removesuffix(".json").replace("-", "_")
            shapes.setdefault((parts[1], parts[2]), {})[noun] = json.loads(data)
    return shapes


@pytest.fixture
def imported(tmp_path: Path) -> Callable[..., tuple[Reading, str]]:
    """Reads files (name → content) and writes the source; `dialect` as in `--from`."""

    def run(files: Mapping[str, Any], dialect: str | None = None) -> tuple[Reading, str]:
        paths = []
        for name, content in files.items():
            path = tmp_path / "sources" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else json.dumps(content, indent=1).encode())
            paths.append(path)
        reading = gather(dialects.read_all(paths, dialect))
        source = write(reading, [path.name for path in paths]).source if reading.found else ""
        return reading, source

    return run


@pytest.fixture(scope="session")
def compile_source() -> Callable[[str, Path], Shapes]:
    """`compiled`, for property tests, whose examples outlive a test's own fixtures."""
    return compiled


@pytest.fixture
def build(tmp_path: Path) -> Callable[[str], Shapes]:
    """Compiles a source for the organization above."""
    return lambda source: compiled(source, tmp_path / "built")
