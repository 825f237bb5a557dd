"""The page for those who test automation of their own, taken at its word: its files are written down and run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "testing-your-automation.md"
FILE = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_file_of_the_page_passes(tmp_path: Path) -> None:
    """A stranger who copies the page into a folder and runs pytest sees nothing but passes."""
    files = dict(FILE.findall(PAGE.read_text(encoding="utf-8")))
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "backstay_local.pytest_plugin", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "AWS_PROFILE": "nobody"}
    done = subprocess.run(
        [*command, "--strict-markers", "-W", "error::pytest.PytestWarning"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    tests = sum(text.count("\ndef test_") for text in files.values())
    assert f"{tests} passed" in done.stdout


def test_the_image_has_what_it_needs() -> None:
    """What the container file copies is there, and its commands are commands of ours."""
    from click.testing import CliRunner

    from backstay_local.cli.local import local

    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    copied = [source for line in re.findall(r"^COPY (.*) \S+$", text, re.MULTILINE) for source in line.split()]
    assert copied
    assert all((ROOT / source).exists() for source in copied)
    for words in re.findall(r'"backstay", "local", (.*)\]$', text, re.MULTILINE):
        command, *options = re.findall(r'"([^"]+)"', words)
        told = CliRunner().invoke(local, [command, "--help"]).output
        assert all(option in told for option in options if option.startswith("--"))
    assert re.search(r"^USER (?!root)", text, re.MULTILINE)
