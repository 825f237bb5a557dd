"""What a control is put to, by kind, in SQL: one row a subject, with what findings name it by. `control.subjects`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from backstay_agent.controls.control import ENDED, NOT_STORED, PASSING, Kind


def _among(words: Iterable[str]) -> str:
    return f"({', '.join(repr(word) for word in words)})"


_POINTS = """SELECT *, arn AS name, 'AWS::Backup::RecoveryPoint' AS subject_type, CAST(NULL AS VARCHAR) AS asked_by
    FROM recovery_points WHERE status NOT IN """

SUBJECTS: Mapping[Kind, str] = MappingProxyType(
    {
        "resource": "SELECT *, type AS subject_type, CAST(NULL AS VARCHAR) AS asked_by FROM things",
        "plan": """SELECT * EXCLUDE name, arn AS name, 'AWS::Backup::BackupPlan' AS subject_type,
            CAST(NULL AS VARCHAR) AS asked_by FROM plans""",
        "vault": """SELECT * EXCLUDE name, arn AS name, 'AWS::Backup::BackupVault' AS subject_type,
            CAST(NULL AS VARCHAR) AS asked_by FROM vaults""",
        "recovery point": _POINTS + _among(PASSING),
        "stored point": _POINTS + _among(NOT_STORED),
        "promised lock": """SELECT *, arn AS name, 'AWS::Backup::BackupVault' AS subject_type,
            CAST(NULL AS VARCHAR) AS asked_by FROM locks_promised""",
        "promised plan": """SELECT w.*, coalesce(p.arn, w.plan) AS name, 'AWS::Backup::BackupPlan' AS subject_type,
            CAST(NULL AS VARCHAR) AS asked_by
            FROM plans_promised w LEFT JOIN (
                SELECT account, region, name, min_by(arn, number) AS arn FROM plans GROUP BY account, region, name
            ) p ON (p.account, p.region, p.name) = (w.account, w.region, w.plan)""",
        "duty": """SELECT d.*, d.resource AS name, coalesce(t.type, '') AS subject_type, d.require AS asked_by, t.combo
            FROM duties d LEFT JOIN things t ON (t.account, t.region, t.name) = (d.account, d.region, d.resource)""",
        "latest job": f"""SELECT * EXCLUDE place, resource AS name, resource_type AS subject_type, kind AS asked_by
            FROM (
                SELECT *, row_number() OVER (
                    PARTITION BY account, region, resource, kind ORDER BY created DESC, id DESC) AS place
                FROM jobs WHERE state IN {_among(ENDED)}
            ) WHERE place = 1""",
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
