"""The JSON Schemas of all artifacts: generated from the models, committed beside them, and read by the agent.

`python -m backstay_contract.schema` writes the folder anew; `--check` and a test hold it in step.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

FOLDER = "json_schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def artifacts() -> dict[str, Any]:
    """Name of the schema file → the type that it is generated from."""
    from backstay_contract import (
        attachments,
        bootstrap,
        build,
        doctor,
        dump,
        evidence,
        findings,
        inventory,
        journal,
        organization,
        organizations,
        plan,
        prerequisites,
        promises,
        restore_tests,
        signature,
        stacksets,
        terraform_modules,
    )

    return {
        "audit-report": findings.AuditReport,
        "bootstrap": bootstrap.Bootstrap,
        "build-index": build.BuildIndex,
        "build-provenance": build.Provenance,
        "build-shape": build.Shape,
        "doctor-report": doctor.DoctorReport,
        "dump": dump.Dump,
        "evidence-controls": evidence.EvidenceControls,
        "evidence-manifest": evidence.EvidenceManifest,
        "evidence-statement": evidence.EvidenceStatement,
        "evidence-verdict": evidence.EvidenceVerdict,
        "inventory-resource": inventory.InventoryResource,
        "journal-line": journal.JournalLine,
        "lint-report": findings.LintReport,
        "organization": organization.Organization,
        "organizations-attachments": organizations.Attachments,
        "plan": plan.ChangePlan,
        "policy-attachments": attachments.PolicyAttachments,
        "prerequisites": prerequisites.Prerequisites,
        "promises": promises.Promises,
        "restore-tests": restore_tests.RestoreTestReport,
        "signature-envelope": signature.Envelope,
        "signature-statement": signature.Statement,
        "stacksets": stacksets.StackSets,
        "terraform-modules": terraform_modules.TerraformModules,
    }


def generate() -> dict[str, bytes]:
    """Every schema as the bytes of its file."""
    from pydantic import TypeAdapter

    from backstay_contract.canonical import pretty

    schemas = {}
    for name, kind in artifacts().items():
        schema = TypeAdapter(kind).json_schema(by_alias=True)
        schemas[f"{name}.json"] = pretty({"$schema": DIALECT, "$id": f"urn:backstay:{name}:1", **schema})
    return schemas


@cache
def load(name: str) -> dict[str, Any]:
    """The committed schema of an artifact, by its name without `.json`."""
    text = resources.files("backstay_contract").joinpath(FOLDER, f"{name}.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def drift() -> list[str]:
    """The names of committed schemas that are not what the models say now."""
    folder = Path(__file__).parent / FOLDER
    wanted = generate()
    present = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    return sorted(name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name))


def main(arguments: list[str]) -> int:
    """Write every schema into the package's folder; with `--check` write nothing and answer 1 if any differs."""
    if arguments == ["--check"]:
        stale = drift()
        if stale:
            sys.stderr.write(f"schemas out of step with the models: {', '.join(stale)}; run `make schemas`\n")
        return 1 if stale else 0
    folder = Path(__file__).parent / FOLDER
    folder.mkdir(exist_ok=True)
    for stale_file in folder.glob("*.json"):
        stale_file.unlink()
    for name, body in generate().items():
        (folder / name).write_bytes(body)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
