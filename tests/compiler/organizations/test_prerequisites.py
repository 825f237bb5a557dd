"""`prerequisites.json`: all that the plans need and no backup policy carries, by account and Region."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema

from backstay import ir
from backstay.emit import organizations
from backstay_contract import schema
from backstay_contract.organizations import Attachments
from backstay_contract.prerequisites import Place, Prerequisites

NOWHERE = ir.Where(None)
UNITS = {"100000000001": "", "100000000002": "A", "100000000003": "A", "100000000004": "B"}


def vault(name: str, key: str | None = None) -> ir.Vault:
    """A declared vault."""
    return ir.Vault(name, key, (), None, None, None, None, False, NOWHERE)


def full(making: Any) -> ir.Model:
    """Two accounts with a plan and its vaults; copies to a vault next door and to one of a third account."""
    scan = ir.Scan(("S3",), "arn:aws:iam::$account:role/scan", NOWHERE)
    gap = ir.VaultRef("$account", "eu-west-1", "gap", "arn:aws:backup:eu-west-1:$account:backup-vault:gap")
    copies = (making.copy_to("dr", "eu-central-1"), making.copy_to("central", "eu-west-1", "100000000004"))
    daily = making.rule(copies=copies, air_gapped=gap, index=("S3",), scan="FULL_SCAN")
    chosen = [making.selection("buckets", types=("S3",), resources=("arn:aws:s3:::*",))]
    gold = making.plan(rules=[daily], chosen=chosen, scan=scan)
    berlin = making.plan("berlin", [making.rule(timezone="Europe/Berlin", vault="other")])
    made: ir.Model = making.model(
        UNITS,
        {
            **{(account, "eu-west-1"): [gold, berlin] for account in ("100000000002", "100000000003")},
            **{(account, "eu-central-1"): [] for account in ("100000000002", "100000000003")},
            ("100000000004", "eu-west-1"): [],
        },
    )
    key = "arn:aws:kms:eu-west-1:$account:alias/backup"
    role = ir.Role("AWSBackupDefaultServiceRole", "/service-role/", {}, ())
    more = {
        ("eu-central-1", "100000000002"): {"vaults": (vault("dr"),), "roles": (role,)},
        ("eu-west-1", "100000000002"): {"vaults": (vault("main", key),), "opt_in": (("S3", True),)},
        ("eu-west-1", "100000000004"): {"vaults": (vault("central"),)},
    }
    shapes = tuple(replace(shape, **more[shape.region, shape.accounts[0]]) for shape in made.shapes)
    return replace(made, shapes=shapes)


def document(made: ir.Model) -> Any:
    """The document, as emitted."""
    return json.loads(dict(organizations.emit(made))["prerequisites.json"])


def test_files_obey_the_contract(making: Any) -> None:
    """Both documents are what the committed JSON Schemas and the contract's types say."""
    files = dict(organizations.emit(full(making)))
    jsonschema.validate(json.loads(files["prerequisites.json"]), schema.load("prerequisites"))
    jsonschema.validate(json.loads(files["organizations/attachments.json"]), schema.load("organizations-attachments"))
    assert Prerequisites.model_validate_json(files["prerequisites.json"]).organization == "o-acme0001"
    attached = Attachments.model_validate_json(files["organizations/attachments.json"])
    assert {f"organizations/{one.document}" for one in attached.policies} == {p for p in files if "/policies/" in p}


def test_what_the_plans_need(making: Any) -> None:
    """Vaults, roles and keys with who needs them, whether a policy declares them, and what a far copy needs besides."""
    found = document(full(making))
    by_accounts = {tuple(one["accounts"]): one["regions"] for one in found["accounts"]}
    place = found["places"][by_accounts["100000000002", "100000000003"]["eu-west-1"]]
    own = "arn:aws:backup:eu-west-1:$account:backup-vault"
    assert [(v["arn"], v["kind"], v["declared"], v["used_by"], v["conditions"]) for v in place["vaults"]] == [
        ("arn:aws:backup:eu-central-1:$account:backup-vault:dr", "vault", True, ["gold/daily"], []),
        (f"{own}:gap", "air_gapped_vault", False, ["gold/daily"], []),
        (f"{own}:main", "vault", True, ["gold/daily"], []),
        (f"{own}:other", "vault", False, ["berlin/daily"], []),
        (
            "arn:aws:backup:eu-west-1:100000000004:backup-vault:central",
            "vault",
            True,
            ["gold/daily"],
            ["access-policy", "customer-managed-key", "cross-account-backup"],
        ),
    ]
    assert place["roles"] == [
        {
            "arn": "arn:aws:iam::$account:role/scan",
            "declared": False,
            "permissions": ["scan"],
            "used_by": ["gold"],
        },
        {
            "arn": making.role,
            "declared": True,
            "permissions": ["backup", "index", "s3"],
            "used_by": ["gold/buckets", "berlin/all"],
        },
    ]
    assert place["keys"] == [
        {"arn": "arn:aws:kms:eu-west-1:$account:alias/backup", "declared": False, "used_by": ["main"]}
    ]
    assert place["opt_in"] == ["S3"]
    assert found["global_settings"] == {"isCrossAccountBackupEnabled": "true"}


def test_the_rest_is_what_the_accounts_target_makes(making: Any) -> None:
    """What the policies declare stands in `rest` with the plans that move there, as in a build's shape."""
    from backstay.emit.document import shape as shape_of

    made = full(making)
    found = document(made)
    rest = {(shape.region, shape.accounts): shape for shape in organizations.remainder(made).shapes}
    assert len(rest) == len(found["places"]) == 3
    for group in found["accounts"]:
        for region, key in group["regions"].items():
            place = Place.model_validate(found["places"][key])
            assert place.region == region
            assert found["places"][key]["rest"] == shape_of(rest[region, tuple(group["accounts"])]).document()
    assert [[plan.name for plan in shape.plans] for shape in rest.values()] == [[], ["berlin"], []]


def test_the_file_grows_with_what_differs(making: Any) -> None:
    """A hundred accounts that need the same take one entry, however many they are."""
    gold = making.plan()
    units = {f"1{n:011}": "A" for n in range(100)}
    found = document(making.model(units, {(account, "eu-west-1"): [gold] for account in units}))
    assert [len(one["accounts"]) for one in found["accounts"]] == [100]
    assert len(found["places"]) == 1


def test_nothing_is_needed_for_nothing(making: Any) -> None:
    """An organization without plans has an empty manifest, and no policies."""
    files = dict(organizations.emit(making.model(UNITS, {})))
    assert sorted(files) == ["organizations/attachments.json", "prerequisites.json"]
    found = json.loads(files["prerequisites.json"])
    assert (found["accounts"], found["places"], found["global_settings"]) == ([], {}, {})
