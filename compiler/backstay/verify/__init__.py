"""Has cfn-lint look at emitted templates: once for each content, and what it said is remembered."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import suppress
from functools import partial
from glob import escape
from pathlib import Path
from typing import Any

from backstay_contract.findings import Finding, Severity, Span

CODE = "CFN201"
_SEVERITIES: Mapping[str, Severity] = {"E": "error", "W": "warning", "I": "advice"}
REGIONS = ("us-east-1",)
"""Whose resource types cfn-lint goes by, unless told: there it knows every type of AWS Backup.

2026-11-24: what other Regions have our own rules know, while cfn-lint's lists are behind (1.58 has no legal holds in
eu-west-1); nor does the Region of the environment decide, so that a template has the same answer everywhere.
"""
_FEW = 2  # templates that one process reads as fast as several, since each has to load cfn-lint

Complaint = dict[str, Any]


class CannotVerify(Exception):  # noqa: N818  (nothing is wrong with the templates)
    """cfn-lint is not installed, or cannot work; the message says so."""


def verify(
    templates: Mapping[str, bytes], *, cache: Path | None = None, regions: Sequence[str] = REGIONS
) -> tuple[Finding, ...]:
    """What cfn-lint finds in templates, by their paths, with the place in the template.

    `cache` is the folder where answers are kept by content, by version of cfn-lint and by Regions; None: the user's.
    Raises `CannotVerify`.
    """
    asked = tuple(sorted(set(regions))) or REGIONS
    kept = _Cache(cache or _folder(), _version(), asked)
    contents = {hashlib.sha256(body).hexdigest(): body for body in templates.values()}
    answers = {digest: answer for digest in contents if (answer := kept.get(digest)) is not None}
    fresh = [digest for digest in contents if digest not in answers]
    for digest, answer in zip(fresh, _ask([contents[digest] for digest in fresh], asked), strict=True):
        kept.put(digest, answer)
        answers[digest] = answer
    by_path = {path: answers[hashlib.sha256(body).hexdigest()] for path, body in sorted(templates.items())}
    return tuple(_finding(path, complaint) for path, answer in by_path.items() for complaint in answer)


def _ask(bodies: Sequence[bytes], regions: Sequence[str]) -> list[list[Complaint]]:
    ask = partial(complaints, regions=regions)
    if len(bodies) <= _FEW:
        return [ask(body) for body in bodies]
    processes = min(len(bodies), os.cpu_count() or 1)
    try:
        with ProcessPoolExecutor(processes) as pool:
            return list(pool.map(ask, bodies, chunksize=max(1, len(bodies) // (4 * processes))))
    except BrokenExecutor as broken:
        raise CannotVerify(f"cfn-lint ended before it had an answer: {broken}") from None


def complaints(body: bytes, regions: Sequence[str] = REGIONS) -> list[Complaint]:
    """What cfn-lint says of one template: rule, message, and where (lines and columns from 1).

    Raises `CannotVerify`.
    """
    with tempfile.TemporaryDirectory(prefix="backstay-") as folder:
        template = Path(folder) / "template.json"
        template.write_bytes(body)
        try:
            found = _matches(template, regions)
        except (Exception, SystemExit) as failed:  # whatever goes wrong in there, the templates are not to blame
            raise CannotVerify(f"cfn-lint failed: {failed or type(failed).__name__}") from None
    return sorted(found, key=lambda one: (one["place"], one["rule"], one["message"]))


def _matches(template: Path, regions: Sequence[str]) -> list[Complaint]:
    """One run, which no `.cfnlintrc` has a say in.

    cfn-lint reads the one of the working folder, where a stranger's pull request may stand: it could silence rules,
    and `append_rules` runs Python from there. So cfn-lint is given an empty one.
    """
    from cfnlint.config import ConfigMixIn
    from cfnlint.runner import Runner

    words = ["--config-file", os.devnull, "--regions", *regions, "--template", escape(str(template))]
    return [
        {
            "rule": match.rule.id,
            "message": match.message,
            "place": [match.linenumber, match.columnnumber, match.linenumberend, match.columnnumberend],
        }
        for match in Runner(ConfigMixIn(words)).run()
    ]


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

    def __init__(self, folder: Path, version: str, regions: Sequence[str]) -> None:
        others = "" if regions == REGIONS else f"-{hashlib.sha256(','.join(regions).encode()).hexdigest()[:16]}"
        self._folder = folder / f"{version}{others}"

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
