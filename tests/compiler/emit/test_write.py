"""Writing: a build is replaced whole or not at all, and nothing else is ever replaced."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backstay.emit.write import NotABuild, differs, replace

BUILD = [("index.json", b'{"format":1,"accounts":{}}'), ("shapes/a.json", b"{}")]


def read(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_new_and_again(tmp_path: Path) -> None:
    """A build appears with its folders, and the next one leaves nothing of it behind."""
    out = tmp_path / "a" / "b"
    assert replace(out, BUILD) == 2
    assert read(out) == dict(BUILD)
    replace(out, [BUILD[0], ("shapes/b.json", b"[]")])
    assert set(read(out)) == {"index.json", "shapes/b.json"}
    assert [entry.name for entry in out.parent.iterdir()] == ["b"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    """An empty folder is as good as none."""
    (tmp_path / "out").mkdir()
    replace(tmp_path / "out", BUILD)
    assert read(tmp_path / "out") == dict(BUILD)


def test_failing_half_way_leaves_the_old_build(tmp_path: Path) -> None:
    """Whatever goes wrong while writing, the old build stays and no rubbish is left."""

    def broken() -> Iterator[tuple[str, bytes]]:
        yield "index.json", b"new"
        raise OSError("disk full")

    replace(tmp_path / "out", BUILD)
    with pytest.raises(OSError, match="disk full"):
        replace(tmp_path / "out", broken())
    assert read(tmp_path / "out") == dict(BUILD)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_a_killed_run_leaves_the_old_build(tmp_path: Path) -> None:
    """A process killed while writing changes nothing, and the next run clears what it left."""
    replace(tmp_path / "out", BUILD)
    run = (
        "import os, sys; from pathlib import Path; from backstay.emit.write import replace\n"
        "def files():\n    yield 'index.json', b'new'\n    os.kill(os.getpid(), 9)\n"
        "replace(Path(sys.argv[1]), files())\n"
    )
    killed = subprocess.run([sys.executable, "-c", run, str(tmp_path / "out")], check=False)
    assert killed.returncode == -9
    assert read(tmp_path / "out") == dict(BUILD)
    assert len(list(tmp_path.iterdir())) == 2
    replace(tmp_path / "out", BUILD)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    "files", [{"notes.txt": "mine"}, {"index.json": "{}"}, {"accounts/x.json": "{}"}, {".git/HEAD": ""}]
)
def test_what_is_no_build_is_not_replaced(files: dict[str, str], tmp_path: Path) -> None:
    """A folder with anything that Backstay did not write is refused and left alone."""
    for name, text in files.items():
        (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / name).write_text(text)
    before = read(tmp_path / "out")
    with pytest.raises(NotABuild):
        replace(tmp_path / "out", BUILD)
    assert read(tmp_path / "out") == before


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """A file by the name of the build is not overwritten."""
    (tmp_path / "out").write_text("mine")
    with pytest.raises(NotABuild):
        replace(tmp_path / "out", BUILD)


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    """The build goes to where the link leads."""
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")
    replace(tmp_path / "out", BUILD)
    assert (tmp_path / "out").is_symlink()
    assert read(tmp_path / "real") == dict(BUILD)


def test_differs(tmp_path: Path) -> None:
    """Missing, different and superfluous files are told; an equal build has none."""
    replace(tmp_path / "out", BUILD)
    assert differs(tmp_path / "out", BUILD) == ()
    assert differs(tmp_path / "out", [BUILD[0], ("shapes/b.json", b"")]) == ("shapes/a.json", "shapes/b.json")
    assert differs(tmp_path / "out", [BUILD[0], ("shapes/a.json", b"[]")]) == ("shapes/a.json",)
    assert differs(tmp_path / "none", BUILD) == ("index.json", "shapes/a.json")


def test_a_signature_stays_with_what_was_signed(tmp_path: Path) -> None:
    """Writing the same content again keeps the signature; any other content takes it away."""
    out = tmp_path / "out"
    replace(out, BUILD)
    (out / "signature.dsse.json").write_text("{}")
    assert differs(out, BUILD) == ()
    replace(out, BUILD)
    assert (out / "signature.dsse.json").read_text() == "{}"
    replace(out, [*BUILD, ("shapes/b.json", b"{}")])
    assert not (out / "signature.dsse.json").exists()
