"""Templates that are broken or meant to harm: findings, in short time, never an exception."""

from __future__ import annotations

import time

import pytest

from backstay.importer import cloudformation

HEAD = "AWSTemplateFormatVersion: '2010-09-09'\n"
VAULT = "  {name}:\n    Type: AWS::Backup::BackupVault\n    Properties:\n      BackupVaultName: {value}\n"
ALIASES = "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(9))


def vaults(*values: str) -> bytes:
    """Vaults with these names."""
    listed = "".join(VAULT.format(name=f"V{number}", value=value) for number, value in enumerate(values))
    return f"{HEAD}Resources:\n{listed}".encode()


CASES = {
    "aliases": (f"{HEAD}a: &a [x,x,x,x,x,x,x,x,x,x]\n{ALIASES}Resources: {{}}\n".encode(), "unreadable-source"),
    "brackets": (b"[" * 100_000, "unreadable-source"),
    "empty": (b"", "unreadable-source"),
    "binary": (bytes(range(256)), "unreadable-source"),
    "itself": (vaults("!Ref V0"), "circular-reference"),
    "circle": (vaults("!Ref V1", "!Ref V0"), "circular-reference"),
    "conditions": (
        b"Conditions: {X: !Not [!Condition Y], Y: !Not [!Condition X]}\n" + vaults("!If [X, a, b]"),
        "circular-reference",
    ),
    "chain": (vaults(*(f"!Ref V{number + 1}" for number in range(1500)), "x"), "too-large"),
    "no structures": (
        b"Parameters: 5\nResources:\n  A: 5\n  B: {Type: 3}\n  C: {Type: 'AWS::Backup::BackupPlan', Properties: 5}\n",
        "wrong-value",
    ),
    "wrong structures": (
        b"Resources:\n  A:\n    Type: AWS::Backup::BackupSelection\n"
        b"    Properties: {BackupSelection: [1, 2], BackupPlanId: {a: 1}}\n"
        b"  B:\n    Type: AWS::Backup::BackupVault\n"
        b"    Properties: {BackupVaultName: [], LockConfiguration: 5, AccessPolicy: x}\n",
        "wrong-value",
    ),
}


@pytest.mark.parametrize(("data", "name"), CASES.values(), ids=list(CASES))
def test_harmful_templates_give_findings(data: bytes, name: str) -> None:
    """Each ends within seconds with a finding of its kind."""
    started = time.monotonic()
    reading = cloudformation.read("t.yaml", data)
    assert time.monotonic() - started < 20
    assert name in {one.name for one in reading.findings}


def test_text_that_doubles_is_not_unfolded() -> None:
    """Names that double one another stop at a length that no value of AWS has."""
    values = [f'!Sub "${{V{number + 1}}}${{V{number + 1}}}"' for number in range(30)]
    reading = cloudformation.read("t.yaml", vaults(*values, "x" * 10))
    assert max(len(str(one.body["BackupVaultName"])) for one in reading.found) < 200_000


FUNCTIONS = (
    "!Sub 5", "!Sub [1, 2]", "!Select [a, b]", "!FindInMap [M, a, b]", "!If [a]", "!GetAtt X", "!GetAtt [a, b, c]",
    "!Ref [a]", "!Cidr x", "!Base64 {a: b}", "!Join [1, 2]", "!GetAtt 5", "!Split [1, 2]", "!Equals 1", "!Or 3",
)  # fmt: skip


@pytest.mark.parametrize("text", FUNCTIONS)
def test_broken_calls_of_functions_do_not_raise(text: str) -> None:
    """A function with wrong arguments leaves its value open."""
    reading = cloudformation.read("t.yaml", b"Mappings: {M: 3}\n" + vaults(text))
    assert len(reading.found) + len(reading.findings) > 0
