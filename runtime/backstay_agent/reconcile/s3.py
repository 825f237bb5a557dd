"""A build and a state that lie in Amazon S3, for an agent that has no disk of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backstay_agent.aws import AwsProblem
from backstay_agent.aws.s3_folder import ABSENT, Folder
from backstay_agent.read_build import BuildError
from backstay_agent.reconcile import state
from backstay_agent.reconcile.state import State
from backstay_contract.canonical import compact


def fetch_build(source: Folder, into: Path) -> Path:
    """Bring a build to a folder on disk, which `read_build` then judges; raises BuildError.

    Shapes are named by their digest, so those that are there from an earlier round are not brought again.
    """
    index = _needed(source, "index.json")
    shapes = into / "shapes"
    shapes.mkdir(parents=True, exist_ok=True)
    for name in sorted(_shapes(index)):
        if not (shapes / name).exists():
            (shapes / name).write_bytes(_needed(source, f"shapes/{name}"))
    try:
        (into / "provenance.json").write_bytes(source.get("provenance.json"))
    except AwsProblem as problem:
        if problem.code not in ABSENT:
            raise BuildError(f"{source}/provenance.json: {problem}") from problem
        (into / "provenance.json").unlink(missing_ok=True)
    (into / "index.json").write_bytes(index)
    return into


def _needed(source: Folder, name: str) -> bytes:
    try:
        return source.get(name)
    except AwsProblem as problem:
        raise BuildError(f"{source}/{name} cannot be read: {problem}") from problem


def _shapes(index: bytes) -> set[str]:
    """The files of the shapes that an index names; what is no index names none, and is refused later."""
    try:
        document: Any = json.loads(index)
        accounts: Mapping[str, Any] = document["accounts"]
        names = {str(name) for account in accounts.values() for name in account["regions"].values()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return set()
    return {f"{name}.json" for name in names if name.isalnum()}


@dataclass(frozen=True, slots=True)
class S3Store:
    """The state as an object; `name` tells apart functions that run different tasks."""

    folder: Folder
    name: str

    def load(self, organization: str) -> State:
        """What the object holds; an empty state when it cannot be had."""
        try:
            return state.read(self.folder.get(self.name), organization)
        except AwsProblem:
            return State(organization)

    def save(self, kept: State) -> None:
        """Write the object; raises OSError."""
        try:
            self.folder.put(self.name, compact(kept.document()))
        except AwsProblem as problem:
            raise OSError(str(problem)) from problem
