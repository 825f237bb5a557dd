"""A dump of what AWS Backup has in live accounts (`backstay_contract.dump`), as `backstay import --live` saves it."""

from __future__ import annotations

from collections.abc import Mapping

from backstay.importer.found import Reading
from backstay.importer.problem import problem
from backstay.importer.text import read_text

MEMBERS = ("format", "accounts")


def recognises(path: str, data: bytes) -> bool:
    """Whether a file is a dump: an object with `format` and `accounts`."""
    if data.lstrip()[:1] != b"{" or b'"accounts"' not in data:
        return False
    text, _ = read_text(path, data)
    return isinstance(text.data, Mapping) and all(member in text.data for member in MEMBERS)


def read(path: str, data: bytes) -> Reading:
    """Everything in a dump, with the account and Region that it was found in."""
    from pydantic import ValidationError

    from backstay.importer.live.region import Reader
    from backstay_contract.dump import Dump

    text, findings = read_text(path, data)
    if findings:
        return Reading(findings=findings)
    try:
        dump = Dump.model_validate(text.data)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        at = ".".join(str(part) for part in detail["loc"])
        said = f"`{at}`: {detail['msg'].lower()}" if at else "a dump is an object"
        message = f"this is no dump: {said}"
        return Reading(findings=(problem("unreadable-source", message, text.place(detail["loc"])),))
    reader = Reader(text)
    return Reading(tuple(reader.everything(dump)), tuple(reader.findings()))
