"""A small organization, and policies resolved over it without the loader."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from backstay import ir
from backstay.dsl import Policy
from backstay.load import Loaded
from backstay.resolve import Resolved, resolve
from backstay.source import Sources
from backstay_contract.findings import Finding
from backstay_contract.organization import Organization

Resolve = Callable[..., Resolved]

ORGANIZATION: dict[str, Any] = {
    "id": "o-acme0001",
    "management_account": "100000000001",
    "backup_account": "100000000002",
    "regions": ["eu-central-1", "eu-west-1"],
    "root": {
        "accounts": [
            {"id": "100000000001", "name": "management"},
            {"id": "100000000002", "name": "central"},
        ],
        "units": [
            {
                "name": "Workloads",
                "units": [
                    {
                        "name": "Prod",
                        "accounts": [
                            {"id": "100000000010", "name": "pay-prod", "tags": {"env": "prod", "team": "pay"}},
                            {"id": "100000000011", "name": "web-prod", "tags": {"env": "prod", "team": "web"}},
                        ],
                    },
                    {
                        "name": "Dev",
                        "accounts": [{"id": "100000000020", "name": "pay-dev", "tags": {"env": "dev"}}],
                    },
                ],
            },
            {
                "name": "Sandbox",
                "accounts": [
                    {"id": "100000000030", "name": "twin", "regions": ["eu-central-1"]},
                    {"id": "100000000031", "name": "twin"},
                ],
            },
        ],
    },
}


@pytest.fixture(scope="session")
def organization() -> Organization:
    """Seven accounts in two Regions, two of them with one name, one with one Region only."""
    return Organization.model_validate(ORGANIZATION)


@pytest.fixture(scope="session")
def run(organization: Organization) -> Resolve:
    """Resolve policies made in the test itself."""

    def resolved(*policies: Policy, over: Organization = organization) -> Resolved:
        return resolve(Loaded(policies, Sources(), Path(), (), (), ()), over)

    return resolved


@pytest.fixture(scope="session")
def model(run: Resolve) -> Callable[..., ir.Model]:
    """The model of policies that have no errors."""

    def resolved(*policies: Policy) -> ir.Model:
        result = run(*policies)
        assert result.model is not None, result.findings
        return result.model

    return resolved


@pytest.fixture(scope="session")
def names(run: Resolve) -> Callable[..., list[str]]:
    """The names of what is wrong with policies, in order of the names."""

    def found(*policies: Policy) -> list[str]:
        return sorted(finding.name for finding in run(*policies).findings)

    return found


@pytest.fixture(scope="session")
def shape() -> Callable[[ir.Model, str, str], ir.Shape | None]:
    """The shape of an account, by its name, in a Region."""

    def of(model: ir.Model, account: str, region: str = "eu-central-1") -> ir.Shape | None:
        ids = {facts.id for facts in model.accounts.values() if facts.name == account}
        return next((one for one in model.shapes if one.region == region and ids & set(one.accounts)), None)

    return of


@pytest.fixture
def written(tmp_path: Path, organization: Organization) -> Callable[[str], tuple[Resolved, Callable[[Any], str]]]:
    """Resolve a policy text as the loader reads it; and the text at a place."""
    from backstay.load import load

    def resolved(text: str) -> tuple[Resolved, Callable[[Any], str]]:
        (tmp_path / "policies").mkdir(exist_ok=True)
        path = tmp_path / "policies" / "acme.py"
        path.write_text(text)
        loaded = load([tmp_path / "policies"])
        assert not loaded.findings, loaded.findings

        def at(span: Any) -> str:
            return text.splitlines()[span.line - 1][span.column - 1 : span.end_column - 1]

        return resolve(loaded, organization), at

    return resolved


@pytest.fixture(scope="session")
def only() -> Callable[[Iterable[Finding], str], Finding]:
    """The one finding of a name."""

    def one(findings: Iterable[Finding], name: str) -> Finding:
        (found,) = [finding for finding in findings if finding.name == name]
        return found

    return one
