"""From paths to policies: find, read, gate, run, decode. Files that are as they were come out of the memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from backstay.load.allowed import BUILTINS
from backstay.load.answer import Told, policies, requirements, told
from backstay.load.find import Reading, begin
from backstay.load.gate import gate
from backstay.load.imports import Import, order, resolve
from backstay.load.loaded import Loaded
from backstay.load.problems import problem
from backstay.load.remembered import Memory, common
from backstay.load.run import Limits, run
from backstay.source import Sources, shown
from backstay_contract.findings import Finding, Span, in_order


def load(
    paths: Sequence[Path],
    *,
    limits: Limits | None = None,
    require_sandbox: bool = False,
    meanwhile: Callable[[], None] | None = None,
) -> Loaded:
    """Load policy files and folders. Never raises for what is in them: problems are findings (`LOD…`).

    With `require_sandbox` no file runs unless one of the kernel's walls stands around it, and nothing is remembered;
    `sandbox-missing` tells which walls there could be. `meanwhile` is called in a thread while files run, if any do.
    """
    reading = begin(paths)
    memory = Memory(reading, used=limits is None and not require_sandbox)
    imports, refused, unread = _imports(reading, memory)
    recalled = memory.recall(imports, unread)
    refused += _gated([path for path in unread if path not in recalled.files], reading, imports)
    ordered, cycles = order(imports, reading.files)
    running = [path for path in reading.files if path not in recalled.files]
    ordered = [path for path in ordered if path not in recalled.files]
    answer = Told()
    if ordered:
        ran = run(_job(ordered, running, imports, reading), limits, sandbox=require_sandbox, meanwhile=meanwhile)
        answer = told(ran, [reading.files[path] for path in running])
    findings = [*reading.findings, *refused, *cycles, *answer.findings]
    roots = recalled.merged(running, answer.roots)
    if not findings and not roots:
        findings.append(_nothing(paths, reading))
    sources = Sources(reading.files.values(), recalled.places)
    memory.remember(imports, recalled, running, answer, findings, sources)
    return Loaded(
        policies(roots),
        sources,
        reading.root,
        tuple(file.path for file in reading.files.values()),
        tuple(in_order(findings)),
        common(recalled, answer, ran=bool(running)),
        requirements(roots),
        len(recalled.files),
    )


def _imports(reading: Reading, memory: Memory) -> tuple[dict[Path, tuple[Import, ...]], list[Finding], list[Path]]:
    """The imports of every file that may run, read and gated along the imports; what the gate refused; and the files
    that are as they were when they passed it, which were not parsed."""
    imports: dict[Path, tuple[Import, ...]] = {}
    refused: list[Finding] = []
    unread: list[Path] = []
    waiting = list(reading.files)
    seen = set(waiting)
    while waiting:
        path = waiting.pop(0)
        before = len(reading.findings)
        steps = memory.steps(path)
        if steps is not None:
            imports[path] = steps
            unread.append(path)
        else:
            problems = gate(reading.files[path])
            refused += problems
            steps = resolve(path, reading.files[path], reading)
            if not problems and len(reading.findings) == before:
                imports[path] = steps
        for step in steps:
            if step.target not in seen:
                seen.add(step.target)
                waiting.append(step.target)
    return imports, refused, unread


def _gated(files: Sequence[Path], reading: Reading, imports: dict[Path, tuple[Import, ...]]) -> list[Finding]:
    """Let files pass the gate after all, since another that they hang together with has changed."""
    refused = []
    for path in files:
        refused += gate(reading.files[path])
        imports[path] = resolve(path, reading.files[path], reading)
    return refused


def _job(
    ordered: Sequence[Path], running: Sequence[Path], imports: Mapping[Path, tuple[Import, ...]], reading: Reading
) -> dict[str, Any]:
    """The texts that may run, by their number in `running`, in order, with what each import of theirs means."""
    numbers = {path: number for number, path in enumerate(running)}
    files = []
    for path in running:
        steps = imports.get(path, ())
        text = reading.files[path].text if path in imports else ""
        files.append({"text": text, "imports": {step.key: numbers[step.target] for step in steps}})
    return {"names": list(BUILTINS), "files": files, "order": [numbers[p] for p in ordered if p in imports]}


def _nothing(paths: Sequence[Path], reading: Reading) -> Finding:
    path = shown(paths[0]) if paths else "."
    message = "no file here makes a policy" if reading.files else "there are no policy files here"
    help_text = "a policy is a name at the top level of a file: `baseline = Policy(…)`"
    return problem("no-policies", message, Span(path, 1, 1, 1, 1), help=help_text)
