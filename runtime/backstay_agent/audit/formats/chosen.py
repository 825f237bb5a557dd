"""The formats by their names: which there are for machines, and the one that was chosen as bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, assert_never

from backstay_agent.audit.result import Result

Form = Literal["json", "csv", "junit", "sarif", "asff", "ocsf", "oscal"]
Columns = Literal["resources", "controls", "findings"]
FORMS: tuple[Form, ...] = ("json", "csv", "junit", "sarif", "asff", "ocsf", "oscal")
COLUMNS: tuple[Columns, ...] = ("resources", "controls", "findings")


def render(form: Form, result: Result, *, columns: Columns = "resources") -> bytes:
    """The audit in a format. `columns` are those of CSV: AWS's two reports, or our own findings."""
    return _text(form, result, columns).encode()


def _text(form: Form, result: Result, columns: Columns) -> str:
    from backstay_agent.audit.formats import asff, json, junit, ocsf, oscal, sarif

    match form:
        case "json":
            return json.render(result.report)
        case "csv":
            return _csv(result, columns)
        case "junit":
            return junit.render(result.report)
        case "sarif":
            return sarif.render(result, version=_version(), folder=_folder(result))
        case "asff":
            return asff.render(result)
        case "ocsf":
            return ocsf.render(result, version=_version())
        case "oscal":
            return oscal.render(result, version=_version())
        case _:
            assert_never(form)


def _csv(result: Result, columns: Columns) -> str:
    from backstay_agent.audit.formats import aws_csv, csv

    match columns:
        case "resources":
            return aws_csv.resources(result)
        case "controls":
            return aws_csv.controls(result)
        case "findings":
            return csv.render(result.report)
        case _:
            assert_never(columns)


def _folder(result: Result) -> str:
    """Where the policies lie from the root of the repository: the folder that has the files which the build names."""
    from backstay_formats.root import nearest

    origins = [
        one.origin
        for place in result.facts.places
        for promises in (place.plans_promised, place.locks_promised)
        for one in promises
    ]
    paths = sorted({origin.rpartition(":")[0] for origin in origins if origin})
    for folder in ("", "policies"):
        if paths and all(Path(folder, path).is_file() for path in paths):
            return nearest().path(folder or ".").removeprefix(".")
    return ""


def _version() -> str:
    from importlib.metadata import version

    return version("backstay")
