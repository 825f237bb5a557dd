"""What policy files came to the last time, so that files that are as they were need not be parsed, gated or run.

Files know of each other through imports only. Those that hang together make a part, and a part is remembered if
nothing was wrong in it: its nodes and the place of each and of its fields. It is found again by the paths and the
texts of its files, in order, and by what reads them. What is read back is decoded and checked as an answer of the
process that runs policies is; anything odd counts as nothing remembered.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from backstay import keep
from backstay.dsl import Node
from backstay.dsl.codec import MAX_NODES, CodecError, encode
from backstay.load.answer import Held, Told
from backstay.load.find import Reading
from backstay.load.imports import Import, parts, target
from backstay.load.part import Known, Part, nodes_of, pack, unpack
from backstay.source import PlaceRow, Sources, disk, row_of
from backstay_contract.findings import Finding

Imports = Mapping[Path, tuple[Import, ...]]


@dataclass
class Recalled:
    """What the memory had: parts by their files, their roots with the file that held each, and places."""

    reading: Reading
    parts: dict[tuple[Path, ...], Part] = field(default_factory=dict)
    roots: list[tuple[Path, Held]] = field(default_factory=list)
    places: list[tuple[Node, str, PlaceRow]] = field(default_factory=list)
    files: set[Path] = field(default_factory=set)

    def add(self, paths: tuple[Path, ...], part: Part) -> None:
        """Make a part's nodes anew. Raises what a part does that is none."""
        roots, places = part.roots([self.reading.files[path].path for path in paths])
        self.parts[paths] = part
        self.roots += [(paths[held[0]], held) for held in roots]
        self.places += places
        self.files.update(paths)

    def merged(self, running: Sequence[Path], ran: Sequence[Held]) -> tuple[Held, ...]:
        """The roots of all files in the order that they have if every file runs; by the number among all files."""
        numbers = {path: number for number, path in enumerate(self.reading.files)}
        both = [*self.roots, *((running[held[0]], held) for held in ran)]
        found = [(numbers[path], root) for path, (_, root) in both]
        return tuple(sorted(found, key=lambda held: held[0]))


class Memory:
    """What is remembered of one policies' folder. Not `used`: nothing, and nothing will be."""

    def __init__(self, reading: Reading, *, used: bool = True) -> None:
        self._reading = reading
        self._root = os.path.realpath(reading.root)
        self._name = f"{hashlib.sha256(os.fsencode(self._root)).hexdigest()[:32]}.json"
        self._used = used and keep.folder() is not None
        data = keep.read(self._name) if self._used else None
        self._parts = {part.files: part for part in ([] if data is None else unpack(data))}
        self._by_file = {known: (part, n) for part in self._parts.values() for n, known in enumerate(part.files)}
        self._known: dict[Path, Known] = {}

    def steps(self, path: Path) -> tuple[Import, ...] | None:
        """The imports of a file that is as it was, if each still means the same; else None."""
        part, number = self._by_file.get(self._file(path), (None, 0)) if self._parts else (None, 0)
        if part is None:
            return None
        found = []
        for key, meant in part.imports[number]:
            level, _, module = key.partition(":")
            there = target(path, int(level), module)
            real = None if there is None or self._relative(disk.real(there)) != meant else self._reading.add(there)
            if real is None:
                return None
            found.append(Import(key, real, None))
        return tuple(found)

    def recall(self, imports: Imports, unread: Sequence[Path]) -> Recalled:
        """The parts all of whose files are as they were (`unread`); nothing, if what they hold cannot be right."""
        recalled = Recalled(self._reading)
        wanted = set(unread)
        try:
            for paths in parts(imports, self._reading.files) if wanted else ():
                part = self._parts.get(tuple(map(self._file, paths))) if wanted.issuperset(paths) else None
                if part is not None:
                    recalled.add(paths, part)
        except (CodecError, ValueError, KeyError, TypeError, IndexError, RecursionError):
            return Recalled(self._reading)
        many = sum(len(part.document["nodes"]) for part in recalled.parts.values())
        return recalled if many <= MAX_NODES else Recalled(self._reading)

    def remember(
        self,
        imports: Imports,
        recalled: Recalled,
        running: Sequence[Path],
        answer: Told,
        findings: Sequence[Finding],
        sources: Sources,
    ) -> None:
        """Keep the parts that ran now and in which nothing was found, those recalled, and those of other files."""
        if not self._used or not answer.whole:
            return
        roots: dict[Path, list[Held]] = {}
        for number, root in answer.roots:
            roots.setdefault(running[number], []).append((number, root))
        spans = [span for one in findings for span in (one.span, *(other.span for other in one.others))]
        blamed = {span.path for span in spans if span is not None}
        fresh = []
        for paths in parts(imports, self._reading.files):
            clean = not any(self._reading.files[path].path in blamed for path in paths)
            if clean and paths not in recalled.parts and all(path in imports for path in paths):
                fresh.append(self._made(paths, imports, roots, sources, answer.layers))
        if not fresh or None in spans:
            return
        here = {self._relative(path) for path in self._reading.files}
        others = [part for part in self._parts.values() if not any(name in here for name, _ in part.files)]
        keep.write(self._name, pack([*recalled.parts.values(), *fresh, *others]))

    def _made(
        self,
        paths: Sequence[Path],
        imports: Imports,
        roots: Mapping[Path, Sequence[Held]],
        sources: Sources,
        layers: tuple[str, ...],
    ) -> Part:
        """A part as it came out now."""
        held = [(number, root) for number, path in enumerate(paths) for _, root in roots.get(path, ())]
        made = [root for _, root in held]
        numbers = {self._reading.files[path].path: number for number, path in enumerate(paths)}
        return Part(
            tuple(map(self._file, paths)),
            tuple(tuple((step.key, self._relative(step.target)) for step in imports[path]) for path in paths),
            tuple(number for number, _ in held),
            layers,
            encode(made, numbers),
            tuple(row_of(sources.where(node)) for node in nodes_of(made)),
        )

    def _file(self, path: Path) -> Known:
        if path not in self._known:
            digest = hashlib.sha256(self._reading.files[path].text.encode("utf-8", "surrogatepass")).hexdigest()
            self._known[path] = self._relative(path), digest
        return self._known[path]

    def _relative(self, path: Path) -> str:
        return os.path.relpath(path, self._root)


def common(recalled: Recalled, answer: Told, *, ran: bool) -> tuple[str, ...]:
    """The layers that were in force for every file, whenever it ran."""
    told = [part.layers for part in recalled.parts.values()] + ([answer.layers] if ran else [])
    return tuple(layer for layer in told[0] if all(layer in one for one in told)) if told else ()
