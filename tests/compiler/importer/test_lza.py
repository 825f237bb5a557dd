"""A Landing Zone Accelerator's configuration: its policies where they are deployed, its vaults, its placeholders."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from backstay.importer import dialects
from backstay.importer.write.source import write

ORGANIZATION = """\
enable: true
backupPolicies:
  - name: BackupPolicy
    description: Backups
    policy: backup-policies/plan.json
    deploymentTargets:
      organizationalUnits:
        - Workloads/Prod
        - Sandbox
"""
GLOBAL = """\
homeRegion: {{ AcceleratorHomeRegion }}
enabledRegions: [{{ AcceleratorHomeRegion }}]
backup:
  vaults:
    - name: "{{ Prefix }}-vault"
      deploymentTargets:
        organizationalUnits: [Root]
    - name: shared
      deploymentTargets:
        accounts: [shared]
        excludedRegions: [us-east-1]
      policy: vault-policies/shared.json
"""
REPLACEMENTS = """\
globalReplacements:
  - key: Prefix
    type: String
    value: acme
  - key: Regions
    type: StringList
    value: [eu-central-1, us-east-1]
"""
PLAN = """\
{"plans": {"daily": {
  "regions": {"@@append": ${ACCEL_LOOKUP::CUSTOM:Regions}},
  "rules": {"r": {
    "schedule_expression": {"@@assign": "cron(0 5 ? * * *)"},
    "target_backup_vault_name": {"@@assign": "${ACCEL_LOOKUP::CUSTOM:Prefix}-vault"},
    "lifecycle": {"delete_after_days": {"@@assign": "${ACCEL_LOOKUP::CUSTOM:Days}"}}}},
  "selections": {"tags": {"t": {
    "iam_role_arn": {"@@assign": "arn:${PARTITION}:iam::$account:role/Backup"},
    "tag_key": {"@@assign": "backup"}, "tag_value": {"@@assign": ["daily"]}}}}}}}
"""
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}


def configuration(folder: Path) -> Path:
    """A configuration folder."""
    files = {
        "organization-config.yaml": ORGANIZATION,
        "global-config.yaml": GLOBAL,
        "replacements-config.yaml": REPLACEMENTS,
        "backup-policies/plan.json": PLAN,
        "vault-policies/shared.json": json.dumps(DENY),
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_a_configuration(tmp_path: Path) -> None:
    """Policies stand where they are deployed, vaults too, and the configuration's own replacements are filled in."""
    reading = dialects.read_all([configuration(tmp_path)])[0]
    source = write(reading, ["lza"]).source
    assert [finding.name for finding in reading.findings] == ["not-imported"]
    assert 'attach=ou("Workloads/Prod") | ou("Sandbox")' in source
    assert 'regions=["eu-central-1", "us-east-1"]' in source
    assert 'acme_vault = Vault("acme-vault")' in source
    assert "into=acme_vault" in source
    assert "# left out: `keep`; could not be decided: ${ACCEL_LOOKUP::CUSTOM:Days}" in source
    assert 'attach=account("shared")' in source
    assert [unknown.expression for unknown in reading.params] == ["${ACCEL_LOOKUP::CUSTOM:Days}"]


def test_it_compiles(tmp_path: Path, build: Callable[[str], Any]) -> None:
    """Without the one value that the configuration leaves open, the source compiles to what the accelerator deploys."""
    source = write(dialects.read_all([configuration(tmp_path / "lza")])[0], ["lza"]).source
    shapes = build(source)
    rule = shapes["100000000020", "us-east-1"]["plans"][0]["BackupPlan"]["Rules"][0]
    assert (rule["TargetBackupVaultName"], rule.get("Lifecycle")) == ("acme-vault", None)
    assert "plans" not in shapes["100000000003", "us-east-1"]
    assert shapes["100000000003", "eu-central-1"]["vault_access_policies"][0]["Policy"] == DENY
    assert shapes["100000000001", "eu-central-1"]["vaults"][0]["BackupVaultName"] == "acme-vault"


def test_a_policy_that_is_not_there(tmp_path: Path) -> None:
    """A document that is not there is said where it is named; outside the folder none is looked for."""
    folder = configuration(tmp_path)
    (folder / "backup-policies/plan.json").unlink()
    reading = dialects.read_all([folder])[0]
    finding = next(one for one in reading.findings if one.severity == "error")
    assert (finding.name, finding.span and finding.span.line) == ("unreadable-source", 5)
    text = (folder / "organization-config.yaml").read_text().replace("backup-policies/plan.json", "../../plan.json")
    (folder / "organization-config.yaml").write_text(text)
    assert any("outside" in finding.message for finding in dialects.read_all([folder])[0].findings)


def test_what_is_excluded(tmp_path: Path, build: Callable[[str], Any]) -> None:
    """Accounts and Regions that a deployment leaves out stay out."""
    folder = configuration(tmp_path)
    vaults = """\
enabledRegions: [eu-central-1, "{{ Second }}"]
backup:
  vaults:
    - name: shared
      deploymentTargets:
        organizationalUnits: [Workloads/Prod, Sandbox]
        excludedAccounts: [orders]
        excludedRegions: [us-east-1]
"""
    given = "globalReplacements: [{key: Second, type: String, value: us-east-1}]\n"
    (folder / "organization-config.yaml").unlink()
    (folder / "global-config.yaml").write_text(vaults)
    (folder / "replacements-config.yaml").write_text(given)
    reading = dialects.read_all([folder])[0]
    assert not reading.findings
    source = write(reading, ["lza"]).source
    shapes = build(source)
    assert {place for place, shape in shapes.items() if "vaults" in shape} == {
        ("100000000010", "eu-central-1"),
        ("100000000020", "eu-central-1"),
    }


def test_targets_that_are_none(tmp_path: Path) -> None:
    """What is no list is told where it stands; what names no target holds where somebody says, not at the root."""
    (tmp_path / "global-config.yaml").write_text("""\
backup:
  vaults:
    - name: one
      deploymentTargets: {organizationalUnits: Root}
    - name: two
""")
    (tmp_path / "organization-config.yaml").write_text("backupPolicies: 5\n")
    reading = dialects.read_all([tmp_path])[0]
    assert [(one.name, one.span and one.span.line) for one in reading.findings] == [
        ("wrong-value", 1),
        ("wrong-value", 4),
    ]
    assert [(one.name, one.where.target) for one in reading.found] == [("one", None), ("two", None)]


def test_a_policy_of_several_units_is_told_once(tmp_path: Path) -> None:
    """What is wrong with a document is said once, however many units it goes to."""
    folder = configuration(tmp_path)
    text = PLAN.replace('"target_backup_vault_name"', '"TargetBackupVaultName"')
    (folder / "backup-policies/plan.json").write_text(text)
    findings = [one for one in dialects.read_all([folder])[0].findings if one.name == "wrong-dialect-member"]
    assert len(findings) == 1
