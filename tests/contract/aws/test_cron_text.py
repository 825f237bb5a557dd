"""Which texts are AWS cron, what they mean, and which characters are blamed in those that are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_aws.cron import FIELDS, Cron, CronError, parse, per_hour_max, skips_months
from backstay_aws.cron_days import (
    BeforeLast,
    LastOfWeekday,
    LastWeekday,
    MonthDays,
    NearestWeekday,
    NthOfWeekday,
    WeekDays,
)

REFUSED = [
    # text, the field that is blamed, the characters that are blamed
    ("rate(1 day)", None, "rate(1 day)"),
    ("0 5 ? * * *", None, "0 5 ? * * *"),
    ("cron(0 5 ? * * *", None, "cron(0 5 ? * * *"),
    ("cron 0 5 ? * * *)", None, "cron 0 5 ? * * *)"),
    ("", None, ""),
    ("cron()", None, ""),
    ("cron(0 5 * * *)", None, "0 5 * * *"),
    ("cron(0 0 5 ? * * *)", None, "0 0 5 ? * * *"),
    ("cron(0 5 * * * *)", "day-of-week", "*"),
    ("cron(0 5 1 * MON *)", "day-of-week", "MON"),
    ("cron(0 5 ? * ? *)", "day-of-week", "?"),
    ("cron(60 5 ? * * *)", "minutes", "60"),
    ("cron(0,75 5 ? * * *)", "minutes", "75"),
    ("cron(? 5 ? * * *)", "minutes", "?"),
    ("cron(-1 5 ? * * *)", "minutes", "-1"),
    ("cron(0 24 ? * * *)", "hours", "24"),
    ("cron(0 5 0 * ? *)", "day-of-month", "0"),
    ("cron(0 5 32 * ? *)", "day-of-month", "32"),
    ("cron(0 5 ? 13 * *)", "month", "13"),
    ("cron(0 5 ? SUN * *)", "month", "SUN"),
    ("cron(0 5 ? * 0 *)", "day-of-week", "0"),
    ("cron(0 5 ? * 8 *)", "day-of-week", "8"),
    ("cron(0 5 ? * JAN *)", "day-of-week", "JAN"),
    ("cron(0 5 ? * MON-FRI/2 *)", "day-of-week", "MON-FRI/2"),
    ("cron(0 5 ? * 2#6 *)", "day-of-week", "2#6"),
    ("cron(0 5 ? * 2#0 *)", "day-of-week", "2#0"),
    ("cron(0 5 ? * 2#1,3 *)", "day-of-week", "2#1,3"),
    ("cron(0 5 ? * 2#1,3#1 *)", "day-of-week", "2#1,3#1"),
    ("cron(0 5 ? * MON,6L *)", "day-of-week", "6L"),
    ("cron(0 5 1,15W * ? *)", "day-of-month", "1,15W"),
    ("cron(0 5 1-15W * ? *)", "day-of-month", "1-15W"),
    ("cron(0 5 32W * ? *)", "day-of-month", "32W"),
    ("cron(0 5 1,L * ? *)", "day-of-month", "1,L"),
    ("cron(0 5 L-31 * ? *)", "day-of-month", "L-31"),
    ("cron(0 5 L-0 * ? *)", "day-of-month", "L-0"),
    ("cron(0 */0 * * ? *)", "hours", "*/0"),
    ("cron(0 5/ * * ? *)", "hours", "5/"),
    ("cron(0 5/x * * ? *)", "hours", "5/x"),
    ("cron(0 1-2-3 * * ? *)", "hours", "1-2-3"),
    ("cron(0 1, * * ? *)", "hours", ","),
    ("cron(0 ,1 * * ? *)", "hours", ","),
    ("cron(0 1,,2 * * ? *)", "hours", ","),
    ("cron(0 5 * * ? 1969)", "year", "1969"),
    ("cron(0 5 * * ? 2200)", "year", "2200"),
    ("cron(0 5 * * ? 2030-2027)", "year", "2030-2027"),
    ("cron(0 ٥ * * ? *)", "hours", "٥"),
]


@pytest.mark.parametrize(("text", "field", "blamed"), REFUSED)
def test_refuses_and_points_at_the_fault(text: str, field: str | None, blamed: str) -> None:
    """What AWS does not take is refused, with the field's name and the very characters that are wrong."""
    with pytest.raises(CronError) as caught:
        parse(text)
    error = caught.value
    assert (error.field, text[error.start : error.end]) == (field, blamed)
    assert error.message == str(error)


def test_says_what_to_write_instead() -> None:
    """The usual paste errors are met with advice: rates, five fields, two day fields, steps of weekdays."""
    for text, word in [
        ("rate(12 hours)", "not rate"),
        ("cron(0 5 * * *)", "the sixth is the year"),
        ("cron(0 5 1 * 2 *)", "one of them must be ?"),
        ("cron(0 5 ? * 2/2 *)", "list the days"),
    ]:
        with pytest.raises(CronError, match=word.replace("?", r"\?")):
            parse(text)


DAY_RULES = [
    ("1,15 * ?", MonthDays((1, 15))),
    ("? * MON", WeekDays((2,))),
    ("? * 7-2", WeekDays((1, 2, 7))),
    ("? * L", WeekDays((7,))),
    ("L * ?", BeforeLast(0)),
    ("l-3 * ?", BeforeLast(3)),
    ("lw * ?", LastWeekday()),
    ("15w * ?", NearestWeekday(15)),
    ("? * fril", LastOfWeekday(6)),
    ("? * 1L", LastOfWeekday(1)),
    ("? * Tue#3", NthOfWeekday(3, 3)),
]


@pytest.mark.parametrize(("days", "rule"), DAY_RULES)
def test_reads_each_day_form(days: str, rule: object) -> None:
    """Every documented form of the day fields is read, in any case of letters."""
    assert parse(f"cron(0 5 {days} *)").days == rule


def test_reads_numbers_lists_ranges_and_steps() -> None:
    """Lists, ranges, ranges that wrap, and the three forms of steps give the sets that they mean."""
    cron = parse("cron(5/20 20-2,7 ? nov-feb/2 * 2026-2032/3)")
    assert cron.minutes == (5, 25, 45)
    assert cron.hours == (0, 1, 2, 7, 20, 21, 22, 23)
    assert cron.months == (1, 11)
    assert cron.years == (2026, 2029, 2032)
    assert parse("cron(*/30 * * * ? *)").minutes == (0, 30)


def test_keeps_text_and_places() -> None:
    """A schedule gives back its own text, and each field with its offsets, however many blanks stand between."""
    text = "cron(0 2  1 * ? *)"
    cron = parse(text)
    assert cron.text == text
    for name in FIELDS:
        part = cron.part(name)
        assert text[part.start : part.end] == part.text
    assert cron.part("day-of-month").text == "1"


@pytest.mark.parametrize(
    ("text", "count"),
    [("cron(0 5 ? * * *)", 1), ("cron(0 * ? * * *)", 1), ("cron(0,30 5 ? * * *)", 2), ("cron(* * ? * * *)", 60)],
)
def test_counts_firings_within_an_hour(text: str, count: int) -> None:
    """More than one firing within an hour is what AWS Backup refuses, so the count is exact."""
    assert per_hour_max(parse(text)) == count


@pytest.mark.parametrize(
    ("days", "months"),
    [
        ("31 * ?", (2, 4, 6, 9, 11)),
        ("30 * ?", (2,)),
        ("29 * ?", (2,)),
        ("28 * ?", ()),
        ("30,31 * ?", (2,)),
        ("1,31 * ?", ()),
        ("* * ?", ()),
        ("31 1,4,5 ?", (4,)),
        ("31W * ?", (2, 4, 6, 9, 11)),
        ("L * ?", ()),
        ("LW * ?", ()),
        ("L-28 * ?", (2,)),
        ("L-30 * ?", (2, 4, 6, 9, 11)),
        ("? * 6#5", ()),
        ("? * 6L", ()),
    ],
)
def test_lists_the_months_that_a_day_skips(days: str, months: tuple[int, ...]) -> None:
    """A month that lacks the schedule's only days is listed; one in which some day remains is not."""
    assert skips_months(parse(f"cron(0 5 {days} *)")) == months


@given(st.text(alphabet="0123456789*?/,-LW# SUNMOJAcron()", max_size=30))
def test_any_text_is_read_or_refused_within_its_bounds(inner: str) -> None:
    """Whatever is typed, the answer is a schedule or one CronError whose offsets lie inside the text."""
    for text in (inner, f"cron({inner})"):
        told = _answer(text)
        if isinstance(told, CronError):
            assert 0 <= told.start <= told.end <= len(text)
            assert told.field is None or told.field in FIELDS
        else:
            assert told.text == text


def _answer(text: str) -> Cron | CronError:
    try:
        return parse(text)
    except CronError as error:
        return error
