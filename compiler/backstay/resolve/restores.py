"""Restore tests of the model: which vaults they look into, what they restore, and how long they wait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from backstay import ir
from backstay.dsl import Condition, Schedule
from backstay.dsl.duration import Days, Minutes
from backstay.resolve import places
from backstay.resolve.conditions import Both, Form, TagTest, normal
from backstay.resolve.here import AnyVault, Here
from backstay.resolve.pieces import Piece
from backstay.resolve.problem import problem, second

START_WINDOW = 24
LOOK_BACK = 30
"""Hours and days that AWS takes for omitted ones (Backup API `RestoreTestingPlanForCreate`, read 2026-11)."""

EVERY_VAULT = "*"


@dataclass(frozen=True, slots=True)
class Tester:
    """Turns pieces into restore-testing plans of one place."""

    here: Here

    def test(self, piece: Piece) -> ir.RestoreTest | None:
        """A restore test, or None where none of the vaults that it names stands.

        AWS tests what lies in vaults of the same account and Region. So a vault that is pinned to another place is
        left out of the test here, and a test all of whose vaults are, is left out here altogether: one test for
        everybody then looks into each pinned vault exactly where that vault stands.
        """
        if piece.get("vaults") == ():
            self.here.incomplete(piece, "restore test", "vaults", "leave `vaults` out: then it looks into all of them")
        included = tuple(_vaults(self.here, piece))
        if not included:
            return None
        return ir.RestoreTest(
            name=piece.name,
            schedule=self._schedule(piece).expression,
            timezone=self._schedule(piece).tz,
            start_window=self._hours(piece, "start_within", START_WINDOW),
            algorithm="LATEST_WITHIN_WINDOW" if piece.get("latest") else "RANDOM_WITHIN_WINDOW",
            vaults=included,
            exclude_vaults=tuple(_arns(self.here, piece.get("exclude_vaults") or ())),
            point_types=tuple(dict.fromkeys(piece.get("points") or ("SNAPSHOT",))),
            look_back=_days(piece, "look_back", LOOK_BACK),
            selections=tuple(self._selections(piece)),
            tags=piece.get("tags") or (),
            where=self._where(piece),
        )

    def _where(self, piece: Piece) -> ir.Where:
        where = self.here.where(piece)
        schedule = piece.get("at")
        zone = self.here.context.sources.where(schedule)[1].get("tz") if schedule is not None else None
        return replace(where, fields={**where.fields, "tz": zone}) if zone is not None else where

    def _schedule(self, piece: Piece) -> Schedule:
        schedule: Schedule | None = piece.get("at")
        if schedule is None:
            self.here.incomplete(piece, "restore test", "at", 'add a schedule, such as `at=weekly("sun", "06:00")`')
            return Schedule("")
        return schedule

    def _selections(self, test: Piece) -> Iterator[ir.RestoreSelection]:
        first: dict[str, Piece] = {}
        for piece in test.children["select"]:
            if first.setdefault(piece.name, piece) is not piece:
                message = f"restore test `{test.name}` has two selections named `{piece.name}`"
                others = second(places.of_field(first[piece.name], "name", self.here.context.sources), "the first")
                span = places.of_field(piece, "name", self.here.context.sources)
                self.here.context.findings.append(problem("same-name-twice", message, span, others=others))
            yield self._selection(piece, test)

    def _selection(self, piece: Piece, test: Piece) -> ir.RestoreSelection:
        if piece.get("type") is None:
            self.here.incomplete(piece, "restore selection", "type", 'say what it restores: `type="RDS"`')
        tests = tuple(self._tests(piece))
        where = self.here.where(piece)
        if piece.get("role") is None and test.get("role") is not None:
            where = places.with_field(where, "role", test, self.here.context.sources)
        return ir.RestoreSelection(
            name=piece.name,
            type=piece.get("type") or "",
            role_arn=self.here.context.role_arn(piece.get("role") or test.get("role")),
            resources=tuple(dict.fromkeys(piece.get("resources") or ())),
            string_equals=tuple((one.key, one.value) for one in tests if one.operator == "=="),
            string_not_equals=tuple((one.key, one.value) for one in tests if one.operator == "!="),
            overrides=tuple(piece.get("overrides") or ()),
            validation_window=self._hours(piece, "validate_within", 0),
            where=where,
        )

    def _tests(self, piece: Piece) -> Iterator[TagTest]:
        """The comparisons of a condition that AWS can test here: tags by `==` and `!=`, all of which must hold."""
        condition: Condition | None = piece.get("where")
        for part in _parts(normal(condition)) if condition is not None else ():
            if isinstance(part, TagTest) and part.operator in ("==", "!="):
                yield part
            else:
                message = f"selection `{piece.name}` of a restore test can compare tags by == and != only, joined by &"
                help_ = "several selections in one test stand for |; a selection names one type by `type=`"
                self.here.complain("inexpressible-selection", message, piece, "where", help=help_)
                return

    def _hours(self, piece: Piece, field: str, default: int) -> int:
        minutes: Minutes | None = piece.get(field)
        if minutes is None:
            return default
        if minutes.count % 60:
            message = f"AWS counts `{field}` of a restore test in whole hours, and this is {minutes}"
            self.here.complain("not-whole-hours", message, piece, field)
        return -(-minutes.count // 60)


def looks_here(here: Here, test: Piece) -> bool:
    """Whether a restore test looks into any vault of a place."""
    return any(_vaults(here, test))


def _vaults(here: Here, test: Piece) -> Iterator[str]:
    """The vaults of a test that stand here; all, if it names none."""
    said = test.get("vaults")
    return _arns(here, said) if said else iter((EVERY_VAULT,))


def _arns(here: Here, said: Iterable[AnyVault | str]) -> Iterator[str]:
    """ARNs, each once; ARNs and patterns that the author wrote stay as they are."""
    found: dict[str, None] = {}
    for vault in said:
        if isinstance(vault, str) and (vault == EVERY_VAULT or vault.startswith("arn:")):
            found[vault] = None
        elif (reference := here.named(vault)) is not None:
            found[reference.arn] = None
    yield from found


def _parts(form: Form) -> tuple[Form, ...]:
    return form.parts if isinstance(form, Both) else (form,)


def _days(piece: Piece, name: str, default: int) -> int:
    days: Days | None = piece.get(name)
    return default if days is None else days.count
