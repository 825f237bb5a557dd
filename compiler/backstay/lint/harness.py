"""Runs the linter over pieces of policy text: what the examples of rules are tested with.

An example may be a whole file, or one or more calls of `Rule`, `Copy`, `Select`, `Plan`, `Vault` or what else stands
in a policy (`Framework`, `RestoreTest`, …) with commas between; what a file needs beside them is put around. All
examples know these vaults: `primary` (one in each account), `second` (likewise), `remote` (in eu-west-1) and `central`
(in the account `backup-central`, open to the organization). An example that begins like JSON is the plan and the
selections of a file, for rules about what no policy can say.
"""

from __future__ import annotations

import datetime
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from backstay.dsl import VOCABULARY
from backstay.lint.run import run
from backstay_contract.findings import Finding
from backstay_contract.organization import Organization

NOW = datetime.date(2026, 11, 22)

_VAULTS = """\
primary = Vault("primary", key="alias/backup")
second = Vault("second", key="alias/backup")
remote = Vault("remote", region="eu-west-1", key="alias/backup")
central = Vault("central", account="backup-central", region="eu-west-1", key="alias/backup",
    access=Access.allow_copies_from(organization=True))
"""
_SELECT = 'Select("gold", where=tag("backup") == "gold")'
_POLICY = (
    'policy = Policy("example", attach=ou("Workloads"), settings=Settings(cross_account_copies=True),\n'
    "    vaults=[primary, second, remote, central{vaults}], plans=[\n{plans}\n])\n"
)
_RULES = 'Plan("gold", rules=[\n{rules}\n], select=[' + _SELECT + "])"
_DAILY = 'Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[\n{copies}\n])'
_SELECTS = 'Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))], select=[\n{selects}\n])'
_LISTS = {
    # word → keyword of `Policy` under which calls of it stand
    "Framework": "frameworks",
    "Report": "reports",
    "RestoreTest": "restore_tests",
    "LegalHold": "legal_holds",
    "Tiering": "tiering",
}
_BEGINS = re.compile(rf"(?:\*\[)?(Rule|Copy|Select|Plan|Vault|AirGappedVault|{'|'.join(_LISTS)})\(")

_VOLUME = {"type": "EBS", "account": "100000000010", "region": "eu-central-1"}
INVENTORY: tuple[Mapping[str, Any], ...] = tuple(
    {**_VOLUME, "arn": f"arn:aws:ec2:eu-central-1:100000000010:volume/vol-{number}", "tags": {"backup": "gold", **more}}
    for number, more in enumerate(({}, {"team": "a"}, {"team": "b"}), 1)
)
"""Three volumes of the account `app`: all are `gold`, two are of a team."""


@dataclass(frozen=True)
class Outcome:
    """What came of one example: the file it stood in, and all findings, of loading and resolving too."""

    text: str
    findings: tuple[Finding, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the findings."""
        return tuple(finding.name for finding in self.findings)


def organization() -> Organization:
    """The organization that the examples are written for: three accounts, two Regions."""
    return Organization.model_validate(
        {
            "id": "o-example000",
            "management_account": "100000000001",
            "regions": ["eu-central-1", "eu-west-1"],
            "root": {
                "accounts": [{"id": "100000000001", "name": "management"}],
                "units": [
                    {"name": "Workloads", "accounts": [{"id": "100000000010", "name": "app"}]},
                    {"name": "Backup", "accounts": [{"id": "100000000002", "name": "backup-central"}]},
                ],
            },
        }
    )


def file_text(example: str) -> str:
    """The policy file that an example is part of."""
    head = f"from backstay import {', '.join(VOCABULARY)}\n{_VAULTS}"
    begins = _BEGINS.match(example)
    return head + (f"{example}\n" if begins is None else _wrapped(begins[1], example))


def _wrapped(word: str, example: str) -> str:
    if word in _LISTS:
        return _POLICY.replace("{vaults}", f"],\n{_LISTS[word]}=[\n{example}\n").replace("{plans}", "")
    if word in ("Vault", "AirGappedVault"):
        return _POLICY.replace("{vaults}", f",\n{example}\n").replace("{plans}", "")
    if word == "Copy":
        example = _RULES.replace("{rules}", _DAILY.replace("{copies}", example))
    if word == "Rule":
        example = _RULES.replace("{rules}", example)
    if word == "Select":
        example = _SELECTS.replace("{selects}", example)
    return _POLICY.replace("{vaults}", "").replace("{plans}", example)


def outcomes(examples: Sequence[str], *, now: datetime.date = NOW) -> tuple[Outcome, ...]:
    """Lint every example by itself. They are loaded together, so that a hundred take little longer than one."""
    found = iter(_policies([example for example in examples if not _is_file(example)], now))
    return tuple(_file(example, now) if _is_file(example) else next(found) for example in examples)


def _is_file(example: str) -> bool:
    return example.startswith(("{", "["))


def _file(example: str, now: datetime.date) -> Outcome:
    """The outcome of plan JSON."""
    from backstay.importer.plan import read
    from backstay.importer.together import together
    from backstay.lint.files import judge_files
    from backstay.lint.registry import every

    reading = replace(together([read("example.json", example.encode())]), dialect="plan")
    lines = example.splitlines()
    judged = judge_files(reading, every(), now=now, line=lambda _path, number: lines[number - 1])
    return Outcome(example, (*reading.findings, *judged.findings))


def _policies(examples: Sequence[str], now: datetime.date) -> tuple[Outcome, ...]:
    from backstay.load import load
    from backstay.resolve import resolve

    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"example_{number}.py" for number in range(len(examples))]
        for path, example in zip(paths, examples, strict=True):
            path.write_text(file_text(example), "utf-8")
        loaded = load(paths)
        found = []
        for path, example in zip(paths, examples, strict=True):
            alone = replace(
                loaded,
                policies=tuple(p for p in loaded.policies if p.span and Path(p.span.path).name == path.name),
                requirements=tuple(r for r in loaded.requirements if r.span and Path(r.span.path).name == path.name),
                sources=type(loaded.sources)(f for f in loaded.sources.values() if Path(f.path).name == path.name),
                findings=tuple(f for f in loaded.findings if f.span and Path(f.span.path).name == path.name),
            )
            resolved = resolve(alone, organization())
            findings = [*alone.findings, *resolved.findings]
            if resolved.model is not None:
                findings.extend(run(resolved.model, alone, now=now, inventory=INVENTORY).findings)
            found.append(Outcome(file_text(example), tuple(findings)))
    return tuple(found)
