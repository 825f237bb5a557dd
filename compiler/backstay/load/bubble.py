"""Bubblewrap: a run in a file system, a network and a world of processes of its own, where `bwrap` is there and works.

`bwrap` builds name spaces of the kernel and needs no root where the system lets users have them (`man 1 bwrap`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_PATIENCE = 5.0  # seconds for the trial
_SYSTEM = ("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/nix/store", "/etc/ld.so.cache")
_EMPTY = "/empty"


@cache
def works() -> bool:
    """Whether this interpreter really starts inside, tried once: installed is not allowed (containers, AppArmor)."""
    if sys.platform != "linux" or shutil.which("bwrap") is None:
        return False
    command = around([interpreter(), "-VV"], (), "0")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False, env={})
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.strip() == f"Python {sys.version}"


def interpreter() -> str:
    """The interpreter itself, not a virtual environment's link to it: that may lie in a folder which is not there."""
    return str(Path(getattr(sys, "_base_executable", "") or sys.executable).resolve())


def around(command: Sequence[str], packages: Sequence[Path], seed: str) -> list[str]:
    """The command inside: it sees the interpreter, the system's libraries and `packages`, and can write nothing.

    Its environment is the hash seed; it has no network, sees no other process, and ends with its parent.
    """
    prefix = Path(sys.base_prefix).resolve()
    visible = [interpreter(), *(str(prefix / name) for name in ("lib", "lib64")), *map(str, packages)]
    return [
        shutil.which("bwrap") or "bwrap",
        *("--unshare-all", "--cap-drop", "ALL", "--die-with-parent"),
        *("--clearenv", "--setenv", "PYTHONHASHSEED", seed),
        *(word for path in _SYSTEM for word in _shown(path)),
        *(word for path in visible if not _within(path, _SYSTEM) and Path(path).exists() for word in _bound(path)),
        *("--dir", _EMPTY, "--chdir", _EMPTY, "--remount-ro", "/", "--"),
        *command,
    ]


def _shown(path: str) -> tuple[str, ...]:
    """A folder of the system as it is, or the link that it is on systems where `/lib` means `/usr/lib`."""
    if Path(path).is_symlink():
        return "--symlink", os.readlink(path), path  # noqa: PTH115 (as it is written, relative or not)
    return _bound(path) if Path(path).exists() else ()


def _bound(path: str) -> tuple[str, ...]:
    return "--ro-bind", path, path


def _within(path: str, folders: Sequence[str]) -> bool:
    return any(Path(path).is_relative_to(folder) for folder in folders)
