"""Folders of policies for the loader."""

from __future__ import annotations

import secrets
import select
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from backstay.load.loaded import Loaded
from backstay.load.loader import load

PATIENCE = 3.0  # seconds
VOCABULARY = "Access, Copy, Plan, Policy, Rule, Select, Settings, Vault, account, daily, days, hours, ou, root, tag"

Loader = Callable[..., Loaded]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the working directory, so that paths are shown relative to it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def load_files(folder: Path) -> Loader:
    """Write files and load a path (default: the folder)."""

    def loader(files: Mapping[str, str | bytes], path: str = ".") -> Loaded:
        for name, text in files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load([Path(path)])

    return loader


@pytest.fixture
def load_text(load_files: Loader) -> Callable[[str], Loaded]:
    """Load one file `p.py` whose first line imports the vocabulary and whose second is the text's first."""

    def loader(text: str) -> Loaded:
        return load_files({"p.py": f"from backstay import {VOCABULARY}\n{text}\n"})

    return loader


@dataclass(frozen=True)
class Scene:
    """What a policy file must not touch, each so made that a touch leaves a trace."""

    folder: Path
    listener: socket.socket
    secret: str

    def text(self, text: str) -> str:
        """An escape's text with the names of this scene's things in it."""
        names = {
            "MARK": str(self.folder / "mark"),
            "CANARY": str(self.folder / "canary"),
            "FOLDER": str(self.folder),
            "PORT": str(self.listener.getsockname()[1]),
            "BIRD": self.secret,
        }
        for name, meant in names.items():
            text = text.replace(name, meant)
        return text

    def traces(self, said: str = "") -> list[str]:
        """What was done, in words; `said` is what came out of the run. Empty: nothing happened."""
        done, canary = [], self.folder / "canary"
        if sorted(path.name for path in self.folder.iterdir()) != ["canary"]:
            done.append("a file was made or removed")
        elif (canary.read_text(), canary.stat().st_mode & 0o777) != (self.secret, 0o600):
            done.append("a file was changed")
        if self.secret in said:
            done.append("a secret came out")
        if select.select([self.listener], [], [], 0)[0]:
            done.append("somebody connected")
        if _stays(self.secret):
            done.append("a process was left")
        return done


def _stays(mark: str) -> bool:
    """Whether a process with a mark is still there after a while: the kernel ends those of a name space one by one."""
    until = time.monotonic() + PATIENCE
    while any(mark in _command(entry) for entry in Path("/proc").glob("[0-9]*")):
        if time.monotonic() > until:
            return True
        time.sleep(0.05)
    return False


def _command(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_text(errors="replace")
    except OSError:
        return ""


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A folder with a secret file, a listening socket, and the secret in the environment too."""
    with make_scene(tmp_path / "scene") as made:
        monkeypatch.setenv("BACKSTAY_CANARY", made.secret)
        yield made


@contextmanager
def make_scene(folder: Path) -> Iterator[Scene]:
    """A scene in a new folder, until the end of the block."""
    secret = f"canary-{secrets.token_hex(8)}"
    folder.mkdir()
    (folder / "canary").touch(0o600)
    (folder / "canary").write_text(secret)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield Scene(folder, listener, secret)


@pytest.fixture(scope="session")
def new_scene() -> Callable[[Path], AbstractContextManager[Scene]]:
    """`make_scene`, for fixtures that keep one scene for many tests."""
    return make_scene
