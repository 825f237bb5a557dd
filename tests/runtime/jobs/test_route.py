"""Ways of copies: one hop where AWS allows it, stops where it does not, and a sentence where there is no way."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.jobs.route import OBSTACLES, Load, NoRoute, Route, Vault, obstacles, plan, row_of, stop
from backstay_aws import catalog

HERE, THERE, NEAR, FAR = "100000000010", "100000000002", "eu-central-1", "eu-west-1"


def _vault(account: str = HERE, region: str = NEAR, name: str = "v", **facts: Any) -> Vault:
    return Vault(account, region, name, **{"key": "customer", **facts})


def _load(type_: str, kind: str = "", **facts: Any) -> Load:
    row = catalog.resource_type(type_, kind)
    assert row is not None
    return Load(row, _vault(name="source"), **{"key": "customer", **facts})


STOP, FAR_STOP = _vault(name="stop"), _vault(region=FAR, name="far-stop")
CENTRAL, FAR_CENTRAL = _vault(THERE, name="central"), _vault(THERE, FAR, "central")


@pytest.mark.parametrize(
    ("load", "to", "stops"),
    [
        (_load("S3", key="aws"), FAR_CENTRAL, []),
        (_load("EBS"), CENTRAL, []),
        (_load("EBS", key="aws"), CENTRAL, ["stop"]),
        (_load("RDS", key="aws"), FAR_CENTRAL, ["stop"]),
        (_load("EBS", key="aws"), _vault(name="other"), []),
        (_load("EBS", key="unknown"), CENTRAL, []),
        (_load("EBS", key="aws"), _vault(kind="air-gapped", name="gap"), ["stop"]),
        (_load("EBS", key="none"), CENTRAL, []),
    ],
)
def test_ways(load: Load, to: Vault, stops: list[str]) -> None:
    """A copy goes straight where AWS lets it, and over a vault with a customer's key where only the key forbids it."""
    found = plan(load, to, (STOP, FAR_STOP))
    assert isinstance(found, Route)
    assert [hop.to.name for hop in found.hops[:-1]] == stops
    assert found.hops[-1].to == to
    assert bool(found.hops[0].why) == bool(stops)


def test_region_and_account_in_two() -> None:
    """A type that cannot change Region and account at once stops in its own account, in the other Region."""
    row = catalog.resource_type("RDS")
    assert row is not None
    from dataclasses import replace

    load = Load(replace(row, cross_region_and_account="no"), _vault(name="source"), "customer")
    found = plan(load, FAR_CENTRAL, (STOP, FAR_STOP))
    assert isinstance(found, Route)
    assert [hop.to.name for hop in found.hops] == ["far-stop", "central"]
    assert "cannot be copied to eu-west-1 in account 100000000002 at once" in found.hops[0].why
    assert isinstance(plan(load, FAR_CENTRAL, (STOP,)), NoRoute)


@pytest.mark.parametrize(
    ("load", "to", "why"),
    [
        (_load("S3"), _vault(region="us-gov-west-1"), "partition"),
        (_load("S3"), _vault(name="source"), "already"),
        (_load("S3", cold=True), CENTRAL, "cold"),
        (_load("S3", continuous=True), CENTRAL, "continuous"),
        (_load("S3"), _vault(THERE, name="Default"), "Default"),
        (_load("S3"), _vault(kind="restore-access"), "holds nothing"),
        (_load("DynamoDB"), CENTRAL, "does not copy DynamoDB"),
        (_load("RDS", "multi-az-cluster"), CENTRAL, "does not copy RDS"),
        (_load("RDS"), _vault(kind="air-gapped"), "do not take RDS"),
        (_load("Aurora", key="none"), _vault(kind="air-gapped"), "stay so"),
        (_load("EBS"), _vault(THERE, key="default"), "aws/backup"),
        (_load("EBS", key="aws"), CENTRAL, "a stop on the way needs"),
    ],
)
def test_no_way(load: Load, to: Vault, why: str) -> None:
    """Where no way leads, the reason is said."""
    found = plan(load, to, (FAR_STOP,) if "stop" not in why else ())
    assert isinstance(found, NoRoute)
    assert why in found.why


def test_stops() -> None:
    """A stop is a standard vault whose key travels and whose lock lets a recovery point go after some days."""
    assert stop(_vault(), 5)
    assert stop(_vault(least=7, most=400), 7)
    assert not stop(_vault(most=4), 5)
    assert not stop(_vault(least=7), 5)
    assert not stop(_vault(key="default"), 5)
    assert not stop(_vault(kind="air-gapped"), 30)


_KEYS, _KINDS = ("customer", "default", "aws", "unknown"), ("standard", "air-gapped")
_VAULTS = [
    _vault(account, region, f"{kind}-{key}", kind=kind, key=key)
    for account, region, kind, key in product((HERE, THERE), (NEAR, FAR), _KINDS, _KEYS)
]
_ROWS = [row for one in catalog.resource_types() for row in (one, *one.kinds)]


@given(
    st.sampled_from(_ROWS),
    st.sampled_from(_VAULTS),
    st.sampled_from(("none", "customer", "aws", "unknown")),
    st.sampled_from(_VAULTS),
    st.lists(st.sampled_from(_VAULTS), unique=True, max_size=5),
)
def test_routes_hold_together(row: Any, at: Vault, key: Any, to: Vault, between: list[Vault]) -> None:
    """Each hop begins where the last one ended, nothing is visited twice, and a straight way is never made longer."""
    load = Load(row, at, key)
    found = plan(load, to, between)
    straight = not list(obstacles(load, to))
    if isinstance(found, NoRoute):
        assert found.why
        assert not straight
        return
    assert (len(found.hops) == 1) == straight
    assert len(found.hops) <= 3
    assert found.hops[0].source == at
    assert found.hops[-1].to == to
    assert all(one.to == other.source for one, other in zip(found.hops, found.hops[1:], strict=False))
    assert len({hop.to.arn for hop in found.hops}) == len(found.hops)


def test_rows_have_sources() -> None:
    """Every fact about AWS says where it was read, and when."""
    assert all(one.source and re.fullmatch(r"\d{4}-\d\d-\d\d", one.date) for one in OBSTACLES)


@pytest.mark.parametrize(
    ("type_", "point", "resource", "kind"),
    [
        ("DynamoDB", "arn:aws:backup:r:1:recovery-point:x", "arn:aws:dynamodb:r:1:table/t", "advanced"),
        ("DynamoDB", "arn:aws:dynamodb:r:1:table/t/backup/x", "arn:aws:dynamodb:r:1:table/t", ""),
        ("FSx", "arn:aws:fsx:r:1:backup/backup-1", "arn:aws:fsx:r:1:volume/fs/v", "ontap"),
        ("RDS", "arn:aws:rds:r:1:cluster-snapshot:x", "arn:aws:rds:r:1:cluster:c", "multi-az-cluster"),
        ("S3", "arn:aws:backup:r:1:recovery-point:x", "arn:aws:s3:::b", ""),
    ],
)
def test_kinds(type_: str, point: str, resource: str, kind: str) -> None:
    """Kinds of one type are told apart by the ARNs."""
    found = row_of(type_, point, resource)
    assert found is not None
    assert found.kind == kind
