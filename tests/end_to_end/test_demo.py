"""`backstay demo`: the whole way, as a newcomer sees it."""

import html
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

CHAPTERS = (
    "An organization",
    "A change that looks harmless",
    "Compiled",
    "What would change",
    "Done, as it was said",
    "And again",
    "A day and a night pass",
    "A locked vault says no",
    "The bucket is gone, and comes back",
    "Forty days later",
    "What an auditor would find",
)


def demo(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the demo as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "backstay.cli.main", "demo", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """One demo, and the folder that it leaves."""
    folder = tmp_path_factory.mktemp("demo")
    return demo("--dir", "kept", cwd=folder), folder / "kept"


def test_it_tells_the_whole_story(played: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    """Every chapter is there in its order, each with a command, and none of what was promised failed."""
    done, _ = played
    assert done.returncode == 0, done.stdout + done.stderr
    places = [done.stdout.index(f"{title}\n") for title in CHAPTERS]
    assert places == sorted(places)
    assert "Traceback" not in done.stdout + done.stderr
    assert "internal error" not in done.stdout + done.stderr
    assert "error[retention-outside-lock]" in done.stdout
    assert "203 of 203 actions done" in done.stdout
    assert "Nothing to do" in done.stdout
    assert "none failed" in done.stdout
    assert "InvalidRequestException" in done.stdout
    assert re.search(r"byte for byte  ([1-9]\d*) of \1 objects", done.stdout)
    assert "0 failed" in done.stdout


def test_it_leaves_a_build_and_one_self_contained_report(
    played: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    """The report stands where the last lines say, holds the story, and asks the network for nothing."""
    done, folder = played
    assert str(folder / "report.html") in done.stdout
    page = html.unescape((folder / "report.html").read_text())
    assert all(title in page for title in CHAPTERS)
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=[\"']https?:", page)
    assert len(json.loads((folder / "build" / "index.json").read_text())["accounts"]) == 12


def test_no_server_is_left_behind(played: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    """The embedded AWS of the demo is down afterwards, and its data stay for another look."""
    _, folder = played
    asked = [sys.executable, "-m", "backstay.cli.main", "local", "status", "--data", str(folder / "aws")]
    status = subprocess.run(asked, capture_output=True, text=True)
    assert status.returncode == 2
    assert (folder / "aws").is_dir()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    """The demo never writes among other people's files."""
    (tmp_path / "mine.txt").write_text("mine")
    done = demo("--dir", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
