"""YAML and JSON as plain data, with the place of every value, and what is wrong with them as findings.

In YAML every value but an empty one is taken as the text that stands there: the organization file knows only text, and
an account id without quotes or a tag `env: no` then mean what one reads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from backstay.org.file import DataPath
from backstay.org.problems import problem
from backstay.source.text import point
from backstay.source.yaml_text import as_written
from backstay.source.yaml_text import read_yaml as parse
from backstay_contract.findings import Finding, Span


@dataclass
class Text:
    """Data with places: `spans` of values, `keys` of the names of members, both by path in the data."""

    path: str
    data: Any = None
    spans: dict[DataPath, Span] = field(default_factory=dict)
    keys: dict[DataPath, Span] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_yaml(path: str, text: str) -> Text:
    """Take YAML apart; what is broken, repeated or too large is a finding."""
    found = parse(path, text, scalar=as_written)
    findings = [
        problem(
            "repeated-member" if fault.kind == "repeated" else "broken-organization-file", fault.message, fault.span
        )
        for fault in found.faults
    ]
    return Text(path, found.data, found.spans, found.keys, findings)


def read_json(path: str, data: bytes) -> Text:
    """Take JSON apart; without places, which only a complaint needs (`places_in_json`)."""
    import orjson

    found = Text(path)
    try:
        found.data = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        message = f"this is no JSON: {error.msg.split(': line')[0]}"
        span = point(path, error.lineno - 1, error.colno - 1)
        found.findings.append(problem("broken-organization-file", message, span))
    return found


def places_in_json(path: str, data: bytes) -> Text | None:
    """The places of a JSON file's values, read as the YAML that most JSON is; None where it is none."""
    found = read_yaml(path, data.decode("utf-8-sig", "replace"))
    return None if found.findings else found
