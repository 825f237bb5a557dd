"""A source file as data with places: JSON or YAML, whichever it is, and what is wrong with it as findings."""

from __future__ import annotations

import re
from pathlib import PurePath

from backstay.importer.problem import problem
from backstay.source.json_text import read_json
from backstay.source.text import Fault, Text, point
from backstay.source.yaml_text import Tagged, read_yaml
from backstay_contract.findings import Finding, Label

_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_YAML_SUFFIXES = (".yaml", ".yml")

# What a template engine leaves in a file that it has not rendered yet → the engine.
TEMPLATES: dict[str, re.Pattern[str]] = {
    "Jinja (or another engine with `{{ }}`)": re.compile(r"\{\{.*?\}\}|\{%.*?%\}"),
    "ERB": re.compile(r"<%.*?%>"),
    "a template with `${…}`": re.compile(r"\$\{[^}]*\}"),
}


def read_text(
    path: str, data: bytes, *, tagged: Tagged | None = None, bare: re.Pattern[str] | None = None
) -> tuple[Text, tuple[Finding, ...]]:
    """A file's data with places, and what is wrong with it. The data is None if it cannot be read.

    By the suffix `.json` or `.yaml`; other files are JSON if they begin like it. `tagged` as in `read_yaml`,
    `bare` as in `read_json`.
    """
    decoded = decode(path, data)
    if isinstance(decoded, Finding):
        return Text(path), (decoded,)
    json = PurePath(path).suffix == ".json" or (
        PurePath(path).suffix not in _YAML_SUFFIXES and decoded.lstrip()[:1] in ("{", "[")
    )
    found = read_json(path, decoded, bare=bare) if json else read_yaml(path, decoded, tagged=tagged)
    return found, tuple(_finding(fault, decoded) for fault in found.faults)


def decode(path: str, data: bytes) -> str | Finding:
    """A file's text (UTF-8, or UTF-16 with its mark, as PowerShell writes), or why it has none."""
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding).replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start)
        message = f"the file is not text in UTF-8: byte {data[error.start]:#04x} in line {line + 1}"
        return problem("unreadable-source", message, point(path, line, 0), help="save it as UTF-8")


def _finding(fault: Fault, text: str) -> Finding:
    if fault.kind == "repeated":
        others = (Label(fault.first, "here for the first time"),) if fault.first is not None else ()
        help_ = "keep one; AWS takes the last, or refuses both"
        return problem("repeated-member", fault.message, fault.span, others=others, help=help_)
    if fault.kind != "broken":
        return problem("unreadable-source", fault.message, fault.span)
    engine = template(text, fault.span.line)
    if engine is None:
        return problem("unreadable-source", fault.message, fault.span)
    return problem(
        "unrendered-template",
        f"this is not rendered yet: {engine} stands here",
        fault.span,
        notes=(fault.message,),
        help="render it first, and import what comes out",
    )


def template(text: str, line: int) -> str | None:
    """The template engine that has left its marks in a line (or in the one before it), if any."""
    lines = text.split("\n")[max(line - 2, 0) : line]
    return next((engine for engine, marks in TEMPLATES.items() if any(marks.search(one) for one in lines)), None)
