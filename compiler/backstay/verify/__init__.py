"""Has cfn-lint look at emitted templates: once for each content, and what it said is remembered."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from backstay_contract.findings import Finding, Severity, Span

CODE = "CFN201"
_SEVERITIES: Mapping[str, Severity] = {"E": "error", "W": "warning", "I": "advice"}
_FEW = 2  # templates that one process reads as fast as several, since each has to load cfn-lint

Complaint = dict[str, Any]


class CannotVerify(Exception):  # noqa: N818  (nothing is wrong with the templates)
    """cfn-lint is not installed, or cannot work; the message says so."""


def verify(templates: Mapping[str, bytes], *, cache: Path | None = None) -> tuple[Finding, ...]:
    """What cfn-lint finds in templates, by their paths, with the place in the template.

    `cache` is the folder where answers are kept by content and by version of cfn-lint; None: the user's. Raises
    `CannotVerify`.
    """
    kept = _Cache(cache or _folder(), _version())
    contents = {hashlib.sha256(body).hexdigest(): body for body in templates.values()}
    answers = {digest: answer for digest in contents if (answer := kept.get(digest)) is not None}
    fresh = [digest for digest in contents if digest not in answers]
    for digest, answer in zip(fresh, _ask([contents[digest] for digest in fresh]), strict=True):
        kept.put(digest, answer)
        answers[digest] = answer
    by_path = {path: answers[hashlib.sha256(body).hexdigest()] for path, body in sorted(templates.items())}
    return tuple(_finding(path, complaint) for path, answer in by_path.items() for complaint in answer)


def _ask(bodies: Sequence[bytes]) -> list[list[Complaint]]:
    if len(bodies) <= _FEW:
        return [complaints(body) for body in bodies]
    with ProcessPoolExecutor(min(len(bodies), os.cpu_count() or 1)) as pool:
        return list(pool.map(complaints, bodies, chunksize=max(1, len(bodies) // (4 * (os.cpu_count() or 1)))))


def complaints(body: bytes) -> list[Complaint]:
    """What cfn-lint says of one template: rule, message, and where (lines and columns from 1)."""
    from cfnlint import api
    from cfnlint.config import ManualArgs

    matches = api.lint(body.decode(), config=ManualArgs())
    found = [
        {
            "rule": match.rule.id,
            "message": match.message,
            "place": [match.linenumber, match.columnnumber, match.linenumberend, match.columnnumberend],
        }
        for match in matches
    ]
    return sorted(found, key=lambda one: (one["place"], one["rule"], one["message"]))


def _finding(path: str, complaint: Complaint) -> Finding:
    line, column, end_line, end_column = complaint["place"]
    return Finding(
        code=CODE,
        name="cfn-lint",
        severity=_SEVERITIES.get(complaint["rule"][:1], "warning"),
        message=f"{complaint['rule']}: {complaint['message']}",
        span=Span(path, line, column, end_line, max(end_column, column + 1)),
    )


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("cfn-lint")
    except PackageNotFoundError:
        raise CannotVerify("cfn-lint is not installed; `pip install cfn-lint` brings it") from None


def _folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "backstay" / "cfn-lint"


class _Cache:
    """Answers by content; a cache that cannot be read or written is none, and never in the way."""

    def __init__(self, folder: Path, version: str) -> None:
        self._folder = folder / version

    def get(self, digest: str) -> list[Complaint] | None:
        try:
            answer = json.loads((self._folder / digest).read_bytes())
        except (OSError, ValueError):
            return None
        return answer if isinstance(answer, list) and all(_whole(one) for one in answer) else None

    def put(self, digest: str, answer: Sequence[Complaint]) -> None:
        fresh = self._folder / f".{digest}.{os.getpid()}"
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(list(answer)), "utf-8")
            fresh.replace(self._folder / digest)


def _whole(complaint: object) -> bool:
    if not isinstance(complaint, dict) or set(complaint) != {"rule", "message", "place"}:
        return False
    place = complaint["place"]
    return isinstance(place, list) and len(place) == 4 and all(type(number) is int for number in place)
