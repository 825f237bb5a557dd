"""What is sent: alike alerts together, short enough for every channel, and nothing that others wrote breaks it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.reconcile.alerts import Alert, Status
from backstay_agent.reconcile.deliver.sns import fitting
from backstay_agent.reconcile.findings import Trouble
from backstay_agent.reconcile.message import Origin, by_owner, compose

NOW = datetime(2026, 11, 22, 10, 51, tzinfo=UTC)
ORIGIN = Origin("o-acme0001", "ab" * 16, "build", lambda account: f"account-{account[-1]}")


def alert(number: int = 1, status: Status = "new", **more: Any) -> Alert:
    """An alert in an account."""
    members = {"title": "lock vault lock acme-dr", "severity": "warning", "region": "eu-west-1", **more}
    return Alert(status, Trouble(key=f"drift/{number}", account=f"{number:012d}", **members), NOW)


def test_alike_troubles_are_told_once_with_their_places() -> None:
    """Two hundred accounts with the same drift are three lines, not two hundred."""
    told = compose(ORIGIN, "drift", NOW, [alert(number, lines=("same",)) for number in range(1, 201)])
    assert told.text.count("lock vault lock acme-dr") == 1
    assert "account-1, eu-west-1; account-2, eu-west-1" in told.text
    assert len(told.text.splitlines()) < 10
    assert len(told.document["alerts"]) == 200


def test_every_id_to_approve_stands_in_the_text() -> None:
    """The commands are whole, with the build's own name."""
    commands = [f"backstay apply BUILD --approve lock-{number}" for number in range(3)]
    told = compose(ORIGIN, "drift", NOW, [alert(number, command=one) for number, one in enumerate(commands, 1)])
    for number in range(3):
        assert f"$ backstay apply build --approve lock-{number}" in told.text
    assert {row["command"] for row in told.document["alerts"]} == {one.replace("BUILD", "build") for one in commands}


def test_each_owner_gets_a_message_and_nobodys_comes_first() -> None:
    """Nothing is lost or told twice on the way, and each message says whose it is."""
    alerts = [alert(1, owner="shop"), alert(2), alert(3, owner="pay\x1b[31m"), alert(4, owner="shop")]
    groups = by_owner(alerts)
    assert [[one.trouble.owner for one in group] for group in groups] == [[None], ["pay\x1b[31m"], ["shop", "shop"]]
    assert sorted(map(repr, alerts)) == sorted(repr(one) for group in groups for one in group)
    told = [compose(ORIGIN, "audit", NOW, group) for group in groups]
    assert [one.owner for one in told] == [None, "pay\x1b[31m", "shop"]
    assert told[2].text.splitlines()[1] == "For shop, who owns what follows."
    assert "owner" not in told[0].document
    assert "\x1b" not in told[1].text
    assert by_owner([]) == []


def test_the_severity_is_that_of_the_worst_that_is_open() -> None:
    """What is over is no alarm."""
    over = alert(1, "resolved", severity="critical")
    assert compose(ORIGIN, "drift", NOW, [alert(2), over]).severity == "warning"
    assert compose(ORIGIN, "drift", NOW, [over]).severity == "notice"
    assert "over: " in compose(ORIGIN, "drift", NOW, [over]).subject


def test_a_message_has_bounds() -> None:
    """However many troubles there are, the rest is counted."""
    told = compose(ORIGIN, "drift", NOW, [alert(number, title=f"trouble {number}") for number in range(1100)])
    assert told.document["left_out"] == 100
    assert "and 1040 more kinds of trouble" in told.text


@given(st.text(min_size=1, max_size=200), st.lists(st.text(max_size=50), max_size=5))
def test_subjects_are_what_sns_takes_and_texts_hold_no_controls(title: str, lines: list[str]) -> None:
    """One line of printable ASCII, at most 100 characters; the document is JSON."""
    told = compose(ORIGIN, "drift", NOW, [alert(title=title, lines=tuple(lines))])
    assert 0 < len(told.subject) <= 100
    assert all(" " <= letter <= "~" for letter in told.subject)
    assert "\x1b" not in told.text
    assert json.loads(json.dumps(told.document))["alerts"][0]["title"] == title


def test_a_text_that_is_too_long_for_sns_is_cut_at_a_character() -> None:
    """256 KiB are the limit; letters of several bytes stay whole."""
    told = fitting("é" * 200_000)
    assert len(told.encode()) < 256 * 1024
    assert told.rstrip("é").startswith("\n… cut here") or told.startswith("é")
    assert "cut here" in told
    assert fitting("short") == "short"
