"""Reads the accelerator's files: replacements first, then vaults and policies, each with its deployment targets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from backstay.importer import organizations
from backstay.importer.found import Found, Reading, Scope, Unknown, joined
from backstay.importer.lza.targets import scopes
from backstay.importer.organizations.placeholders import Placeholders
from backstay.importer.problem import problem
from backstay.importer.text import read_text
from backstay.source.json_text import read_json
from backstay.source.shown import shown
from backstay.source.text import DataPath, Text
from backstay_contract.findings import Finding

BACKUPS = ("backupPolicies", "backup")
REPLACEMENTS = "replacements-config.yaml"
CONFIGURED = ("organization-config.yaml", "global-config.yaml")
_PLAIN = re.compile(r"\$<([^<>]*)>")
_BRACES = re.compile(rb"\{\{\s*([\w.:-]+)\s*\}\}")


def read_configuration(folder: Path) -> Reading:
    """Every file of a configuration folder that says something of backups."""
    given = dict(_replacements(folder))
    paths = [folder / name for name in CONFIGURED if (folder / name).is_file()]
    return joined(read_file(folder, shown(path), path.read_bytes(), given) for path in paths)


def read_file(folder: Path, path: str, data: bytes, given: Mapping[str, str]) -> Reading:
    """One file of the configuration in its folder."""
    text, findings = parse(path, data)
    if not isinstance(text.data, Mapping):
        return Reading(findings=findings)
    placeholders = Placeholders(given)
    told = list(findings)
    vaults = tuple(_vaults(folder, text, placeholders, told))
    policies = joined(_policies(folder, text, given, told))
    whole = joined([Reading(vaults, tuple(told), tuple(placeholders.open)), policies])
    return replace(whole, findings=tuple(dict.fromkeys(whole.findings)))


def parse(path: str, data: bytes) -> tuple[Text, tuple[Finding, ...]]:
    """A file with placeholders `{{ X }}`, which are no YAML where they stand without quotes."""
    text, findings = read_text(path, _BRACES.sub(rb"$<\1>", data))
    text.data = _braced(text.data)
    return text, findings


def _braced(value: Any) -> Any:
    """The data with its placeholders as they were written."""
    if isinstance(value, Mapping):
        return {key: _braced(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_braced(item) for item in value]
    return _PLAIN.sub(r"{{ \1 }}", value) if isinstance(value, str) else value


def _replacements(folder: Path) -> Iterator[tuple[str, str]]:
    """The replacements that the configuration itself gives values for."""
    path = folder / REPLACEMENTS
    if not path.is_file():
        return
    text, _ = read_text(shown(path), path.read_bytes())
    listed = text.data.get("globalReplacements") if isinstance(text.data, Mapping) else None
    for one in listed if isinstance(listed, list) else ():
        value = one.get("value") if isinstance(one, Mapping) else None
        if isinstance(value, str | int):
            yield str(one.get("key")), str(value)
        elif isinstance(value, list):
            yield str(one.get("key")), ",".join(str(item) for item in value)


def _policies(folder: Path, text: Text, given: Mapping[str, str], told: list[Finding]) -> Iterator[Reading]:
    for number, one in enumerate(_listed(text, ("backupPolicies",), told)):
        at: DataPath = ("backupPolicies", number)
        if not isinstance(one, Mapping) or not isinstance(one.get("policy"), str):
            told.append(problem("missing-member", "a backup policy names its file in `policy`", text.place(at)))
            continue
        data = _file(folder, one["policy"])
        if isinstance(data, str):
            told.append(problem("unreadable-source", data, text.place((*at, "policy"))))
            continue
        name = shown(folder / one["policy"])
        wish = str(one.get("name", Path(one["policy"]).stem))
        for scope in scopes(one.get("deploymentTargets"), text, (*at, "deploymentTargets"), given, told):
            yield organizations.read(name, data, Placeholders(given), replace(scope, policy=wish))


def _vaults(folder: Path, text: Text, placeholders: Placeholders, told: list[Finding]) -> Iterator[Found]:
    for number, one in enumerate(_listed(text, ("backup", "vaults"), told)):
        at: DataPath = ("backup", "vaults", number)
        if not isinstance(one, Mapping) or "name" not in one:
            told.append(problem("missing-member", "a vault has a `name`", text.place(at)))
            continue
        name = placeholders.filled(str(one["name"]))
        label = name.name if isinstance(name, Unknown) else name
        for scope in scopes(one.get("deploymentTargets"), text, (*at, "deploymentTargets"), placeholders.given, told):
            body = {"BackupVaultName": name}
            yield Found("vault", label, body, text.place(at), (), scope)
            if isinstance(one.get("policy"), str):
                yield from _access(folder, one["policy"], text, (*at, "policy"), name, label, scope, told)


def _access(
    folder: Path, file: str, text: Text, at: DataPath, name: Any, label: str, scope: Scope, told: list[Finding]
) -> Iterator[Found]:
    data = _file(folder, file)
    if isinstance(data, str):
        told.append(problem("undecided-value", data, text.place(at)))
        policy: Any = Unknown(file, "the file is not there", f"{label}_policy")
    else:
        read = read_json(shown(folder / file), data.decode("utf-8-sig", "replace"))
        told += [problem("unreadable-source", fault.message, fault.span) for fault in read.faults]
        policy = read.data
    if isinstance(policy, Mapping | Unknown):
        yield Found("access", label, {"BackupVaultName": name, "Policy": policy}, text.place(at), (), scope)


def _listed(text: Text, path: DataPath, told: list[Finding]) -> list[Any]:
    """The list at a path; what stands there and is none is told."""
    said: Any = text.data
    for part in path:
        said = said.get(part) if isinstance(said, Mapping) else None
    if said is None or isinstance(said, list):
        return said or []
    told.append(problem("wrong-value", f"`{path[-1]}` is a list", text.key(path)))
    return []


def _file(folder: Path, name: str) -> bytes | str:
    """A file beside the configuration, or why it cannot be read."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        return f"`{name}` is outside the configuration's folder"
    try:
        return path.read_bytes()
    except OSError as error:
        return f"`{name}` cannot be read: {error.strerror or error}"
