"""Reads Terraform configurations: its own language and `.tf.json`, expressions as far as they can be worked out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from backstay.importer.cloudformation.undecided import settle
from backstay.importer.found import Reading, joined
from backstay.importer.problem import problem
from backstay.importer.terraform.configuration import Declared
from backstay.importer.terraform.folder import SUFFIXES, Folder, by_path
from backstay.importer.terraform.functions import FUNCTIONS
from backstay.importer.terraform.module import Module, Session
from backstay.importer.terraform.reader import calls, read_module
from backstay.source import shown
from backstay_contract.findings import Finding, Span, in_order


def recognises(path: str, _data: bytes) -> bool:
    """Whether a file is one of Terraform's; its name tells."""
    return path.endswith((*SUFFIXES, ".tfvars", ".tfvars.json"))


def recognises_folder(path: Path) -> bool:
    """Whether a folder holds a configuration, or folders that do."""
    return bool(Folder(path).roots())


def read(path: str, data: bytes) -> Reading:
    """One file's resources of AWS Backup as AWS bodies. Never raises for what is in the file."""
    return read_files({path: data})


def read_files(files: Mapping[str, bytes]) -> Reading:
    """Several files of one folder, which are one configuration. Modules that they call are not entered."""
    declared, findings = by_path(files)
    folder = Folder(Path())
    module = Module(declared, Session(FUNCTIONS, folder.enter))
    first = next(iter(files), "")
    return _finished([_read(module, Span(first, 1, 1, 1, 2), findings)], findings)


def read_folder(path: Path) -> Reading:
    """A folder as one configuration, and the modules that it calls inside the folder.

    Without a configuration of its own, each folder below that no other calls is one.
    """
    folder = Folder(path)
    readings = []
    for root in folder.roots():
        declared = folder.declared(root) or Declared()
        module = Module(declared, Session(FUNCTIONS, folder.enter), folder=root)
        readings.append(_read(module, Span(shown(path / root), 1, 1, 1, 2), folder.findings))
    if not readings:
        message = "there is no Terraform configuration in this folder"
        folder.findings.append(problem("nothing-to-import", message, Span(shown(path), 1, 1, 1, 2)))
    return _finished(readings, folder.findings)


def _read(module: Module, place: Span, broken: list[Finding]) -> Reading:
    """A root module's reading; one that has nothing to import says so."""
    reading = read_module(module)
    if reading.found or broken or any(one.severity != "advice" for one in reading.findings):
        return reading
    own = any(kind.startswith(("aws_backup_", "awscc_backup_")) for kind, _ in module.declared.resources)
    if own:
        return reading
    message = "this declares no resource of AWS Backup itself"
    if module.declared.modules:
        message += f": it calls {'modules' if len(module.declared.modules) > 1 else 'the module'} {calls(module)}"
    elif not module.declared.resources and (module.declared.variables or module.declared.values):
        message += ": variables only"
    return Reading((), (*reading.findings, problem("nothing-to-import", message, place)))


def _finished(readings: list[Reading], findings: list[Finding]) -> Reading:
    whole = joined(readings)
    found, params = settle(whole.found)
    return Reading(found, tuple(in_order([*findings, *whole.findings])), params)
