"""Which policies a document of an editor belongs to: what `backstay lint` would be given for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backstay.dsl import VOCABULARY
from backstay.load.find import SUFFIX
from backstay.org.beside import NAMES, of_folder
from backstay.source import disk

POLICIES: Final = "policies"
_IMPORT = re.compile(r"^from\s+backstay\s+import\s*\(?(?P<names>[^#)\n]*(?:\n[^#)=]*)?)", re.MULTILINE)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Scope:
    """A folder of policies (or a file), and the folder out of which imports do not lead: the organization file's."""

    policies: Path
    root: Path


def is_policy(text: str) -> bool:
    """Whether a Python file speaks the policy language: it imports a word of it from `backstay`."""
    return any(name in VOCABULARY for found in _IMPORT.finditer(text) for name in _WORD.findall(found["names"]))


def named(path: Path) -> Path:
    """A file by the real path of its folder; its name stays, also if it is a link's."""
    return disk.real(path.parent) / path.name


def scope_of(path: Path, roots: Sequence[Path]) -> Scope | None:
    """The policies of a file, or of an organization file; None if there are none. `roots`: the editor's folders.

    They are the folder with the organization file if policies lie in it, else the one below it in which the file is;
    without an organization file a folder `policies`, or the file alone.
    """
    path = named(path)
    if path.name in NAMES:
        return _beside(path.parent)
    if path.suffix != SUFFIX:
        return None
    below = path.parent
    for folder in _upwards(path, roots):
        if of_folder(folder) is not None:
            policies = folder if folder == path.parent or _holds_policies(folder) else below
            return Scope(policies, folder)
        below = folder
    whole = next((folder for folder in _upwards(path, roots) if folder.name == POLICIES), None)
    return Scope(path, path.parent) if whole is None else Scope(whole, whole)


def _beside(folder: Path) -> Scope | None:
    """The policies of an organization file."""
    for policies in (folder, folder / POLICIES):
        if _holds_policies(policies):
            return Scope(policies, folder)
    return None


def _upwards(path: Path, roots: Sequence[Path]) -> Iterator[Path]:
    """The folders above a file, up to the editor's folder that holds it; of a file elsewhere its own and the next."""
    holding = [root for root in map(disk.real, roots) if path.is_relative_to(root)]
    for number, folder in enumerate(path.parents):
        yield folder
        if folder in holding or (not holding and number == 1):
            return


def _holds_policies(folder: Path) -> bool:
    """Whether a policy lies in a folder itself."""
    try:
        files = sorted(file for file in folder.glob(f"*{SUFFIX}") if disk.is_file(file))
        return any(is_policy(file.read_text("utf-8", errors="replace")) for file in files)
    except OSError:
        return False
