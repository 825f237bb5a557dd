"""`--local`: the embedded AWS is started by the command that needs it, and joined by the next one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def test_local_starts_one_and_then_joins_it(builds: Any, tmp_path: Path) -> None:
    """Two commands with --local speak to one embedded AWS, with no AWS configuration at all."""
    backstay = str(Path(sys.executable).with_name("backstay"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = kept | {"XDG_CACHE_HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    builds.write(tmp_path / "build")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [backstay, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    note = tmp_path / "backstay" / "local" / "server.json"
    try:
        first = run("plan", "build", "--local")
        assert first.returncode == 0, first.stderr
        assert "2 accounts could not be read: AccessDenied" in first.stdout
        process = json.loads(note.read_text())["pid"]
        second = run("apply", "build", "--local", "--yes")
        assert second.returncode == 3, second.stderr
        assert json.loads(note.read_text())["pid"] == process
    finally:
        run("local", "down")
    assert not note.exists()
