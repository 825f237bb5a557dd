"""What the CloudFormation target writes is read back as the bodies that it was written from."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from backstay import pipeline
from backstay.emit import cloudformation as target
from backstay.emit import document
from backstay.importer import cloudformation
from backstay.importer.found import Unknown
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
    "legal_holds": "legal_hold",
    "tiering_configurations": "tiering",
    "keys": "key",
    "roles": "role",
}


def lean(value: Any, region: str) -> Any:
    """A body without empty members, its own Region as `$region`, an existing key as the parameter that it becomes."""
    if isinstance(value, dict):
        kept = {name: lean(member, region) for name, member in value.items() if member not in ({}, [], None)}
        alias = kept.get("EncryptionKeyArn")
        known = alias.startswith("arn:aws:kms:") if isinstance(alias, str) else isinstance(alias, Unknown)
        return {**kept, "EncryptionKeyArn": "a key"} if known else kept
    if isinstance(value, list | tuple):
        return [lean(item, region) for item in value]
    return value.replace(f":{region}:", ":$region:") if isinstance(value, str) else value


@pytest.mark.parametrize("name", ["startup", "hospital", "bank"])
def test_templates_are_read_back_as_they_were_meant(name: str) -> None:
    """For each shape of a reference policy, every body comes back; keys that exist already are parameters."""
    model = pipeline.check([POLICIES / name], None, now=datetime.date(2026, 11, 24), lint=False).model
    assert model is not None
    templates = {Path(path).stem: (path, data) for path, data in target.emit(model) if "/templates/" in path}
    for shape in model.shapes:
        wanted = document.shape(shape).document()
        reading = cloudformation.read(*templates[digest(wanted)])
        for noun in (*NOUNS, *RARE_NOUNS):
            read = [lean(one.body, shape.region) for one in reading.found if one.kind == KINDS[noun]]
            meant = [lean(body, shape.region) for body in wanted.get(noun, ())]
            assert len(read) == len(meant), noun
            assert [one for one in meant if one not in read] == [], noun
