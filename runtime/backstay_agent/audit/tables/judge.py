"""Puts controls to the tables of an audit, in SQL: the fast path of `evaluate`, and equal to it (a test holds that).

Everything is counted; rows are only made of what does not hold or cannot be judged, unless all is asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from backstay_agent.audit.evaluate import ACCOUNT_TYPE, EVERYTHING
from backstay_agent.audit.questions import UNTAGGED, Question, questions
from backstay_agent.audit.tables.database import literal
from backstay_agent.audit.tables.every import ACCOUNT
from backstay_agent.audit.tables.subjects import OWNED, SHARED, SUBJECTS
from backstay_agent.controls.control import Control
from backstay_agent.controls.facts import OWNER_TAGS, Asked
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.relations import RELATIONS, wanted
from backstay_agent.controls.sql import Sql, listed, place, short_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NAMED_BY = ("account", "region", "name", "subject_type", "asked_by")
_USED = re.compile(r"\bs\.(\w+)")
_TOLD = """CREATE OR REPLACE TEMP TABLE told (question INTEGER, status VARCHAR, account VARCHAR, region VARCHAR,
    resource VARCHAR, resource_type VARCHAR, reason VARCHAR, asked_by VARCHAR, owner VARCHAR)"""
"""Rows of findings; `owner` is the resource whose tags tell it, or for a waiver who it is."""
_QUESTIONS = """CREATE OR REPLACE TEMP TABLE questions (number INTEGER, control VARCHAR, remedy VARCHAR,
    severity VARCHAR, framework VARCHAR, command VARCHAR, owned BOOLEAN)"""
_ASKS = """CREATE OR REPLACE TEMP TABLE asks AS SELECT dense_rank() OVER (
    ORDER BY framework, control, CAST(parameters AS VARCHAR), types, ids, tag) AS number, * FROM asked"""


@dataclass(frozen=True, slots=True)
class _Group:
    """A question with where it is asked: places by their number in `asks`, or (None) wherever no framework asks."""

    number: int
    question: Question
    asked: int | None

    @property
    def control(self) -> Control[Any]:
        """The control that asks."""
        return self.question.control

    @property
    def sql(self) -> Sql:
        """What it asks of a subject `s`."""
        if self.question.wrong is not None:
            return Sql("'UNKNOWN'", "''")
        return self.control.sql(self.question.parameters)


class Judge:
    """Judges the accounts whose tables are attached in a connection, at a time.

    Afterwards the connection has `found`, the rows of findings, as in the table `findings`.
    """

    def __init__(
        self,
        database: DuckDBPyConnection,
        now: datetime,
        *,
        compliant: bool = False,
        owner_tags: Sequence[str] = OWNER_TAGS,
    ) -> None:
        self._database, self._compliant, self._owner_tags = database, compliant, owner_tags
        self._now = f"TIMESTAMP '{now.replace(tzinfo=None)}'"
        self._made: set[str] = set()
        self._counted: dict[str, int] = {}
        self._subjects: Counter[int] = Counter()
        self._run(_TOLD)
        self._run(_QUESTIONS)
        self._run(_ASKS)
        self._all_read = not self._any("SELECT 1 FROM unread LIMIT 1")

    def put(self, chosen: Sequence[Control[Any]], parameters: Mapping[str, Parameters]) -> Counter[tuple[str, str]]:
        """Put controls to everything that they are about; gives how many there are by control and status. Once only."""
        groups = self._groups(chosen, parameters)
        alone = [one for one in groups if self._is_plain(one)]
        for group in groups:
            if group not in alone:
                self._judge(group)
        for rows in dict.fromkeys(map(_rows, alone)):
            self._together(rows, [one for one in alone if _rows(one) == rows])
        self._owners(groups)
        return self._counts(groups)

    def _groups(self, chosen: Sequence[Control[Any]], parameters: Mapping[str, Parameters]) -> list[_Group]:
        found: list[tuple[Question, int | None]] = []
        for control in chosen:
            given = parameters.get(control.name, Parameters())
            rows = self._database.execute(
                "SELECT DISTINCT number, framework, parameters, types, ids, tag FROM asks WHERE control = ?"
                " ORDER BY number",
                [control.name],
            ).fetchall()
            for number, framework, narrowed, types, ids, tag in rows:
                asked = Asked(framework, control.name, narrowed or {}, tuple(types), tuple(ids), tuple(tag) or None)
                found += [(one, number) for one in questions(control, given, (asked,))]
            found.append((Question(control, given), None))
        return [_Group(position, *one) for position, one in enumerate(found)]

    def _is_plain(self, group: _Group) -> bool:
        """Whether it needs no other table than its subjects': several of these share one pass."""
        control = group.control
        alone = group.asked is None and not group.sql.joins
        return alone and not self._asked(control) and not self._unread(control)

    def _asked(self, control: Control[Any]) -> bool:
        return self._any("SELECT 1 FROM asks WHERE control = ? LIMIT 1", control.name)

    def _unread(self, control: Control[Any]) -> bool:
        if self._all_read:
            return False
        nouns = listed((*sorted(control.needs), ACCOUNT))
        return self._any(f"SELECT 1 FROM unread WHERE list_contains({nouns}, noun) LIMIT 1")

    def _any(self, sql: str, *values: str) -> bool:
        return self._database.execute(sql, list(values)).fetchone() is not None

    # One pass for several controls

    def _together(self, rows: str, groups: Sequence[_Group]) -> None:
        """Controls that need only the same rows: one pass finds what fails any of them, which is looked at again."""
        self._relations(rows)
        texts = [f"{_meant(one)} {one.sql.status} {one.sql.reason} {_owned(one.control)}" for one in groups]
        names = ", ".join(f's."{name}"' for name in sorted({*_NAMED_BY, *_USED.findall(" ".join(texts))}))
        told = [
            f"{meant} AND ({' OR '.join(self._told(one.sql.status) for one in groups if _meant(one) == meant)})"
            for meant in dict.fromkeys(map(_meant, groups))
        ]
        self._run(f"CREATE OR REPLACE TEMP TABLE bad AS SELECT {names} FROM ({rows}) s WHERE {' OR '.join(told)}")
        for group in groups:
            self._tell(group, "FROM bad s", group.sql.status, _meant(group))
            self._subjects[group.number] += self._count(f"({rows}) s WHERE {_meant(group)}")

    # One pass for one control

    def _judge(self, group: _Group) -> None:
        self._prepare(group)
        self._tell(group, self._from(group), self._status(group))
        self._subjects[group.number] += self._count(self._meant(group))
        self._whole(group)

    def _told(self, status: str) -> str:
        return "TRUE" if self._compliant else f"({status}) <> 'COMPLIANT'"

    def _tell(self, group: _Group, source: str, status: str, meant: str = "TRUE") -> None:
        """Make rows of the subjects of which something is to be told."""
        self._run(
            f"""INSERT INTO told SELECT {group.number}, {status}, s.account, s.region, s.name, s.subject_type,
            {self._reason(group)}, s.asked_by, {_owned(group.control)} {source}
            WHERE {meant} AND {self._told(status)}"""
        )

    def _count(self, subjects: str) -> int:
        if subjects not in self._counted:
            row = self._database.execute(f"SELECT count(*) FROM {subjects}").fetchone()
            self._counted[subjects] = int(row[0]) if row else 0
        return self._counted[subjects]

    def _counts(self, groups: Sequence[_Group]) -> Counter[tuple[str, str]]:
        """What was told, and that the rest complies."""
        found: Counter[tuple[str, str]] = Counter()
        rest = self._subjects.copy()
        rows = self._database.execute("SELECT question, status, count(*) FROM told GROUP BY ALL").fetchall()
        for number, status, many in rows:
            found[groups[number].control.name, status] += many
            rest[number] -= many
        for group in groups:
            if rest[group.number]:
                found[group.control.name, "COMPLIANT"] += rest[group.number]
        return found

    def _owners(self, groups: Sequence[_Group]) -> None:
        """The findings, with what is the same for all of a question, and the owners of the resources that they name."""
        self._relations("FROM things")
        for one in groups:
            control = one.control
            self._database.execute(
                "INSERT INTO questions VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    one.number,
                    control.name,
                    control.remedy,
                    control.severity,
                    one.question.framework,
                    control.command,
                    control.kind in OWNED,
                ],
            )
        fails = "t.status = 'NON_COMPLIANT'"
        self._run(
            f"""CREATE OR REPLACE TEMP VIEW found AS
            SELECT q.control, t.status, t.account, t.region, t.resource, t.resource_type, t.reason,
                CASE WHEN {fails} THEN q.remedy END AS help, q.severity, q.framework, t.asked_by,
                CASE WHEN q.owned THEN {_owner("o.tags", self._owner_tags)} ELSE t.owner END AS owner,
                CASE WHEN {fails} THEN replace(q.command, '{{account}}', t.account) END AS command
            FROM told t JOIN questions q ON q.number = t.question
            LEFT JOIN things o ON (o.place, o.name) = ({place("t")}, t.owner)"""
        )

    def _whole(self, group: _Group) -> None:
        """Places of which nothing can be said: not read at all, or not the nouns that the control needs."""
        if self._all_read and group.question.wrong is None:
            return
        control = group.control
        nouns = listed(sorted(control.needs))
        if group.question.wrong is not None:
            places = f"SELECT account, region, {literal(group.question.wrong)} AS reason FROM places"
        else:
            places = f"""SELECT account, region, 'not readable: ' || string_agg(reason, '; ' ORDER BY noun) AS reason
                FROM unread u WHERE list_contains({nouns}, noun) AND NOT EXISTS (
                    SELECT 1 FROM ({SUBJECTS[control.kind]}) t WHERE (t.account, t.region) = (u.account, u.region)
                ) GROUP BY account, region"""
        accounts = ""
        if group.asked is None:
            accounts = (
                f"UNION ALL SELECT account, region, 'not readable: ' || reason FROM unread WHERE noun = '{ACCOUNT}'"
            )
        row = self._database.execute(
            f"""INSERT INTO told SELECT {group.number}, 'UNKNOWN', account, region, '{EVERYTHING}', '{ACCOUNT_TYPE}',
            reason, NULL, NULL FROM (SELECT * FROM ({places}) s WHERE {self._asked_here(group)} {accounts})"""
        ).fetchone()
        self._subjects[group.number] += int(row[0]) if row else 0

    def _prepare(self, group: _Group) -> None:
        """Everything that the group's queries name; what could not be read, by place, for its control."""
        control, sql = group.control, group.sql
        self._relations(f"{SUBJECTS[control.kind]} {sql.status} {sql.reason} {sql.joins}")
        if self._unread(control):
            self._run(
                f"""CREATE OR REPLACE TEMP TABLE gaps AS
                SELECT account, region, string_agg(reason, '; ' ORDER BY noun) AS reason FROM unread
                WHERE list_contains({listed(sorted(control.needs))}, noun) GROUP BY account, region"""
            )

    def _from(self, group: _Group) -> str:
        gaps = (
            "LEFT JOIN gaps g ON (g.account, g.region) = (s.account, s.region)" if self._unread(group.control) else ""
        )
        return f"FROM (SELECT * FROM {self._meant(group)}) s {group.sql.joins} {gaps}"

    def _meant(self, group: _Group) -> str:
        return f"({SUBJECTS[group.control.kind]}) s WHERE {self._asked_here(group)} AND {_scope(group)}"

    def _asked_here(self, group: _Group) -> str:
        """Whether the question is put in the place of `s`."""
        if group.asked is not None:
            return f"(s.account, s.region) IN (SELECT (account, region) FROM asks WHERE number = {group.asked})"
        if not self._asked(group.control):
            return "TRUE"
        name = literal(group.control.name)
        return f"(s.account, s.region) NOT IN (SELECT (account, region) FROM asks WHERE control = {name})"

    def _status(self, group: _Group) -> str:
        return self._unless(group, "'UNKNOWN'", "'UNKNOWN'", group.sql.status)

    def _reason(self, group: _Group) -> str:
        return self._unless(group, "g.reason", literal(UNTAGGED), group.sql.reason)

    def _unless(self, group: _Group, unread: str, untagged: str, otherwise: str) -> str:
        if group.question.scope.tag is not None and group.control.kind != "resource":
            return untagged
        return (
            f"CASE WHEN g.account IS NOT NULL THEN {unread} ELSE {otherwise} END"
            if self._unread(group.control)
            else otherwise
        )

    def _relations(self, text: str) -> None:
        for name in wanted(text):
            if name in RELATIONS and name not in self._made:
                self._run(f"CREATE OR REPLACE TEMP TABLE {name} AS {RELATIONS[name]}")
                self._made.add(name)

    def _run(self, sql: str) -> None:
        self._database.execute(sql.replace(":now", self._now))


def _rows(group: _Group) -> str:
    """The rows that hold what a control is about."""
    kind = group.control.kind
    return SHARED[kind][0] if kind in SHARED else SUBJECTS[kind]


def _meant(group: _Group) -> str:
    """Which of those rows are its subjects."""
    return SHARED[group.control.kind][1] if group.control.kind in SHARED else "TRUE"


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
    if scope.tag is not None and group.control.kind == "resource":
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
