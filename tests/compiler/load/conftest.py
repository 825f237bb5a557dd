"""Folders of policies for the loader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from backstay.load.loaded import Loaded
from backstay.load.loader import load

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
