"""The countdown of locks, day by day, and what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from backstay_agent.controls.facts import LockPromise, Place, Vault
from backstay_agent.reconcile.alerts import Memory, decide
from backstay_agent.reconcile.findings import Unseen
from backstay_agent.reconcile.tasks.locks import remaining, tell

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ACCOUNT, REGION = "100000000010", "eu-central-1"
ARN = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:acme-dr"
LOCKED = Vault(ARN, "acme-dr", "BACKUP_VAULT", locked=True, min_days=7, fixed_from=START + timedelta(days=20))
PROMISE = LockPromise("acme-dr", ARN, 7, None, 20, "vaults.py:3")


def heard(days: dict[int, Vault | None]) -> list[tuple[int, str, str]]:
    """What is told on which day, while the vault is what it is from a day on; None: the account cannot be read."""
    memory: Memory = {}
    kept: dict[str, str] = {}
    told = []
    vault: Vault | None = None
    for day in range(25):
        vault = days.get(day, vault)
        places = [Place(ACCOUNT, REGION, vaults=(vault,), locks_promised=())] if vault else []
        unseen = () if vault else (Unseen(ACCOUNT, None, "denied"),)
        result = tell(places, unseen, START + timedelta(days=day), kept)
        kept = dict(result.keep)
        alerts, memory = decide(memory, result)
        told += [(day, one.status, one.trouble.title) for one in alerts if one.trouble.key.startswith("locks/cooling")]
    return told


WARNING = "the lock of vault acme-dr can never be undone from 2026-12-12 12:00 UTC on"


def test_a_lock_is_told_at_14_7_3_and_1_days_and_when_it_is_final() -> None:
    """Once each, and not every day."""
    assert heard({0: LOCKED}) == [
        (6, "new", WARNING),
        (13, "changed", WARNING),
        (17, "changed", WARNING),
        (19, "changed", WARNING),
        (20, "resolved", "the lock of vault acme-dr can never be undone any more, since 2026-12-12"),
    ]


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (replace(LOCKED, locked=False, fixed_from=None, min_days=None), "was removed before it became final"),
        (replace(LOCKED, fixed_from=None), "is in governance mode now"),
    ],
)
def test_a_lock_that_was_taken_away_in_time_is_told(later: Vault, words: str) -> None:
    """Somebody thought better of it, and it is said."""
    told = heard({0: LOCKED, 10: later})
    assert told[-1] == (10, "resolved", f"the lock of vault acme-dr {words}")


def test_an_account_that_cannot_be_read_says_nothing_of_its_locks() -> None:
    """Not final, not removed: unknown, and told further when it is seen again."""
    assert [day for day, _, _ in heard({0: LOCKED, 8: None, 15: LOCKED})] == [6, 15, 17, 19, 20]


def test_the_countdown_is_a_figure() -> None:
    """Seconds left, one for each lock."""
    result = tell([Place(ACCOUNT, REGION, vaults=(LOCKED,))], (), START, {})
    (sample,) = [one for one in result.samples if one.family == "backstay_lock_final_in_seconds"]
    assert (sample.value, sample.labels) == (20 * 86400, (ACCOUNT, REGION, "acme-dr"))


@pytest.mark.parametrize("vault", [None, replace(LOCKED, fixed_from=None), replace(LOCKED, min_days=1)])
def test_a_lock_that_is_not_as_promised_is_critical(vault: Vault | None) -> None:
    """Gone, weaker in mode, weaker in bounds."""
    place = Place(ACCOUNT, REGION, vaults=(vault,) if vault else (), locks_promised=(PROMISE,))
    result = tell([place], (), START, {})
    assert (result.ending, [one.severity for one in result.troubles]) == ("findings", ["critical"])
    good = tell([replace(place, vaults=(LOCKED,))], (), START, {})
    assert (good.ending, good.troubles) == ("clean", ())


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=13, hours=20), "13 days"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(seconds=60), "1 minute"),
    ],
)
def test_what_is_left_is_told_in_the_unit_that_fits(left: timedelta, words: str) -> None:
    """Days, then hours, then minutes."""
    assert remaining(left) == words
