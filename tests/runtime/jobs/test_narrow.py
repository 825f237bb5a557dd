"""What a caller asked for of a build."""

from __future__ import annotations

from typing import Any

import pytest

from backstay_agent.jobs.narrow import Narrow, choose, malformed

PAYMENTS, RISK, REGION = "100000000010", "100000000011", "eu-central-1"


def test_accounts_by_id_or_name(builds: Any) -> None:
    """An account may be named by its id or by its name; without a wish every place is meant."""
    build = builds.make(accounts=(PAYMENTS, RISK))
    everything = ((PAYMENTS, REGION), (RISK, REGION))
    assert choose(build, Narrow()).places == everything
    assert choose(build, Narrow(accounts=frozenset({"payments-prod"}))).places == everything[:1]
    assert choose(build, Narrow(accounts=frozenset({PAYMENTS, "risk-prod"}))).places == everything


@pytest.mark.parametrize(
    ("narrow", "complaint"),
    [
        (
            Narrow(accounts=frozenset({"payment-prod"})),
            "the build names no account payment-prod; nearest: payments-prod",
        ),
        (Narrow(plans=frozenset({"glod"})), "no account in question has a plan glod; nearest: gold"),
        (Narrow(rules=frozenset({"dayly"})), "no plan in question has a rule dayly; nearest: daily"),
        (Narrow(rules=frozenset({"xyz"})), "no plan in question has a rule xyz; there are: daily"),
    ],
)
def test_unknown_names(builds: Any, narrow: Narrow, complaint: str) -> None:
    """What the build does not have is told with the nearest that it has, or with what there is."""
    assert choose(builds.make(), narrow).complaints == (complaint,)


def test_every_complaint_at_once(builds: Any) -> None:
    """Two wrong names give two complaints; a wrong plan does not also blame its rules."""
    told = choose(builds.make(), Narrow(plans=frozenset({"x"}), rules=frozenset({"daily"}), accounts=frozenset({"y"})))
    assert [complaint.split()[-1] for complaint in told.complaints][:1] == ["payments-prod"]
    assert len(told.complaints) == 2
    assert told.places == ()


def test_malformed() -> None:
    """A resource that is no ARN is told before anybody is asked."""
    assert malformed(Narrow(resources=frozenset({"ledger", "arn:aws:s3:::ledger"}))) == ("ledger",)
