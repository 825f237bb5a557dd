"""Where the values of the rarer nouns were written: frameworks, reports, restore tests, holds, tiering, keys, roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from backstay import ir
from backstay.ir import members

Trace = Iterator[tuple[str, ir.Where, str]]
"""JSON pointers of a shape's document, each with the construct that says the value there, and the keyword that does."""


def rare(shape: ir.Shape) -> Trace:
    """The places of everything in a shape that few shapes have."""
    yield from _audits(shape)
    yield from _restores(shape)
    for number, hold in enumerate(shape.legal_holds):
        yield from placed(f"/legal_holds/{number}", hold.where, members.HOLD)
    for number, tiering in enumerate(shape.tiering):
        yield from placed(f"/tiering_configurations/{number}", tiering.where, members.TIERING)
        for row in range(len(tiering.resources)):
            place = f"/tiering_configurations/{number}/TieringConfiguration/ResourceSelection/{row}"
            yield from placed(place, tiering.where, members.TIER)
    for number, key in enumerate(shape.keys):
        yield from placed(f"/keys/{number}", key.where, members.KEY)
    for number, role in enumerate(shape.roles):
        yield from placed(f"/roles/{number}", role.where, members.ROLE)


def _audits(shape: ir.Shape) -> Trace:
    for number, framework in enumerate(shape.frameworks):
        place = f"/frameworks/{number}"
        yield from placed(place, framework.where, members.FRAMEWORK)
        for count, control in enumerate(framework.controls):
            yield from placed(f"{place}/FrameworkControls/{count}", control.where, members.CONTROL)
    for number, report in enumerate(shape.reports):
        yield from placed(f"/report_plans/{number}", report.where, members.REPORT)


def _restores(shape: ir.Shape) -> Trace:
    for number, test in enumerate(shape.restore_tests):
        place = f"/restore_testing_plans/{number}"
        yield from placed(place, test.where, members.TEST)
        yield f"{place}/RestoreTestingPlan/ScheduleExpressionTimezone", test.where, zone(test.where)
    chosen = [(test, one) for test in shape.restore_tests for one in test.selections]
    for number, (test, one) in enumerate(chosen):
        place = f"/restore_testing_selections/{number}"
        yield from placed(f"{place}/RestoreTestingSelection", one.where, members.RESTORED)
        yield place, one.where, ""
        yield f"{place}/RestoreTestingPlanName", test.where, "name"


def placed(pointer: str, where: ir.Where, table: Mapping[str, str]) -> Trace:
    """A construct, and those members of it that one keyword each says (`member/of/a/member` → keyword)."""
    yield pointer, where, ""
    yield from ((f"{pointer}/{member}", where, keyword) for member, keyword in table.items())


def zone(where: ir.Where) -> str:
    """The keyword that says the time zone of a schedule: its own, or that of the schedule."""
    return "tz" if "tz" in where.fields else "at"


def escaped(key: str) -> str:
    """A member's name as a JSON pointer has it."""
    return key.replace("~", "~0").replace("/", "~1")
