"""From paths to policies: find, read, gate, run, decode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from backstay.load.allowed import BUILTINS
from backstay.load.answer import Told, told
from backstay.load.find import Reading, begin
from backstay.load.gate import gate
from backstay.load.imports import Import, order, resolve
from backstay.load.loaded import Loaded
from backstay.load.problems import problem
from backstay.load.run import Limits, run
from backstay.source import Sources, shown
from backstay_contract.findings import Finding, Span, in_order


def load(paths: Sequence[Path], *, limits: Limits | None = None) -> Loaded:
    """Load policy files and folders. Never raises for what is in them: problems are findings (`LOD…`)."""
    reading = begin(paths)
    imports, refused = _gated(reading)
    ordered, cycles = order(imports, reading.files)
    findings = [*reading.findings, *refused, *cycles]
    files = tuple(reading.files.values())
    answer = Told()
    if ordered:
        answer = told(run(_job(ordered, imports, reading), limits), files)
    findings += answer.findings
    if not findings and not answer.policies and not answer.requirements:
        findings.append(_nothing(paths, reading))
    return Loaded(
        answer.policies,
        Sources(files),
        reading.root,
        tuple(file.path for file in files),
        tuple(in_order(findings)),
        answer.layers,
        answer.requirements,
    )


def _gated(reading: Reading) -> tuple[dict[Path, tuple[Import, ...]], list[Finding]]:
    """The imports of every file that may run, read and gated along the imports; and what the gate refused."""
    imports: dict[Path, tuple[Import, ...]] = {}
    refused: list[Finding] = []
    waiting = list(reading.files)
    seen = set(waiting)
    while waiting:
        path = waiting.pop(0)
        file = reading.files[path]
        problems = gate(file)
        refused += problems
        before = len(reading.findings)
        steps = resolve(path, file, reading)
        if not problems and len(reading.findings) == before:
            imports[path] = steps
        for step in steps:
            if step.target not in seen:
                seen.add(step.target)
                waiting.append(step.target)
    return imports, refused


def _job(ordered: Sequence[Path], imports: Mapping[Path, tuple[Import, ...]], reading: Reading) -> dict[str, Any]:
    """The texts that may run, by number, in order, with what each import of theirs means."""
    numbers = {path: number for number, path in enumerate(reading.files)}
    files = []
    for path, file in reading.files.items():
        steps = imports.get(path, ())
        text = file.text if path in imports else ""
        files.append({"text": text, "imports": {step.key: numbers[step.target] for step in steps}})
    return {"names": list(BUILTINS), "files": files, "order": [numbers[p] for p in ordered if p in imports]}


def _nothing(paths: Sequence[Path], reading: Reading) -> Finding:
    path = shown(paths[0]) if paths else "."
    message = "no file here makes a policy" if reading.files else "there are no policy files here"
    help_text = "a policy is a name at the top level of a file: `baseline = Policy(…)`"
    return problem("no-policies", message, Span(path, 1, 1, 1, 1), help=help_text)
