"""Where an audit keeps things: a folder on this machine, or one in Amazon S3. Whole files, written at once or not."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from backstay_agent.aws import AwsProblem
from backstay_agent.aws.s3_folder import ABSENT, Folder


class LocationError(Exception):
    """A location that cannot be read or written; the message says where and why."""


class Location(Protocol):
    """A folder, wherever it is; names have slashes."""

    def get(self, name: str) -> bytes | None:
        """A file in it; None where there is none. Raises LocationError."""
        ...

    def put(self, name: str, body: bytes) -> None:
        """Write a file, whole or not at all; raises LocationError."""
        ...

    def names(self) -> list[str]:
        """The files directly in it, sorted; raises LocationError."""
        ...


@dataclass(frozen=True, slots=True)
class Local:
    """A folder on this machine."""

    folder: Path

    def __str__(self) -> str:
        return str(self.folder)

    def get(self, name: str) -> bytes | None:
        """A file in it."""
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise LocationError(f"{self.folder / name} cannot be read: {error.strerror or error}") from error

    def put(self, name: str, body: bytes) -> None:
        """Write a file: beside its place, and moved there when it is whole."""
        path = self.folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(body)
                Path(beside).replace(path)
            except BaseException:
                Path(beside).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise LocationError(f"{path} cannot be written: {error.strerror or error}") from error

    def names(self) -> list[str]:
        """The files directly in it."""
        try:
            return sorted(path.name for path in self.folder.iterdir() if path.is_file())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise LocationError(f"{self.folder} cannot be read: {error.strerror or error}") from error


@dataclass(frozen=True, slots=True)
class InS3:
    """A folder in Amazon S3, reached with the caller's own credentials."""

    folder: Folder

    def __str__(self) -> str:
        return str(self.folder)

    def get(self, name: str) -> bytes | None:
        """An object in it."""
        try:
            return self.folder.get(name)
        except AwsProblem as problem:
            if problem.code in ABSENT:
                return None
            raise LocationError(f"{self.folder}/{name} cannot be read: {problem.code}: {problem.message}") from problem

    def put(self, name: str, body: bytes) -> None:
        """Write an object."""
        kind = "application/gzip" if name.endswith(".gz") else "text/html" if name.endswith(".html") else None
        try:
            self.folder.put(name, body, kind or "application/json")
        except AwsProblem as problem:
            sentence = f"{self.folder}/{name} cannot be written: {problem.code}: {problem.message}"
            raise LocationError(sentence) from problem

    def names(self) -> list[str]:
        """The objects directly in it."""
        try:
            return list(self.folder.names())
        except AwsProblem as problem:
            raise LocationError(f"{self.folder} cannot be listed: {problem.code}: {problem.message}") from problem


Store = Local | InS3
"""The locations there are."""
