"""What each import of a policy file means, decided here and not by Python; and the order in which files can run."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backstay.load.allowed import MODULE
from backstay.load.find import SUFFIX, Reading
from backstay.load.nearest import nearest
from backstay.load.problems import problem
from backstay.source import SourceFile, disk
from backstay_contract.findings import Finding, Label


@dataclass(frozen=True)
class Import:
    """One `from … import …` that names another policy file. `key` is what Python asks for: `LEVEL:MODULE`.

    `node` is None where the file was not parsed, since it is as it was.
    """

    key: str
    target: Path
    node: ast.ImportFrom | None


Imports = Mapping[Path, tuple[Import, ...]]


def resolve(path: Path, file: SourceFile, reading: Reading) -> tuple[Import, ...]:
    """The imports of one file that name others; these are read too. What cannot be found becomes a finding."""
    found = []
    for node in file.tree.body:
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        if node.level == 0 and node.module.split(".")[0] in (MODULE, "__future__"):
            if node.module not in (MODULE, "__future__"):
                message = f"policies import from `{MODULE}` itself, not from `{node.module}`"
                reading.findings.append(
                    problem("forbidden-import", message, file.place(node), help=f"write `from {MODULE} import …`")
                )
            continue
        there = target(path, node.level, node.module)
        if there is None:
            reading.findings.append(_unknown(path, file, node))
            continue
        real = reading.add(there)
        if real is not None:
            found.append(Import(f"{node.level}:{node.module}", real, node))
    return tuple(found)


def target(path: Path, level: int, module: str) -> Path | None:
    """The file beside (or above, for more than one dot) that an import in the file at `path` names."""
    folder = path.parents[max(level - 1, 0)] if len(path.parents) > level else path.parent
    stem = folder.joinpath(*module.split("."))
    candidates = (stem.with_name(stem.name + SUFFIX), stem / f"__init__{SUFFIX}")
    return next((candidate for candidate in candidates if disk.is_file(candidate)), None)


def _unknown(path: Path, file: SourceFile, node: ast.ImportFrom) -> Finding:
    module = node.module or ""
    beside = sorted(item.stem for item in path.parent.glob(f"*{SUFFIX}") if disk.is_file(item) and item != path)
    close = nearest(module.split(".")[-1], [*beside, MODULE])
    help_text = "policies import from `backstay` and from policy files beside them"
    if close:
        help_text = f"did you mean `{close}`?"
    name = "unknown-import" if node.level or close else "forbidden-import"
    dots = "." * node.level
    message = f"there is no policy file `{dots}{module}` here" if name == "unknown-import" else _foreign(module)
    return problem(name, message, file.place(node), help=help_text)  # type: ignore[arg-type]


def _foreign(module: str) -> str:
    return f"policies cannot import `{module}`"


def order(imports: Imports, files: Mapping[Path, SourceFile]) -> tuple[list[Path], list[Finding]]:
    """The files, each after those it imports. A ring of imports is a finding, and its files are left out."""
    done: dict[Path, bool] = {}
    ordered: list[Path] = []
    findings: list[Finding] = []
    for start in files:
        stack: list[tuple[Path, int]] = [(start, 0)]
        while stack:
            path, next_one = stack.pop()
            steps = imports.get(path, ())
            if path in done and next_one == 0:
                continue
            if next_one < len(steps):
                stack.append((path, next_one + 1))
                ring = _ring([*(at for at, _ in stack)], steps[next_one].target)
                if ring:
                    findings.append(_cycle(ring, imports, files))
                    done.update(dict.fromkeys(ring, False))
                else:
                    stack.append((steps[next_one].target, 0))
                continue
            if path not in done:
                done[path] = True
                ordered.append(path)
    return ordered, findings


def _ring(above: list[Path], other: Path) -> list[Path]:
    return above[above.index(other) :] if other in above else []


def parts(imports: Imports, files: Mapping[Path, SourceFile]) -> list[tuple[Path, ...]]:
    """The files that hang together through imports, each part and the files in it in the order of `files`."""
    above = {path: path for path in files}

    def first(path: Path) -> Path:
        while above[path] != path:
            above[path] = path = above[above[path]]
        return path

    for path, steps in imports.items():
        for step in steps:
            above[first(step.target)] = first(path)
    found: dict[Path, list[Path]] = {}
    for path in files:
        found.setdefault(first(path), []).append(path)
    return [tuple(paths) for paths in found.values()]


def _cycle(ring: list[Path], imports: Imports, files: Mapping[Path, SourceFile]) -> Finding:
    first = min(range(len(ring)), key=lambda n: files[ring[n]].path)
    ring = [*ring[first:], *ring[:first]]
    places = []
    for path, other in zip(ring, [*ring[1:], ring[0]], strict=True):
        node = next(step.node for step in imports[path] if step.target == other and step.node is not None)
        places.append(Label(files[path].place(node), f"imports {files[other].path}"))
    names = " → ".join(files[path].path for path in [*ring, ring[0]])
    return problem(
        "import-cycle",
        f"these files import one another: {names}",
        places[0].span,
        label=places[0].text,
        others=tuple(places[1:]),
        help="move what both need into a third file",
    )
