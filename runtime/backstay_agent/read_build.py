"""Reads a build from its folder, and refuses what is not one: by schema, by format version and by digest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from backstay_agent.parts import backup_policy, backup_policy_attachment
from backstay_agent.parts.units import ROOT
from backstay_agent.wanted import Build, WantedPolicies
from backstay_contract import schema
from backstay_contract.build import FORMAT, BuildIndex
from backstay_contract.canonical import compact, digest
from backstay_contract.organizations import Attachments
from backstay_contract.prerequisites import Prerequisites
from backstay_contract.promises import NAME, Promises


class BuildError(Exception):
    """A build that cannot be read; the message names the file, the place in it and what is wrong."""


def read_build(folder: Path) -> Build:
    """The build in a folder; raises BuildError."""
    if not (folder / "index.json").is_file():
        raise BuildError(f"{folder} is not a build: it has no index.json (backstay compile writes one)")
    index = BuildIndex.model_validate(read_artifact(folder / "index.json", "build-index"))
    wanted = {name for account in index.accounts.values() for name in account.regions.values()}
    shapes = {name: _read_shape(folder / "shapes" / f"{name}.json", name) for name in sorted(wanted)}
    provenance = folder / "provenance.json"
    origins = read_artifact(provenance, "build-provenance") if provenance.is_file() else None
    return Build(index, shapes, origins, _read_policies(folder, index), _read_promises(folder))


def _read_promises(folder: Path) -> Promises | None:
    path = folder / NAME
    return Promises.model_validate(read_artifact(path, "promises")) if path.is_file() else None


def _read_policies(folder: Path, index: BuildIndex) -> WantedPolicies | None:
    """The backup policies that stand beside a build, if the build leaves to them what they say.

    A build of all targets holds every plan itself: then the policies are there for comparison, and to make both would
    back everything up twice. Which it is, `prerequisites.json` tells: its `rest` is what the shapes are without them.
    """
    beside = folder / "organizations" / "attachments.json"
    if not beside.is_file():
        return None
    attachments = Attachments.model_validate(read_artifact(beside, "organizations-attachments"))
    needed = Prerequisites.model_validate(read_artifact(folder / "prerequisites.json", "prerequisites"))
    if not _leaves_to_policies(index, needed):
        return None
    wishes = []
    for one in attachments.policies:
        document = _read_text(beside.parent, one.document)
        wishes.append(backup_policy.wish(one.name, one.description, document, one.tags))
        nodes = ([ROOT] if one.targets.root else []) + [*one.targets.units, *one.targets.accounts]
        wishes += [backup_policy_attachment.wish(one.name, node) for node in nodes]
    return WantedPolicies(tuple(wishes), attachments.limits.attachments, attachments.limits.policies)


def _leaves_to_policies(index: BuildIndex, needed: Prerequisites) -> bool:
    digests = {name: digest(place.rest.document()) for name, place in needed.places.items()}
    rest = {
        (account, region): digests[name]
        for group in needed.accounts
        for account in group.accounts
        for region, name in group.regions.items()
    }
    return all(
        rest.get((account, region)) == shape
        for account, known in index.accounts.items()
        for region, shape in known.regions.items()
    )


def _read_text(folder: Path, name: str) -> str:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise BuildError(f"{folder / 'attachments.json'}: the document {name} is outside of {folder}")
    document = _read_json(path)
    if not isinstance(document, dict) or not isinstance(document.get("plans"), dict):
        raise BuildError(f"{path}: is no backup policy: it has no plans")
    return path.read_text("utf-8")


def read_artifact(path: Path, schema_name: str) -> Any:
    """A JSON file that follows one of our schemas; raises BuildError."""
    document = _read_json(path)
    version = document.get("format") if isinstance(document, dict) else None
    if version != FORMAT:
        told = "no format version" if version is None else f"format version {version}"
        raise BuildError(f"{path}: has {told}; this backstay reads format {FORMAT} only")
    problem = _first_problem(document, schema_name)
    if problem is not None:
        raise BuildError(f"{path}: {problem}")
    return document


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise BuildError(f"{path} is missing, although the build names it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BuildError(f"{path} cannot be read: {error}") from error
    except json.JSONDecodeError as error:
        raise BuildError(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from error
    except RecursionError:
        raise BuildError(f"{path}: nested too deeply") from None


def _first_problem(document: Any, schema_name: str) -> str | None:
    """The first violation of a schema, as JSON pointer and sentence."""
    from jsonschema import Draft202012Validator

    errors = Draft202012Validator(schema.load(schema_name)).iter_errors(document)
    first = min(errors, key=lambda error: ([str(step) for step in error.absolute_path], error.message), default=None)
    if first is None:
        return None
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in first.absolute_path)
    pointer = "".join(f"/{step}" for step in steps)
    return f"{pointer or 'the document'}: {first.message[:300]}"


def _read_shape(path: Path, name: str) -> str:
    document = read_artifact(path, "build-shape")
    actual = digest(document)
    if actual != name:
        raise BuildError(f"{path} was changed after it was built: its digest is {actual}; compile again")
    return compact(document).decode()
