"""The figures: what families there are, and that Prometheus can read them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.aws import Call
from backstay_agent.reconcile.findings import Sample
from backstay_agent.reconcile.metrics import FAMILIES, Metrics

# The grammar of the text format: docs of Prometheus, "Exposition formats", "Text format details"; read 2026-11.
_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"'
_LINE = re.compile(rf"({_NAME})(?:\{{({_LABEL}(?:,{_LABEL})*)\}})? (-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)")


def parsed(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """An exposition by the grammar; every sample stands after its TYPE line and belongs to it."""
    assert text.endswith("\n")
    samples: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
    current = None
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("# TYPE "):
            _, _, current, kind = line.split(" ")
            assert kind in ("counter", "gauge")
        elif not line.startswith("# HELP "):
            match = _LINE.fullmatch(line)
            assert match, line
            assert match[1] == current
            labels = tuple((name, _plain(value)) for name, value in re.findall(_LABEL, match[2] or ""))
            assert (match[1], labels) not in samples
            samples[match[1], labels] = float(line.rpartition(" ")[2])
    return samples


def _plain(value: str) -> str:
    return re.sub(r"\\(.)", lambda escaped: "\n" if escaped[1] == "n" else escaped[1], value)


def test_families_follow_the_conventions() -> None:
    """One prefix, counters end in _total, every family says what it is."""
    names = [family.name for family in FAMILIES]
    assert len(names) == len(set(names))
    for family in FAMILIES:
        assert family.name.startswith("backstay_")
        assert family.name.endswith("_total") == (family.kind == "counter")
        assert family.help.endswith(".")


@given(st.text(max_size=30), st.floats(0, 1e12, allow_nan=False))
def test_whatever_a_label_says_it_can_be_read_back(text: str, value: float) -> None:
    """Quotes, backslashes and line breaks in names that others chose break nothing."""
    metrics = Metrics()
    metrics.set("backstay_lock_final_in_seconds", value, "100000000010", "eu-west-1", text)
    labels = (("account", "100000000010"), ("region", "eu-west-1"), ("vault", text))
    assert parsed(metrics.exposition()) == {("backstay_lock_final_in_seconds", labels): pytest.approx(value)}


def test_gauges_are_what_the_last_result_said_and_counters_grow() -> None:
    """A lock that is gone has no countdown any more; jobs of earlier rounds stay counted."""
    metrics = Metrics()
    first = [Sample("backstay_lock_final_in_seconds", 5, ("1", "r", name)) for name in ("a", "b")]
    jobs = [Sample("backstay_jobs_total", 1, ("backup", "FAILED"))] * 2
    metrics.take([*first, *jobs])
    metrics.take([first[1], jobs[0]])
    assert metrics.value("backstay_lock_final_in_seconds", "1", "r", "a") is None
    assert metrics.value("backstay_lock_final_in_seconds", "1", "r", "b") == 5
    assert metrics.value("backstay_jobs_total", "backup", "FAILED") == 3


def test_calls_are_counted_with_their_codes_and_retries() -> None:
    """What AWS answered, how often it was asked again, and how long it took."""
    metrics = Metrics()
    for code, retries in ((None, 0), ("ThrottlingException", 5), (None, 1)):
        metrics.call(Call("1", "r", "backup", "ListTags", 0.5, retries, code, "id"))
    place = ("backup", "ListTags")
    assert metrics.value("backstay_aws_calls_total", *place, "") == 2
    assert metrics.value("backstay_aws_calls_total", *place, "ThrottlingException") == 1
    assert metrics.value("backstay_aws_retries_total", *place) == 6
    assert metrics.value("backstay_aws_call_seconds_total", *place) == pytest.approx(1.5)


def test_a_figure_that_no_family_knows_is_refused() -> None:
    """Wrong labels, or a counter that is set, are mistakes of ours."""
    with pytest.raises(ValueError, match="labels"):
        Metrics().add("backstay_jobs_total", "backup")
    with pytest.raises(ValueError, match="counter"):
        Metrics().set("backstay_jobs_total", 1, "backup", "FAILED")


def test_the_page_lists_every_family() -> None:
    """What the operators' page says of the metrics is what there is."""
    page = (Path(__file__).parents[3] / "docs" / "run.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(backstay_\w+)` \| (\w+) \| (.*?) \|", page, re.MULTILINE)
    told = [(name, kind, tuple(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows]
    assert told == [(family.name, family.kind, family.labels) for family in FAMILIES]
