"""Comparing a restored bucket with the history of its source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.jobs.verify.objects import Comparison, Stored, Version, compare, wanted

NOW = datetime(2026, 11, 22, tzinfo=UTC)
KEYS = ("a", "b", "c")
_EVENT = st.tuples(st.sampled_from(KEYS), st.sampled_from(["one", "three", None]))
_EVENTS = st.lists(_EVENT, max_size=12)


def _history(events: list[tuple[str, str | None]], start: datetime) -> list[Version]:
    """Versions, one a second; content stands for the ETag, its length for the size, None is a deletion."""
    return [
        Version(key, f"v{number}", len(content or ""), content, start + timedelta(seconds=number))
        for number, (key, content) in enumerate(events)
    ]


def _restored(versions: list[Version]) -> list[Stored]:
    """What a right restore of that history gives."""
    current = {version.key: version for version in versions}
    return [Stored(one.key, one.size, one.etag) for one in current.values() if one.etag is not None]


@given(_EVENTS, _EVENTS)
def test_a_right_restore_is_right_whatever_happens_later(
    before: list[tuple[str, str | None]], after: list[tuple[str, str | None]]
) -> None:
    """Changes and deletions of the source after the backup never make a right restore look wrong."""
    past = _history(before, NOW - timedelta(days=1))
    found = compare(_restored(past), past + _history(after, NOW + timedelta(hours=1)), NOW)
    assert (found.missing, found.different, found.doubtful) == ((), (), ())


@given(_EVENTS, _EVENTS, st.sampled_from(KEYS))
def test_what_is_lost_is_missed(
    before: list[tuple[str, str | None]], after: list[tuple[str, str | None]], lost: str
) -> None:
    """An object that existed at the backup and was not restored is missed."""
    past = _history(before, NOW - timedelta(days=1))
    whole = _restored(past)
    found = compare([one for one in whole if one.key != lost], past + _history(after, NOW + timedelta(hours=1)), NOW)
    assert found.missing == ((lost,) if any(one.key == lost for one in whole) else ())


@given(_EVENTS.filter(lambda events: any(content for _, content in events)))
def test_what_is_damaged_is_seen(before: list[tuple[str, str | None]]) -> None:
    """Content that the source never had is different, or doubtful where only the size agrees."""
    past = _history(before, NOW - timedelta(days=1))
    longer = [Stored(one.key, one.size + 100, "x") for one in _restored(past)]
    altered = [Stored(one.key, one.size, "x") for one in _restored(past)]
    assert len(compare(longer, past, NOW).different) == len(longer)
    assert len(compare(altered, past, NOW).doubtful) == len(altered)


def test_left_out_by_aws() -> None:
    """Objects in storage classes that AWS Backup leaves out are not missed."""
    cold = Version("a", "v", 3, "one", NOW - timedelta(days=1), "GLACIER")
    assert compare([], [cold], NOW) == Comparison()


def test_object_without_a_source() -> None:
    """An object that the source has no version of any more is told apart."""
    assert compare([Stored("a", 3, "one")], [], NOW).gone == ("a",)


def test_wanted_items() -> None:
    """ItemsToRestore names keys, or prefixes that end with a slash; without it everything is wanted."""
    assert all(map(wanted(None), KEYS))
    takes = wanted('["a", "b/"]')
    assert [takes(key) for key in ("a", "aa", "b", "b/c")] == [True, False, False, True]
