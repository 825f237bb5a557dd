"""A copy of policies with the text that an editor has not saved: what the compiler reads while somebody types."""

from __future__ import annotations

import re
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from backstay.editor.scope import Scope, named
from backstay.load.allowed import LONGEST_FILE
from backstay.load.find import SUFFIX, policy_files
from backstay.load.imports import target
from backstay.org.beside import of_folder

_IMPORT = re.compile(r"^from\s+(?P<dots>\.*)(?P<module>[\w.]+)\s+import\b", re.MULTILINE)
_LARGEST = 4 * LONGEST_FILE + 1
"""Bytes of a file that are copied: one more than the loader takes, so that it refuses what it would refuse."""

Unsaved = Mapping[Path, str]
"""Texts by the real paths of their files."""


@dataclass
class Shadow:
    """A temporary folder that is kept like the root of a scope; what did not change is not written again."""

    scope: Scope
    folder: Path
    _written: dict[Path, object] = field(default_factory=dict)

    @classmethod
    def of(cls, scope: Scope, above: Path) -> Shadow:
        """A new shadow in a folder `above`."""
        return cls(scope, Path(tempfile.mkdtemp(dir=above)))

    @property
    def policies(self) -> Path:
        """The policies, relative to the folder."""
        return self.scope.policies.relative_to(self.scope.root)

    def original(self, shown: str) -> Path:
        """The file behind a path in the folder, as the compiler shows it to people who stand there."""
        return self.scope.root / shown

    def keep(self, unsaved: Unsaved) -> None:
        """Make the folder hold what an editor shows: files as saved, or as they are in the editor."""
        wanted = {path.relative_to(self.scope.root): path for path in _files(self.scope, unsaved)}
        for name in [name for name in self._written if name not in wanted]:
            (self.folder / name).unlink(missing_ok=True)
            del self._written[name]
        for name, path in wanted.items():
            self._copy(name, path, unsaved.get(path))
        if self.scope.policies.suffix != SUFFIX:
            (self.folder / self.policies).mkdir(parents=True, exist_ok=True)

    def _copy(self, name: Path, path: Path, text: str | None) -> None:
        state = text if text is not None else _state(path)
        if self._written.get(name) == state:
            return
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):
            place.unlink(missing_ok=True)
            if text is None and path.is_symlink():  # it leads where it led, or out of the folder, which is told
                place.symlink_to(path.readlink())
            else:
                place.write_bytes(_bytes(path) if text is None else text.encode("utf-8", "surrogatepass"))
            self._written[name] = state


def _files(scope: Scope, unsaved: Unsaved) -> Iterator[Path]:
    """The organization file, the policies, unsaved ones too, and what these import; all inside the root."""
    org = of_folder(scope.root)
    found = [] if org is None else [org]
    policies = [scope.policies] if scope.policies.suffix == SUFFIX else policy_files(scope.policies, [])
    found += [path for path in map(named, policies) if path.is_relative_to(scope.root)]
    found += [path for path in unsaved if path.suffix == SUFFIX and path.is_relative_to(scope.policies)]
    seen = set(found)
    while found:
        path = found.pop()
        yield path
        if path.suffix == SUFFIX:
            new = {one for one in _imported(path, unsaved) if one.is_relative_to(scope.root)} - seen
            seen |= new
            found += new


def _imported(path: Path, unsaved: Unsaved) -> Iterator[Path]:
    text = unsaved.get(path)
    if text is None:
        text = _bytes(path).decode("utf-8", "replace")
    for step in _IMPORT.finditer(text):
        there = target(path, len(step["dots"]), step["module"])
        if there is not None:
            yield named(there)


def _state(path: Path) -> object:
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size, about.st_ino


def _bytes(path: Path) -> bytes:
    """What a file holds; nothing if it is none, or cannot be read."""
    with suppress(OSError):
        if stat.S_ISREG(path.stat().st_mode):
            with path.open("rb") as stream:
                return stream.read(_LARGEST)
    return b""
