"""For a finding, the command that explains it. Everything from outside is quoted for a shell."""

from __future__ import annotations

import shlex
from typing import assert_never

from backstay_agent.controls.control import Kind
from backstay_contract.findings import AuditFinding

_ABOUT_POINTS = "BACKUP_LAST_RECOVERY_POINT_CREATED"


def command(finding: AuditFinding, kind: Kind, vault: str, build: str) -> str:
    """The command: of ours for what a policy decides, of AWS's own command line for what only AWS can show.

    `vault` is the name of the vault that a recovery point lies in, empty for anything else.
    """
    match kind:
        case "resource" | "duty" if kind == "duty" or finding.control == _ABOUT_POINTS:
            words = ["aws", "backup", "list-recovery-points-by-resource", "--region", finding.region]
            words += ["--resource-arn", finding.resource]
        case "resource" | "duty":  # the tags decide which plan takes it
            words = ["aws", "resourcegroupstaggingapi", "get-resources", "--region", finding.region]
            words += ["--resource-arn-list", finding.resource]
        case "recovery point" | "stored point":
            words = ["aws", "backup", "describe-recovery-point", "--region", finding.region]
            words += ["--backup-vault-name", vault, "--recovery-point-arn", finding.resource]
        case "vault":
            name = finding.resource.rpartition(":")[2]
            words = ["aws", "backup", "get-backup-vault-access-policy", "--region", finding.region]
            words += ["--backup-vault-name", name]
        case "plan":
            words = ["aws", "backup", "get-backup-plan", "--region", finding.region]
            words += ["--backup-plan-id", finding.resource.rpartition(":")[2]]
        case "promised lock" | "promised plan":
            words = ["backstay", "plan", build, "--account", finding.account, "--detail"]
        case "latest job":
            listing = "list-copy-jobs" if finding.asked_by == "copy" else "list-backup-jobs"
            words = ["aws", "backup", listing, "--region", finding.region, "--by-resource-arn", finding.resource]
        case "waiver":
            words = ["backstay", "lint"]
        case _:
            assert_never(kind)
    return shlex.join(words)
