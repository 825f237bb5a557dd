"""The Terraform target as files: a module once for each shape, a manifest, and what is left out told at its place."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backstay import ir, load, org, resolve
from backstay.emit import accounts, terraform
from backstay_aws.lifecycle import Lifecycle
from backstay_aws.terraform import complaints, gaps
from backstay_contract.canonical import pretty
from backstay_contract.findings import Span
from backstay_contract.terraform_modules import TerraformModules

GOLDEN = Path(__file__).parent / "golden"
UPDATE = "BACKSTAY_UPDATE_GOLDEN"

SMALL = '''"""Backups of a small company."""

from backstay import Plan, Policy, Rule, Select, Vault, daily, days, root, tag

vault = Vault("acme", tags={"note": "costs ${5}"})
plan = Plan(
    "gold", rules=[Rule("daily", at=daily("03:00"), into=vault, keep=days(35))],
    select=[Select("gold", where=tag("backup") == "gold")],
)
acme = Policy("acme", attach=root(), plans=[plan], vaults=[vault])
'''
LARGER = '''"""Backups with copies, locks and settings."""

from backstay import (
    Access, Copy, Lock, Notify, Plan, Policy, Rule, Select, Settings, Vault, account, daily, days, ou, tag,
)

dr = Vault("dr", account="central", region="eu-west-1", access=Access.allow_copies_from(organization=True))
primary = Vault("primary", key="alias/k", lock=Lock.governance(min=days(7)), notify=Notify("t", on=["COPY_JOB_FAILED"]))
gold = Plan(
    "gold",
    rules=[Rule("daily", at=daily("03:00", tz="Europe/Berlin"), into=primary, keep=days(35), copies=[Copy(to=dr)])],
    select=[Select("gold", where=(tag("backup") == "gold") & ~tag("env").like("tmp*"))],
)
base = Policy(
    "base", attach=ou("Work"), plans=[gold], vaults=[primary, dr],
    settings=Settings(cross_account_copies=True, opt_in={"RDS": True}),
)
'''
ORGANIZATION = {
    "id": "o-acme0001",
    "management_account": "100000000001",
    "regions": ["eu-central-1", "eu-west-1"],
    "root": {
        "accounts": [{"id": "100000000001", "name": "management"}, {"id": "100000000002", "name": "central"}],
        "units": [
            {
                "name": "Work",
                "accounts": [{"id": "100000000011", "name": "one"}, {"id": "100000000012", "name": "two"}],
            }
        ],
    },
}


def resolved(folder: Path, text: str) -> ir.Model:
    """The model of a policy for a small organization."""
    (folder / "policy.py").write_text(text)
    (folder / "org.json").write_text(json.dumps(ORGANIZATION))
    loaded = load.load([folder / "policy.py"])
    file = org.read(folder / "org.json")
    assert file.organization is not None
    done = resolve.resolve(loaded, file.organization, org_spans=file.spans)
    assert done.model is not None, done.findings
    return done.model


def shape(**more: Any) -> ir.Shape:
    """A shape of the model with some nouns."""
    return ir.Shape(
        region="eu-central-1", accounts=("100000000011",), units=("",), plans=(), vaults=(), opt_in=(), **more
    )


def model(*shapes: ir.Shape) -> ir.Model:
    """A model of some shapes."""
    return ir.Model(
        organization="o-acme0001",
        management_account="100000000001",
        backup_account=None,
        partition="aws",
        policies=("p",),
        accounts={},
        shapes=shapes,
        global_settings=(),
        global_where=None,
        waivers=(),
    )


def manifest(files: dict[str, bytes]) -> TerraformModules:
    """The manifest of what was emitted."""
    return TerraformModules.model_validate_json(files["terraform/modules.json"])


def _sorted(text: str) -> str:
    return pretty(json.loads(text)).decode()


@pytest.mark.parametrize(("name", "text"), [("small", SMALL), ("larger", LARGER)])
def test_modules_are_as_they_were_reviewed(name: str, text: str, tmp_path: Path) -> None:
    """Every file equals its golden copy, byte for byte; digests give way to numbers, by Region and accounts."""
    files = dict(terraform.emit(resolved(tmp_path, text)))
    modules = manifest(files).modules
    digests = sorted(modules, key=lambda digest: (modules[digest].region, modules[digest].accounts))
    found = {}
    for path, body in files.items():
        shown = body.decode()
        for number, digest in enumerate(digests):
            path, shown = path.replace(digest, f"module-{number}"), shown.replace(digest, f"module-{number}")
        found[path] = shown
    found["terraform/modules.json"] = _sorted(found["terraform/modules.json"])
    folder = GOLDEN / name
    if os.environ.get(UPDATE):
        for path, shown in found.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(shown)
    golden = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.json")}
    assert found == golden


@pytest.mark.parametrize("text", [SMALL, LARGER])
def test_the_manifest_covers_every_account_and_region(text: str, tmp_path: Path) -> None:
    """Each account and Region of the build has one module, named as its shape, and every module is one of the files."""
    policy = resolved(tmp_path, text)
    files = dict(terraform.emit(policy))
    index = json.loads(dict(accounts.emit(policy, tmp_path, packed=True))["index.json"])
    modules = manifest(files)
    covered = {(account, one.region): digest for digest, one in modules.modules.items() for account in one.accounts}
    built = {
        (account, region): digest
        for account, one in index["accounts"].items()
        for region, digest in one["regions"].items()
    }
    assert covered == built
    every = [*modules.modules.values(), *([modules.organization] if modules.organization else [])]
    names = ("main.tf.json", "variables.tf.json", "versions.tf.json")
    assert files.keys() == {f"terraform/{one.path}/{name}" for one in every for name in names} | {
        "terraform/modules.json"
    }
    for one in every:
        assert complaints(json.loads(files[f"terraform/{one.path}/main.tf.json"])) == ()
        versions = json.loads(files[f"terraform/{one.path}/versions.tf.json"])
        assert versions["terraform"]["required_providers"]["aws"]["version"] == one.provider
        variables = json.loads(files[f"terraform/{one.path}/variables.tf.json"])["variable"]
        assert set(variables) == {variable.name for variable in one.variables}


def test_settings_of_the_organization_are_the_management_accounts(tmp_path: Path) -> None:
    """They stand in a module of their own, for one account and no Region."""
    files = dict(terraform.emit(resolved(tmp_path, LARGER)))
    one = manifest(files).organization
    assert one is not None
    assert (one.accounts, one.region) == (("100000000001",), None)
    body = json.loads(files["terraform/modules/organization/main.tf.json"])
    settings = body["resource"]["aws_backup_global_settings"]["this"]
    assert settings == {"global_settings": {"isCrossAccountBackupEnabled": "true"}}


def test_many_accounts_are_only_a_longer_list(tmp_path: Path) -> None:
    """Ten thousand accounts of one shape have the same files as one, but for the manifest."""
    few = resolved(tmp_path, SMALL)
    many = tuple(f"{n:012d}" for n in range(10_000))
    crowd = replace(few, shapes=tuple(replace(one, accounts=many) for one in few.shapes))
    before, after = dict(terraform.emit(few)), dict(terraform.emit(crowd))
    assert before.pop("terraform/modules.json") != after["terraform/modules.json"]
    assert all(one.accounts == many for one in manifest(after).modules.values())
    after.pop("terraform/modules.json")
    assert before == after


def test_accounts_that_share_a_module_are_listed_once() -> None:
    """Two shapes that are written alike give one module with the accounts of both."""
    one, other = shape(), replace(shape(), accounts=("100000000012", "100000000011"))
    files = dict(terraform.emit(model(one, other)))
    (only,) = manifest(files).modules.values()
    assert only.accounts == ("100000000011", "100000000012")
    assert len(files) == 4


def lacking() -> ir.Shape:
    """A shape with everything that the provider cannot express, each at a line of its own."""
    lines = iter(range(1, 20))

    def where(*fields: str) -> ir.Where:
        spans = {name: Span("p.py", next(lines), 1, 1, 2) for name in fields}
        return ir.Where(Span("p.py", next(lines), 1, 1, 2), spans, "p", "root")

    rule = ir.Rule(
        name="daily",
        schedule="cron(0 5 * * ? *)",
        timezone="UTC",
        scheduled=True,
        vault="v",
        start_window=480,
        completion_window=10080,
        lifecycle=Lifecycle(None, None),
        continuous=False,
        copies=(),
        tags=(),
        where=where("index"),
        index=("EBS",),
    )
    advanced = (("EC2", (("WindowsVSS", "enabled"),)), ("S3", (("BackupACLs", "enabled"),)))
    plan = ir.Plan("gold", (rule,), (), (), where("s3_acls"), advanced)
    report = ir.Report("scans", None, "SCAN_JOB_REPORT", "b", None, ("CSV",), (), (), (), (), (), where("template"))
    arns, tags = ("arn:aws:rds:eu-central-1:$account:db:x",), (("a", "b"),)
    chosen = ir.RestoreSelection("rds", "RDS", "arn", arns, tags, (), (), 0, where("resources"))
    test = ir.RestoreTest(
        "weekly",
        "cron(0 5 ? * 1 *)",
        "UTC",
        24,
        "LATEST_WITHIN_WINDOW",
        ("*",),
        (),
        ("SNAPSHOT",),
        30,
        (chosen,),
        (),
        where(),
    )
    hold = ir.LegalHold("case 7", "d", ("v",), (), None, None, (), where())
    tiering = ir.Tiering("cheap", "*", (ir.TieringResources("S3", ("*",), 60),), (), where())
    more = shape(reports=(report,), restore_tests=(test,), legal_holds=(hold,), tiering=(tiering,))
    return replace(more, plans=(plan,))


def test_what_is_left_out_is_told_at_its_place() -> None:
    """Each thing that the provider lacks is one warning, at the keyword that asks for it, with what to do instead."""
    found = terraform.report(model(lacking()))
    assert [(one.name.removeprefix("terraform-lacks-"), one.span.line if one.span else None) for one in found] == [
        ("index-actions", 1),
        ("advanced-settings", 3),
        ("report-template", 5),
        ("restore-arns-with-conditions", 7),
        ("legal-hold", 10),
        ("tiering", 11),
    ]
    assert {one.name.removeprefix("terraform-lacks-") for one in found} == {gap.name for gap in gaps()}
    assert all((one.severity, one.accounts) == ("warning", 1) and one.help and one.notes for one in found)
    assert len({one.code for one in found}) == len(found)
    assert "`BackupACLs`" in found[1].message
    assert "WindowsVSS" not in found[1].message


def test_accounts_that_miss_something_are_counted_once() -> None:
    """A finding says how many accounts miss the thing, however many Regions they are in."""
    west = replace(lacking(), region="eu-west-1")
    same = [replace(one, plans=lacking().plans) for one in (lacking(), west)]
    other = replace(lacking(), accounts=("100000000011", "100000000012"))
    assert {one.accounts for one in terraform.report(model(*same, other))} == {2}


def test_the_manifest_says_what_each_module_lacks() -> None:
    """Nobody needs the compiler's output to learn what a module does not hold."""
    (only,) = manifest(dict(terraform.emit(model(lacking())))).modules.values()
    told = {(one.gap, one.what) for one in only.left_out}
    assert {gap for gap, _ in told} == {gap.name for gap in gaps()}
    assert ("legal-hold", "legal hold `case 7`") in told


def test_nothing_is_told_of_what_the_provider_can(tmp_path: Path) -> None:
    """Policies within the provider's reach have no findings, and nothing left out."""
    policy = resolved(tmp_path, LARGER)
    assert terraform.report(policy) == ()
    assert not any(one.left_out for one in manifest(dict(terraform.emit(policy))).modules.values())


def test_the_documentation_names_every_gap() -> None:
    """The page about the target lists what it leaves out, in the order of the table and in its words."""
    page = (Path(__file__).parents[3] / "docs" / "terraform.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", page, re.MULTILINE)
    assert [name for name, _ in rows] == [gap.name for gap in gaps()]
    assert all(words.split()[:2] == gap.lacks.split()[:2] for (_, words), gap in zip(rows, gaps(), strict=True))
