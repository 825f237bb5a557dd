"""What a control is put to, by kind, in SQL: one row a subject, with what findings name it by. `control.subjects`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from backstay_agent.controls.control import NOT_STORED, PASSING, Kind


def _among(words: Iterable[str]) -> str:
    return f"({', '.join(repr(word) for word in words)})"


_POINTS = """SELECT *, arn AS name, 'AWS::Backup::RecoveryPoint' AS subject_type, CAST(NULL AS VARCHAR) AS asked_by
    FROM recovery_points"""
_WHOLE, _STORED = (f"status NOT IN {_among(words)}" for words in (PASSING, NOT_STORED))

SUBJECTS: Mapping[Kind, str] = MappingProxyType(
    {
        "resource": "SELECT *, type AS subject_type, CAST(NULL AS VARCHAR) AS asked_by FROM things",
        "plan": """SELECT * EXCLUDE name, arn AS name, 'AWS::Backup::BackupPlan' AS subject_type,
            CAST(NULL AS VARCHAR) AS asked_by FROM plans""",
        "vault": """SELECT * EXCLUDE name, arn AS name, 'AWS::Backup::BackupVault' AS subject_type,
            CAST(NULL AS VARCHAR) AS asked_by FROM vaults""",
        "recovery point": f"{_POINTS} WHERE {_WHOLE}",
        "stored point": f"{_POINTS} WHERE {_STORED}",
        "promised lock": """SELECT *, arn AS name, 'AWS::Backup::BackupVault' AS subject_type,
            CAST(NULL AS VARCHAR) AS asked_by FROM locks_promised""",
        "promised plan": """SELECT w.*, coalesce(p.arn, w.plan) AS name, 'AWS::Backup::BackupPlan' AS subject_type,
            CAST(NULL AS VARCHAR) AS asked_by
            FROM plans_promised w LEFT JOIN (
                SELECT account, region, name, min_by(arn, number) AS arn FROM plans GROUP BY account, region, name
            ) p ON (p.account, p.region, p.name) = (w.account, w.region, w.plan)""",
        "duty": "SELECT *, resource AS name, require AS asked_by FROM owed",
        "latest job": """SELECT *, resource AS name, resource_type AS subject_type, kind AS asked_by
            FROM latest_jobs""",
        "waiver": """SELECT *, rule || ' on ' || "on" AS name, 'waiver' AS subject_type,
            CAST(NULL AS VARCHAR) AS asked_by FROM waivers""",
    }
)
"""Columns that every kind has: `account`, `region`, `name`, `subject_type`, `asked_by`."""

OWNED: Mapping[Kind, str] = MappingProxyType(
    {
        "resource": "name",
        "recovery point": "resource",
        "stored point": "resource",
        "duty": "resource",
        "latest job": "resource",
    }
)
"""The column that names the resource whose tags tell the owner."""

SHARED: Mapping[Kind, tuple[str, str]] = MappingProxyType(
    {"recovery point": (_POINTS, f"s.{_WHOLE}"), "stored point": (_POINTS, f"s.{_STORED}")}
)
"""Kinds that are parts of the same rows: those rows, and which `s` of them are meant. One pass serves all of them."""
