"""AWS cron back to `daily`, `weekly`, … where these compile to exactly the same text, else `cron(…)`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from backstay import dsl
from backstay.dsl.schedule import WEEKDAYS
from backstay.importer.write.code import Atom, Code, call, text

_NUMBER = re.compile(r"0|[1-9][0-9]?")


def schedule(expression: str, timezone: str | None) -> Code:
    """A schedule's source. The time zone is left out where it is UTC, which is what AWS takes without one."""
    zone = text(timezone) if timezone is not None and timezone != "UTC" else None
    for made, code in _words(expression):
        if made.expression == expression:
            return call(code[0], *code[1], tz=zone, **code[2])
    inner = expression[len("cron(") : -1] if expression.startswith("cron(") and expression.endswith(")") else expression
    kept = dsl.cron(inner).expression == expression
    return call("cron", text(inner if kept else expression), tz=zone)


Words = tuple[str, tuple[Code, ...], dict[str, Code]]


def _words(expression: str) -> Iterator[tuple[dsl.Schedule, Words]]:
    """What the expression could be in words; whoever asks compares what each compiles to."""
    fields = expression.removeprefix("cron(").removesuffix(")").split()
    if len(fields) != 6 or not _NUMBER.fullmatch(fields[0]):
        return
    minute, hour, day, month, weekday, _ = fields
    if not _NUMBER.fullmatch(hour):
        yield from _hourly(int(minute), hour)
        return
    at = f"{int(hour):02d}:{int(minute):02d}"
    yield from _tried(lambda: dsl.daily(at), ("daily", (text(at),), {}))
    if weekday.upper() in WEEKDAYS:
        name = weekday.lower()
        yield from _tried(lambda: dsl.weekly(name, at), ("weekly", (text(name), text(at)), {}))
    number: int | str = "last" if day == "L" else int(day) if day.isdigit() else 0
    which = Atom(repr(number)) if isinstance(number, int) else text(number)
    yield from _tried(lambda: dsl.monthly(number, at), ("monthly", (which, text(at)), {}))
    name = month.lower()
    yield from _tried(lambda: dsl.yearly(name, number, at), ("yearly", (text(name), which, text(at)), {}))


def _hourly(minute: int, hour: str) -> Iterator[tuple[dsl.Schedule, Words]]:
    past: tuple[Code, ...] = (Atom(str(minute)),) if minute else ()
    if hour == "*":
        yield from _tried(lambda: dsl.hourly(minute), ("hourly", past, {}))
    every = hour.removeprefix("0/")
    if every != hour and every.isdigit():
        words: Words = ("hourly", past, {"every": Atom(str(int(every)))})
        yield from _tried(lambda: dsl.hourly(minute, every=int(every)), words)


def _tried(make: Callable[[], dsl.Schedule], words: Words) -> Iterator[tuple[dsl.Schedule, Words]]:
    try:
        yield make(), words
    except dsl.PolicyError:
        return
