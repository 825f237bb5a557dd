"""Reads an organization file and checks it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from backstay.org.file import OrgFile
from backstay.org.problems import problem
from backstay.org.sense import nonsense
from backstay.org.shape import place, wrong_shape
from backstay.org.text import Text, places_in_json, read_json, read_yaml
from backstay.source import shown
from backstay_contract.findings import Finding, Span, in_order
from backstay_contract.organization import Organization

LARGEST_FILE = 256 << 20
LARGEST_WITH_PLACES = 4 << 20


def read(path: Path) -> OrgFile:
    """Read `org.yaml` or `org.json`. Never raises for what is in it: problems are findings (`ORG1xx`)."""
    name = shown(path)
    data = _bytes(path)
    if isinstance(data, str):
        return _broken(name, problem("broken-organization-file", data, Span(name, 1, 1, 1, 1)))
    as_json = path.suffix == ".json"
    text = read_json(name, data) if as_json else _yaml(name, data)
    if text.findings:
        return OrgFile(name, None, tuple(in_order(text.findings)), text.spans)
    organization, findings = _checked(text)
    if findings and as_json and len(data) <= LARGEST_WITH_PLACES:
        with_places = places_in_json(name, data)
        if with_places is not None:
            with_places.data = text.data
            organization, findings = _checked(with_places)
    usable = not any(finding.severity == "error" for finding in findings)
    return OrgFile(name, organization if usable else None, tuple(in_order(findings)), text.spans)


def _checked(text: Text) -> tuple[Organization | None, list[Finding]]:
    from pydantic import ValidationError

    if text.data is None:
        message = "the file says nothing"
        return None, [problem("broken-organization-file", message, Span(text.path, 1, 1, 1, 2))]
    try:
        organization = Organization.model_validate(text.data)
    except ValidationError as error:
        return None, wrong_shape(error, text)
    return organization, list(nonsense(organization, partial(place, text=text)))


def _bytes(path: Path) -> bytes | str:
    """The file's bytes, or why there are none."""
    try:
        if path.is_dir():
            return "this is a folder, not an organization file"
        if path.stat().st_size > LARGEST_FILE:
            return "the file is too large for an organization"
        return path.read_bytes()
    except FileNotFoundError:
        return "there is no such file"
    except OSError as error:
        return f"the file cannot be read: {error.strerror or error}"


def _yaml(name: str, data: bytes) -> Text:
    try:
        return read_yaml(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        span = Span(name, line, 1, line, 2)
        message = f"the file is not UTF-8: byte {data[error.start]:#04x} in line {line}"
        return Text(name, findings=[problem("broken-organization-file", message, span, help="save it as UTF-8")])


def _broken(name: str, finding: Finding) -> OrgFile:
    return OrgFile(name, None, (finding,))
