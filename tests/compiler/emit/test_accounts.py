"""The build: shapes with digests, an index, the places of every value, a folder for each account."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from backstay_contract import schema
from backstay_contract.build import BuildIndex, Provenance, Shape
from backstay_contract.canonical import digest, pretty

Emitted = Callable[..., dict[str, bytes]]


def pointers(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a document that holds no others, by its JSON pointer."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not items or not value:
        yield at, value
    for key, inner in items:
        yield from pointers(inner, f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}")


@pytest.mark.parametrize("packed", [True, False])
def test_files_obey_the_contract(packed: bool, acme: Path, emitted: Emitted) -> None:
    """Every file is what the committed JSON Schemas and the contract's types say, and named by its digest."""
    files = emitted(acme, packed=packed)
    for name, body in files.items():
        document = json.loads(body)
        if name.startswith("shapes/"):
            jsonschema.validate(document, schema.load("build-shape"))
            assert Shape.model_validate_json(body).document() == document
            assert name == f"shapes/{digest(document)}.json"
            assert body == pretty(document)
        elif not packed:
            assert body == pretty(document)
    jsonschema.validate(json.loads(files["index.json"]), schema.load("build-index"))
    jsonschema.validate(json.loads(files["provenance.json"]), schema.load("build-provenance"))
    assert any(name.startswith("accounts/") for name in files) is not packed


def test_index(acme: Path, emitted: Emitted) -> None:
    """Every account is in the index, with the shapes of the Regions in which it gets something."""
    files = emitted(acme)
    index = BuildIndex.model_validate_json(files["index.json"])
    assert {account.name: sorted(account.regions) for account in index.accounts.values()} == {
        "management": [],
        "central": ["eu-west-1"],
        "one": ["eu-central-1", "eu-west-1"],
        "two": ["eu-central-1", "eu-west-1"],
        "three": ["eu-central-1", "eu-west-1"],
    }
    assert index.accounts["100000000010"].regions == index.accounts["100000000012"].regions
    named = {f"shapes/{one}.json" for account in index.accounts.values() for one in account.regions.values()}
    assert named == {name for name in files if name.startswith("shapes/")}
    assert index.policies == ("base", "own")


def test_accounts_carry_their_own_ids(acme: Path, emitted: Emitted) -> None:
    """People read real ids: the placeholder stands in shapes only."""
    files = emitted(acme)
    tree = {name: body for name, body in files.items() if name.startswith("accounts/")}
    assert not any(b"$account" in body for body in tree.values())
    assert b"arn:aws:kms:eu-west-1:100000000010:alias/k" in tree["accounts/100000000010/eu-west-1/vaults.json"]
    assert {name.rsplit("/", 1)[1] for name in tree if "/100000000010/eu-central-1/" in name} == {
        "plans.json",
        "selections.json",
        "vaults.json",
        "vault-locks.json",
        "vault-notifications.json",
        "region-settings.json",
    }
    assert sorted(name for name in tree if "/100000000002/" in name) == [
        "accounts/100000000002/eu-west-1/vault-access-policies.json",
        "accounts/100000000002/eu-west-1/vaults.json",
    ]


def test_every_value_has_a_place(acme: Path, emitted: Emitted) -> None:
    """Each single value within a shape can be traced to file, line, column, policy and target."""
    files = emitted(acme)
    provenance = Provenance.model_validate_json(files["provenance.json"])
    lines = (acme / "policies" / "acme.py").read_text().splitlines()
    said = {}
    for name, body in files.items():
        if not name.startswith("shapes/"):
            continue
        document = json.loads(body)
        places = provenance.shapes[name.removeprefix("shapes/").removesuffix(".json")]
        values = {
            at: value for at, value in pointers(document) if at not in ("/format", "/region") and at.count("/") > 1
        }
        assert set(values) <= set(places)
        for pointer, number in places.items():
            origin = provenance.origins[number]
            assert origin.path == "acme.py"
            if origin.line == origin.end_line:
                text = lines[origin.line - 1][origin.column - 1 : origin.end_column - 1]
                said[pointer, document["region"], origin.policy] = text
    keep = "/plans/0/BackupPlan/Rules/0/Lifecycle/DeleteAfterDays"
    assert said[keep, "eu-west-1", "base"] == "days(35)"
    assert said[keep, "eu-west-1", "own"] == "days(40)"
    copied = "/plans/0/BackupPlan/Rules/0/CopyActions/0/Lifecycle/DeleteAfterDays"
    assert said[copied, "eu-west-1", "own"] == "days(40)"
    assert said["/plans/0/BackupPlanTags/a~1b", "eu-west-1", "base"] == '{"a/b": "c~d"}'
    selection = "/selections/0/BackupSelection/Conditions/StringNotLike/0/ConditionValue"
    assert said[selection, "eu-west-1", "base"] == 'tag("env").like("tmp*")'
    assert said["/vault_locks/0/MinRetentionDays", "eu-west-1", "base"] == "days(7)"


def test_a_comment_changes_only_places(acme: Path, emitted: Emitted) -> None:
    """Provenance stands outside all digests."""
    before = emitted(acme)
    path = acme / "policies" / "acme.py"
    path.write_text(f"# a comment\n{path.read_text()}")
    after = emitted(acme)
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} == {"provenance.json"}


@pytest.mark.parametrize(
    ("folder", "policies", "environment"),
    [
        (".", "policies", {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"}),
        ("policies", ".", {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LC_ALL": "C.UTF-8"}),
        ("/", "{acme}/policies", {"PYTHONHASHSEED": "3"}),
    ],
)
def test_same_bytes_everywhere(
    folder: str, policies: str, environment: dict[str, str], acme: Path, emitted: Emitted
) -> None:
    """Working directory, hash seed, time zone and locale leave no trace in a build."""
    out = acme / "out"
    run = "import sys; from backstay.cli.compile import compile as run; run(sys.argv[1:])"
    paths = [policies.format(acme=acme), "--org", str(acme / "org.json"), "-o", str(out), "--now", "2026-11-22"]
    subprocess.run(
        [sys.executable, "-c", run, *paths], cwd=acme / folder, env={**os.environ, **environment}, check=True
    )
    files = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert files == emitted(acme)
