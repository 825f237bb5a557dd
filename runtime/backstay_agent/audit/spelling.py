"""A report as JSON, in the canonical spelling (`backstay_contract.canonical`), for as many findings as there are.

2026-11-30: orjson, and no copies of every finding: half a million took 12 s as `canonical` spells them, and the same
bytes take half a second so. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any

from backstay_contract.findings import AuditFinding, AuditReport, AuditSummary

_FINDING, _SUMMARY = (tuple(sorted(field.name for field in fields(kind))) for kind in (AuditFinding, AuditSummary))
_IN_FINDING, _IN_SUMMARY = attrgetter(*_FINDING), attrgetter(*_SUMMARY)
_BEYOND_ASCII = re.compile("[^\x00-\x7e]")


def rows(report: AuditReport) -> Iterator[Mapping[str, Any]]:
    """Each finding as the row of a table, its columns sorted by name."""
    return (dict(zip(_FINDING, _IN_FINDING(one), strict=True)) for one in report.findings)


def compact(report: AuditReport) -> bytes:
    """Without spaces, as digests are taken of it."""
    import orjson

    return orjson.dumps(_document(report))


def pretty(report: AuditReport) -> bytes:
    """With two spaces and a newline at the end."""
    import orjson

    return orjson.dumps(_document(report), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def plain(report: AuditReport) -> bytes:
    """Pretty, and ASCII only, so that no control or bidirectional character reaches a terminal that shows it."""
    told = pretty(report)
    return told if _plain(told) else _BEYOND_ASCII.sub(_escaped, told.decode()).encode()


def _document(report: AuditReport) -> dict[str, Any]:
    return {
        "findings": list(rows(report)),
        "summary": dict(zip(_SUMMARY, _IN_SUMMARY(report.summary), strict=True)),
    }


def _plain(told: bytes) -> bool:
    return told.isascii() and b"\x7f" not in told


def _escaped(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
