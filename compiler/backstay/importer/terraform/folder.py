"""Folders of a configuration: which files belong together, and which folder a called module is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from backstay.importer.problem import problem
from backstay.importer.terraform.configuration import Declared, gathered
from backstay.importer.terraform.json_form import parse_json
from backstay.importer.terraform.parse import LARGEST_FILE, parse
from backstay.importer.terraform.syntax import Body
from backstay.source import shown
from backstay_contract.findings import Finding, Span

SUFFIXES: Final = (".tf", ".tf.json", ".tofu", ".tofu.json")
DEEPEST_CALL: Final = 8
MOST_FILES: Final = 2_000


def parsed(path: str, data: bytes) -> tuple[Body, tuple[Finding, ...]]:
    """One file, in whichever of the two spellings it is."""
    return parse_json(path, data) if path.endswith(".json") else parse(path, data)


@dataclass
class Folder:
    """The folder that was given, and what is below it. Findings of files are kept once, when these are first read."""

    root: Path
    findings: list[Finding] = field(default_factory=list)
    known: dict[PurePosixPath, Declared | None] = field(default_factory=dict)
    files: int = 0

    def declared(self, folder: PurePosixPath) -> Declared | None:
        """What the files of a folder declare together; None if it has none."""
        if folder not in self.known:
            self.known[folder] = self._read(folder)
        return self.known[folder]

    def enter(self, folder: PurePosixPath | None, source: str, path: str) -> tuple[PurePosixPath, Declared] | str:
        """The folder of a called module, or why it is not entered."""
        if not source.startswith(("./", "../")) and source not in (".", ".."):
            return f"its source `{source}` is elsewhere"
        if folder is None:
            return f"its source `{source}` is another folder, and only this file was given"
        if path.count("module.") >= DEEPEST_CALL:
            return "modules call one another too deeply"
        target = _inside(folder, source)
        if target is None or not self._below(target):
            return f"its source `{source}` is outside of the folder that was given"
        declared = self.declared(target)
        return f"the folder `{source}` has no configuration" if declared is None else (target, declared)

    def roots(self) -> list[PurePosixPath]:
        """The folders that are configurations of their own: the given one, else those below that nobody calls."""
        here = PurePosixPath()
        if self.declared(here) is not None:
            return [here]
        folders = sorted({PurePosixPath(file.parent.relative_to(self.root)) for file in self._all()})
        called = set()
        for folder in folders:
            declared = self.declared(folder)
            for block in declared.modules.values() if declared is not None else ():
                source = block.body.attribute("source")
                written = getattr(source.value, "value", None) if source is not None else None
                called.add(_inside(folder, written) if isinstance(written, str) else None)
        return [folder for folder in folders if folder not in called]

    def _read(self, folder: PurePosixPath) -> Declared | None:
        place = self.root / folder
        bodies: list[Body] = []
        values: list[Body] = []
        for file in _files(place):
            self.files += 1
            if self.files > MOST_FILES:
                message = f"there are more than {MOST_FILES} files; the rest is left out"
                self.findings.append(problem("too-large", message, Span(shown(file), 1, 1, 1, 2)))
                break
            body = self._file(file)
            (values if ".tfvars" in file.name else bodies).append(body)
        return gathered(bodies, values) if bodies else None

    def _file(self, file: Path) -> Body:
        name = shown(file)
        try:
            data = file.read_bytes() if file.stat().st_size <= 2 * LARGEST_FILE else None
        except OSError as error:
            message = f"the file cannot be read: {error.strerror or error}"
            self.findings.append(problem("unreadable-source", message, Span(name, 1, 1, 1, 2)))
            return Body()
        if data is None:
            message = "the file is too large for a Terraform configuration"
            self.findings.append(problem("too-large", message, Span(name, 1, 1, 1, 2)))
            return Body()
        body, findings = parsed(name, data)
        self.findings.extend(findings)
        return body

    def _below(self, target: PurePosixPath) -> bool:
        try:
            return (self.root / target).resolve().is_relative_to(self.root.resolve())
        except (OSError, RuntimeError):
            return False

    def _all(self) -> Iterator[Path]:
        """The files of all folders below, but for those that Terraform or people hide."""
        waiting = [self.root]
        while waiting:
            place = waiting.pop()
            try:
                inside = sorted(place.iterdir())
            except OSError:
                continue
            waiting += [one for one in inside if one.is_dir() and not one.is_symlink() and not one.name.startswith(".")]
            yield from (one for one in inside if one.name.endswith(SUFFIXES))


def _files(place: Path) -> list[Path]:
    """The files that Terraform reads in a folder: the configuration, and values of variables that it loads itself."""
    try:
        inside = sorted(one for one in place.iterdir() if one.is_file())
    except OSError:
        return []
    return [one for one in inside if one.name.endswith(SUFFIXES) or _loaded(one.name)]


def _loaded(name: str) -> bool:
    return name in ("terraform.tfvars", "terraform.tfvars.json") or name.endswith((".auto.tfvars", ".auto.tfvars.json"))


def _inside(folder: PurePosixPath, source: str) -> PurePosixPath | None:
    """A folder by its path from another, None if that leads out of the root."""
    parts = list(folder.parts)
    for step in PurePosixPath(source).parts:
        if step == "..":
            if not parts:
                return None
            parts.pop()
        elif step not in (".", "/"):
            parts.append(step)
    return PurePosixPath(*parts)


def by_path(files: Mapping[str, bytes]) -> tuple[Declared, list[Finding]]:
    """What files that were handed over declare together."""
    findings: list[Finding] = []
    bodies: list[Body] = []
    values: list[Body] = []
    for path, data in files.items():
        body, wrong = parsed(path, data)
        findings.extend(wrong)
        (values if ".tfvars" in PurePosixPath(path).name else bodies).append(body)
    return gathered(bodies, values), findings
