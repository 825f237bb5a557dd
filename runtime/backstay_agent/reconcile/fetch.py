"""Brings a build from a folder in Amazon S3 to the disk: all that the agent reads and that a signature covers.

Only objects that the build itself names are asked for, so that the agent needs no right to list the bucket. Nothing is
judged here: `read_build` refuses what is no build, and a demanded signature what was not signed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from backstay_agent.aws import AwsProblem
from backstay_agent.aws.s3_folder import ABSENT, Folder
from backstay_agent.read_build import BuildError
from backstay_contract.covered import FILES, FOLDERS, SIGNATURE

_INDEX, _ATTACHMENTS = "index.json", "organizations/attachments.json"


def fetch_build(source: Folder, into: Path) -> Path:
    """Bring a build to a folder on disk, and take out what an earlier build left there; raises BuildError.

    Shapes are named by their digest, so those that are there from an earlier round are not brought again.
    """
    index = _needed(source, _INDEX)
    shapes = set(_shapes(index))
    _bring(source, into, sorted(name for name in shapes if not (into / name).exists()))
    attachments = _perhaps(source, _ATTACHMENTS)
    documents = set(_documents(attachments)) if attachments is not None else set()
    _bring(source, into, sorted(documents))
    others = {name: _perhaps(source, name) for name in (*FILES, SIGNATURE) if name != _INDEX}
    others |= {_ATTACHMENTS: attachments, _INDEX: index}
    written = {name: body for name, body in others.items() if body is not None}
    for name, body in written.items():
        _write(into / name, body)
    _take_out(into, shapes | documents | written.keys())
    return into


def _bring(source: Folder, into: Path, names: list[str]) -> None:
    for name in names:
        _write(into / name, _needed(source, name))


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


def _take_out(into: Path, kept: set[str]) -> None:
    """A file that this build does not have would be taken for a part of it."""
    found = [into / name for name in (*FILES, SIGNATURE)]
    found += [path for name in FOLDERS for path in (into / name).rglob("*")]
    for path in found:
        if path.is_file() and path.relative_to(into).as_posix() not in kept:
            path.unlink()


def _needed(source: Folder, name: str) -> bytes:
    try:
        return source.get(name)
    except AwsProblem as problem:
        raise BuildError(f"{source}/{name} cannot be read: {problem}") from problem


def _perhaps(source: Folder, name: str) -> bytes | None:
    try:
        return source.get(name)
    except AwsProblem as problem:
        if problem.code in ABSENT:
            return None
        raise BuildError(f"{source}/{name}: {problem}") from problem


def _shapes(index: bytes) -> Iterator[str]:
    """The files of the shapes that an index names; what is no index names none, and is refused later."""
    document = _json(index)
    try:
        names = {str(name) for account in document["accounts"].values() for name in account["regions"].values()}
    except (KeyError, TypeError, AttributeError):
        return
    yield from (f"shapes/{name}.json" for name in names if name.isalnum())


def _documents(attachments: bytes) -> Iterator[str]:
    """The files of the backup policies; a name that leads elsewhere is passed over, and missed later."""
    document = _json(attachments)
    try:
        names = {str(policy["document"]) for policy in document["policies"]}
    except (KeyError, TypeError):
        return
    for name in names:
        path = PurePosixPath("organizations", name)
        if ".." not in path.parts and not PurePosixPath(name).is_absolute():
            yield path.as_posix()


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
