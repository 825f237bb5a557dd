"""What the Terraform target writes is read back as the bodies that it was written from."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from backstay import pipeline
from backstay.emit import document
from backstay.emit import terraform as target
from backstay.importer import terraform
from backstay_contract.build import NOUNS, RARE_NOUNS
from backstay_contract.canonical import digest

POLICIES = Path(__file__).parents[4] / "policies" / "reference"
KINDS = {
    "plans": "plan",
    "selections": "selection",
    "vaults": "vault",
    "vault_locks": "lock",
    "vault_access_policies": "access",
    "vault_notifications": "notifications",
    "air_gapped_vaults": "air_gapped_vault",
    "frameworks": "framework",
    "report_plans": "report_plan",
    "restore_testing_plans": "restore_testing_plan",
    "restore_testing_selections": "restore_testing_selection",
    "tiering_configurations": "tiering",
    "keys": "key",
    "roles": "role",
}


def lean(value: Any, region: str) -> Any:
    """A body without empty members and the zero that AWS assumes anyway, its own Region as `$region`."""
    if isinstance(value, dict):
        kept = {name: lean(member, region) for name, member in value.items() if member not in ({}, [], None)}
        return {name: member for name, member in kept.items() if (name, member) != ("ValidationWindowHours", 0)}
    if isinstance(value, list | tuple):
        return [lean(item, region) for item in value]
    return value.replace(f":{region}:", ":$region:") if isinstance(value, str) else value


@pytest.mark.parametrize("name", ["startup", "hospital", "bank"])
def test_modules_are_read_back_as_they_were_meant(name: str, tmp_path: Path) -> None:
    """For each shape of a reference policy, every body that the provider can express comes back."""
    model = pipeline.check([POLICIES / name], None, now=datetime.date(2026, 11, 24), lint=False).model
    assert model is not None
    for path, data in target.emit(model):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    for shape in model.shapes:
        wanted = document.shape(shape).document()
        reading = terraform.read_folder(tmp_path / "terraform" / "modules" / digest(wanted))
        for noun in (*NOUNS, *RARE_NOUNS):
            if noun not in KINDS:
                continue
            read = [lean(one.body, shape.region) for one in reading.found if one.kind == KINDS[noun]]
            meant = [lean(body, shape.region) for body in wanted.get(noun, ())]
            assert len(read) == len(meant), noun
            assert [one for one in meant if one not in read] == [], noun
