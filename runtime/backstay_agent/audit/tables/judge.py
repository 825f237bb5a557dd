"""Puts controls to the tables of an audit, in SQL: the fast path of `evaluate`, and equal to it (a test holds that).

Everything is counted; rows are only made of what does not hold or cannot be judged, unless all is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backstay_agent.audit.evaluate import ACCOUNT_TYPE, EVERYTHING
from backstay_agent.audit.questions import UNTAGGED, Question, questions
from backstay_agent.audit.tables.database import literal
from backstay_agent.audit.tables.every import ACCOUNT
from backstay_agent.audit.tables.subjects import OWNED, SUBJECTS
from backstay_agent.controls import registry
from backstay_agent.controls.control import Control
from backstay_agent.controls.facts import OWNER_TAGS, Asked
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.relations import RELATIONS, wanted
from backstay_agent.controls.sql import Sql, listed, short_name
from backstay_contract.findings import AuditFinding

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_COLUMNS = tuple(field.name for field in fields(AuditFinding))
_NAMED_BY = ("account", "region", "name", "subject_type", "asked_by")
_USED = re.compile(r"\bs\.(\w+)")
_SCHEMA = ", ".join(f"{name} VARCHAR" for name in _COLUMNS)


@dataclass(frozen=True, slots=True)
class _Group:
    """A question with where it is asked: places by their number in `asks`, or (None) wherever no framework asks."""

    question: Question
    number: int | None


class Judge:
    """Judges the tables of one day in a database in which they are attached; one audit each.

    Afterwards the database has `judged` (control, framework, account, region, status, count) and `found` (the rows of
    findings, as in the table `findings`).
    """

    def __init__(
        self, database: DuckDBPyConnection, *, compliant: bool = False, owner_tags: Sequence[str] = OWNER_TAGS
    ) -> None:
        self._database, self._compliant, self._owner_tags = database, compliant, owner_tags
        self._made: set[str] = set()
        row = database.execute("SELECT min(started) FROM accounts").fetchone()
        started: datetime | None = row[0] if row else None
        self.now = (started or datetime(1970, 1, 1)).replace(tzinfo=UTC)  # noqa: DTZ001 -- DuckDB's times are UTC's
        self._now = f"TIMESTAMP '{started or '1970-01-01'}'"
        database.execute(f"CREATE TEMP TABLE listed ({_SCHEMA})")
        database.execute(
            "CREATE TEMP TABLE judged (control VARCHAR, framework VARCHAR, account VARCHAR, region VARCHAR,"
            " status VARCHAR, number BIGINT)"
        )
        database.execute(
            "CREATE TEMP TABLE asks AS SELECT dense_rank() OVER (ORDER BY framework, control,"
            " CAST(parameters AS VARCHAR), types, ids, tag) AS number, * FROM asked"
        )

    def put(self, chosen: Sequence[Control[Any]], parameters: Mapping[str, Parameters]) -> None:
        """Put controls to everything that they are about; once for a judge."""
        groups = [group for one in chosen for group in self._groups(one, parameters.get(one.name, Parameters()))]
        alone = [one for one in groups if self._is_plain(one)]
        for group in groups:
            if group not in alone:
                self._judge(group)
        for kind in dict.fromkeys(one.question.control.kind for one in alone):
            self._together([one for one in alone if one.question.control.kind == kind])
        self._owners()

    def findings(self) -> Iterator[AuditFinding]:
        """The findings that were made rows of."""
        found = self._database.execute(f"SELECT {', '.join(_COLUMNS)} FROM found")
        while rows := found.fetchmany(10_000):
            yield from (AuditFinding(**dict(zip(_COLUMNS, row, strict=True))) for row in rows)

    def keep(self, path: Path) -> None:
        """Write the findings that were made rows of as one Parquet file, sorted."""
        self._run(
            "COPY (SELECT * FROM found ORDER BY control, account, region, resource, framework, asked_by)"
            f" TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"
        )

    def _groups(self, control: Control[Any], parameters: Parameters) -> list[_Group]:
        rows = self._database.execute(
            "SELECT DISTINCT number, framework, parameters, types, ids, tag FROM asks WHERE control = ?"
            " ORDER BY number",
            [control.name],
        ).fetchall()
        groups = []
        for number, framework, given, types, ids, tag in rows:
            asked = Asked(framework, control.name, given or {}, tuple(types), tuple(ids), tuple(tag) or None)
            groups += [_Group(one, number) for one in questions(control, parameters, (asked,))]
        return [*groups, _Group(Question(control, parameters), None)]

    def _is_plain(self, group: _Group) -> bool:
        """Whether it needs no other table than its subjects': several of these share one pass."""
        control = group.question.control
        sql = control.sql(group.question.parameters)
        return group.number is None and not sql.joins and not self._asked(control) and not self._unread(control)

    def _asked(self, control: Control[Any]) -> bool:
        return self._any("SELECT 1 FROM asks WHERE control = ? LIMIT 1", control.name)

    def _unread(self, control: Control[Any]) -> bool:
        nouns = listed((*sorted(control.needs), ACCOUNT))
        return self._any(f"SELECT 1 FROM unread WHERE list_contains({nouns}, noun) LIMIT 1")

    def _any(self, sql: str, *values: str) -> bool:
        return self._database.execute(sql, list(values)).fetchone() is not None

    # One pass for several controls

    def _together(self, groups: Sequence[_Group]) -> None:
        """Controls that need only their subjects: counted in one pass, and only those that fail are looked at again."""
        subjects = SUBJECTS[groups[0].question.control.kind]
        self._relations(subjects)
        statuses = {
            f"c{number}_{status}": (group, status, f"({group.question.control.sql(group.question.parameters).status})")
            for number, group in enumerate(groups)
            for status in ("COMPLIANT", "NON_COMPLIANT", "UNKNOWN")
        }
        counts = ", ".join(
            f"count(*) FILTER (WHERE {sql} = '{status}') AS {name}" for name, (_, status, sql) in statuses.items()
        )
        self._run(
            f"CREATE OR REPLACE TEMP TABLE together AS SELECT account, region, {counts}"
            f" FROM ({subjects}) s GROUP BY ALL"
        )
        for name, (group, status, _) in statuses.items():
            self._run(
                f"INSERT INTO judged SELECT {literal(group.question.control.name)}, NULL, account, region,"
                f" '{status}', {name} FROM together WHERE {name} > 0"
            )
        bad = " OR ".join(self._told(self._status(group)) for group in groups)
        texts = [f"{one.status} {one.reason}" for one in map(self._sql, groups)]
        texts.append(_owned(groups[0].question.control))
        members = {*_NAMED_BY, *_USED.findall(" ".join(texts))}
        names = ", ".join(f's."{name}"' for name in sorted(members))
        self._run(f"CREATE OR REPLACE TEMP TABLE bad AS SELECT {names} FROM ({subjects}) s WHERE {bad}")
        for group in groups:
            self._list(group, f"{self._verdicts(group, 'bad')} WHERE {self._told(self._status(group))}")

    # One pass for one control

    def _judge(self, group: _Group) -> None:
        """Worked out once for each subject: its status, and only where it is to be told all that is told of it."""
        self._prepare(group)
        control = group.question.control
        self._run(f"CREATE OR REPLACE TEMP TABLE verdicts AS {self._verdicts(group)}")
        self._run(
            f"""INSERT INTO judged
            SELECT {literal(control.name)}, {_framework(group)}, account, region, status, count(*)
            FROM verdicts GROUP BY ALL"""
        )
        self._list(group, f"SELECT * FROM verdicts WHERE {self._told('status')}")
        self._whole(group)

    def _told(self, status: str) -> str:
        return "TRUE" if self._compliant else f"({status}) <> 'COMPLIANT'"

    def _verdicts(self, group: _Group, subjects: str = "") -> str:
        control, status = group.question.control, self._status(group)
        told = {
            "name": "s.name",
            "type": "s.subject_type",
            "asked_by": "s.asked_by",
            "owned": _owned(control),
            "reason": self._reason(group),
        }
        columns = ", ".join(
            f"CASE WHEN {self._told(status)} THEN {expression} END AS {name}" for name, expression in told.items()
        )
        source = f"FROM {subjects} s" if subjects else self._from(group)
        return f"SELECT s.account, s.region, {status} AS status, {columns} {source}"

    def _list(self, group: _Group, verdicts: str) -> None:
        control = group.question.control
        command = control.command and f"replace({literal(control.command)}, '{{account}}', x.account)"
        fails = "x.status = 'NON_COMPLIANT'"
        self._run(
            f"""INSERT INTO listed
            SELECT {literal(control.name)}, x.status, x.account, x.region, x.name, x.type, x.reason,
                CASE WHEN {fails} THEN {literal(control.remedy)} END, '{control.severity}', {_framework(group)},
                x.asked_by, x.owned, {f"CASE WHEN {fails} THEN {command} END" if command else "NULL"}
            FROM ({verdicts}) x"""
        )

    def _owners(self) -> None:
        """The owners of everything that was listed, in one join: what belongs to a resource has that one's owner."""
        self._relations("FROM things")
        owned = ", ".join(literal(control.name) for control in registry.controls() if control.kind in OWNED)
        columns = ", ".join(
            f"CASE WHEN x.control IN ({owned}) THEN {_owner('o.tags', self._owner_tags)} ELSE x.owner END AS owner"
            if name == "owner"
            else f"x.{name}"
            for name in _COLUMNS
        )
        self._run(
            f"""CREATE TEMP TABLE found AS SELECT {columns} FROM listed x LEFT JOIN things o
            ON (o.account, o.region, o.name) = (x.account, x.region, x.owner)"""
        )
        self._run("DROP TABLE listed")

    def _whole(self, group: _Group) -> None:
        """Places of which nothing can be said: not read at all, or not the nouns that the control needs."""
        control = group.question.control
        nouns = listed(sorted(control.needs))
        subjects = SUBJECTS[control.kind]
        if group.question.wrong is not None:
            places = f"SELECT account, region, {literal(group.question.wrong)} AS reason FROM places"
        else:
            places = f"""SELECT account, region, 'not readable: ' || string_agg(reason, '; ' ORDER BY noun) AS reason
                FROM unread u WHERE list_contains({nouns}, noun) AND NOT EXISTS (
                    SELECT 1 FROM ({subjects}) t WHERE (t.account, t.region) = (u.account, u.region)
                ) GROUP BY account, region"""
        accounts = ""
        if group.number is None:
            accounts = (
                f"UNION ALL SELECT account, region, 'not readable: ' || reason FROM unread WHERE noun = '{ACCOUNT}'"
            )
        self._run(
            f"""CREATE OR REPLACE TEMP TABLE whole AS
            SELECT * FROM ({places}) s WHERE {_asked_here(group)} {accounts}"""
        )
        self._run(
            f"""INSERT INTO listed SELECT {literal(control.name)}, 'UNKNOWN', account, region, '{EVERYTHING}',
            '{ACCOUNT_TYPE}', reason, NULL, '{control.severity}', {_framework(group)}, NULL, NULL, NULL FROM whole"""
        )
        self._run(
            f"""INSERT INTO judged SELECT {literal(control.name)}, {_framework(group)}, account, region, 'UNKNOWN',
            count(*) FROM whole GROUP BY ALL"""
        )

    def _prepare(self, group: _Group) -> None:
        """Everything that the group's queries name; what could not be read, by place, for its control."""
        control = group.question.control
        sql = control.sql(group.question.parameters)
        self._relations(f"{SUBJECTS[control.kind]} {sql.status} {sql.reason} {sql.joins}")
        self._run(
            f"""CREATE OR REPLACE TEMP TABLE gaps AS
            SELECT account, region, string_agg(reason, '; ' ORDER BY noun) AS reason FROM unread
            WHERE list_contains({listed(sorted(control.needs))}, noun) GROUP BY account, region"""
        )

    def _from(self, group: _Group) -> str:
        control, sql = group.question.control, self._sql(group)
        gaps = "LEFT JOIN gaps g ON (g.account, g.region) = (s.account, s.region)" if self._unread(control) else ""
        return f"""FROM (
            SELECT * FROM ({SUBJECTS[control.kind]}) s WHERE {_asked_here(group)} AND {_scope(group)}
        ) s {sql.joins} {gaps}"""

    def _status(self, group: _Group) -> str:
        return self._unless(group, "'UNKNOWN'", "'UNKNOWN'", self._sql(group).status)

    def _reason(self, group: _Group) -> str:
        return self._unless(group, "g.reason", literal(UNTAGGED), self._sql(group).reason)

    def _unless(self, group: _Group, unread: str, untagged: str, otherwise: str) -> str:
        control = group.question.control
        if group.question.scope.tag is not None and control.kind != "resource":
            return untagged
        return (
            f"CASE WHEN g.account IS NOT NULL THEN {unread} ELSE {otherwise} END"
            if self._unread(control)
            else otherwise
        )

    def _sql(self, group: _Group) -> Sql:
        if group.question.wrong is not None:
            return Sql("'UNKNOWN'", "''")
        return group.question.control.sql(group.question.parameters)

    def _relations(self, text: str) -> None:
        for name in wanted(text):
            if name not in self._made:
                self._run(f"CREATE TEMP TABLE {name} AS {RELATIONS[name]}")
                self._made.add(name)

    def _run(self, sql: str) -> None:
        self._database.execute(sql.replace(":now", self._now))


def _framework(group: _Group) -> str:
    return "NULL" if group.question.framework is None else literal(group.question.framework)


def _asked_here(group: _Group) -> str:
    """Whether the question is put in the place of `s`."""
    if group.number is not None:
        return f"(s.account, s.region) IN (SELECT (account, region) FROM asks WHERE number = {group.number})"
    control = literal(group.question.control.name)
    return f"(s.account, s.region) NOT IN (SELECT (account, region) FROM asks WHERE control = {control})"


def _scope(group: _Group) -> str:
    """Whether a subject `s` is meant."""
    scope, terms = group.question.scope, ["TRUE"]
    if group.question.wrong is not None:
        return "FALSE"
    if scope.types:
        terms.append(f"list_contains({listed(scope.types)}, s.subject_type)")
    if scope.ids:
        ids = listed(scope.ids)
        terms.append(f"(list_contains({ids}, s.name) OR list_contains({ids}, {short_name('s.name')}))")
    if scope.tag is not None and group.question.control.kind == "resource":
        key, value = (literal(one) for one in scope.tag)
        terms.append(
            f"list_contains(map_keys(s.tags), {key}) AND ({value} = '' OR map_extract(s.tags, {key})[1] = {value})"
        )
    return " AND ".join(terms)


def _owned(control: Control[Any]) -> str:
    """The resource whose tags name the owner, or for a waiver the owner."""
    if control.kind == "waiver":
        return "s.owner"
    return f"s.{OWNED[control.kind]}" if control.kind in OWNED else "CAST(NULL AS VARCHAR)"


def _owner(tags: str, keys: Sequence[str]) -> str:
    """`owners.of_tags` of a column of tags."""
    each = (
        f"nullif(list_sort(list_filter(map_entries({tags}), lambda one: lower(one.key) = {literal(key.casefold())}))[1]"
        ".value, '')"
        for key in keys
    )
    return f"coalesce({', '.join((*each, 'NULL'))})"
