"""The user's own check, and spans of time."""

from __future__ import annotations

import time
from threading import Event, Timer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.jobs.testing import duration
from backstay_agent.jobs.testing.command import Command, environment, filled, parse, perform


def test_words() -> None:
    """The text is split as a shell would, and what stands for facts is put in without a second look at it."""
    command = parse("check --arn {arn} 'two words' {other}", 1)
    assert isinstance(command, Command)
    words = filled(command, {"arn": "a {type}; rm -rf /", "type": "S3"})
    assert words == ("check", "--arn", "a {type}; rm -rf /", "two words", "{other}")
    assert environment({"restored_arn": "x"}) == {"BACKSTAY_RESTORED_ARN": "x"}
    assert isinstance(parse("", 1), str)


def test_endings() -> None:
    """Exit code and the end of the output are kept; a program that is not there is told, not raised."""
    done = perform(Command(("sh", "-c", "echo out; echo err >&2; exit 3"), 10), {})
    assert (done.exit_code, sorted(done.output.split())) == (3, ["err", "out"])
    missing = perform(Command(("/no/such/program",), 10), {})
    assert missing.exit_code is None
    assert "could not be run" in missing.output


def test_time_is_over() -> None:
    """A check and whatever it started is ended when its time is over."""
    began = time.monotonic()
    done = perform(Command(("sh", "-c", "echo begun; sleep 30 & sleep 30"), 0.3), {})
    assert done.exit_code is None
    assert "begun" in done.output
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1800), ("4h", 14400), ("2d", 172800), ("1.5h", 5400)]
)
def test_spans(text: str, seconds: float) -> None:
    """Spans are read in seconds, minutes, hours and days."""
    assert duration.seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "4", "h", "0h", "-1h", "4 weeks"])
def test_no_spans(text: str) -> None:
    """Anything else is told, with an example."""
    assert isinstance(duration.seconds(text), str)


@given(st.floats(0.1, 10**7))
def test_told(span: float) -> None:
    """A span that is told is close to the span."""
    number, unit = duration.told(span).split()
    factor = {"s": 1, "min": 60, "h": 3600, "d": 86400}[unit]
    assert abs(float(number) * factor - span) <= 0.051 * factor


def test_stopped() -> None:
    """A check is ended at once when nobody waits for its verdict any more."""
    stop, began = Event(), time.monotonic()
    Timer(0.3, stop.set).start()
    done = perform(Command(("sleep", "30"), 60), {}, stop)
    assert done.exit_code is None
    assert time.monotonic() - began < 10
