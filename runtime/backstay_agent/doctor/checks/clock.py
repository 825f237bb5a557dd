"""Whether the clocks of this machine and of AWS agree: AWS refuses what is signed too early or too late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.lines import Line, ok, problem, unknown
from backstay_agent.doctor.look import Look

TOLERANCE = 300
"""Seconds. IAM user guide, "Elements of an AWS API request signature": requests arrive within five minutes; 2026-11."""


def read(look: Look) -> tuple[datetime, datetime] | None:
    """The local time and AWS's, as they were when the first answer came."""
    return look.clocks


def judge(clocks: tuple[datetime, datetime] | None) -> Iterator[Line]:
    """They differ by less than AWS tolerates."""
    if clocks is None:
        yield unknown("AWS's time is not known")
        return
    seconds = round((clocks[0] - clocks[1]).total_seconds())
    if abs(seconds) >= TOLERANCE:
        way = "ahead of" if seconds > 0 else "behind"
        yield problem(
            f"this machine's clock is {abs(seconds)} s {way} AWS's; AWS refuses signatures from {TOLERANCE} s on",
            "set the clock, best by NTP",
        )
    else:
        yield ok(f"this machine's clock and AWS's differ by {abs(seconds)} s")


CHECK = Check("clock", "caller", 20, read, judge)
