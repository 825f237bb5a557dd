"""Whether the vaults that copies go to in other accounts admit them, and are there, or will be after the apply."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.copies import copies
from backstay_agent.doctor.lines import Line, count, ok, problem, skipped, unknown
from backstay_agent.doctor.look import Answer, Look, Refused
from backstay_aws.access import admits

_COPY = "backup:CopyIntoBackupVault"
_GONE = {"ResourceNotFoundException"}


@dataclass(frozen=True, slots=True)
class Facts:
    """A vault that accounts copy into: its ARN, they, and its policy as the build wants it or as AWS has it."""

    arn: str
    sources: tuple[str, ...]
    wanted: Mapping[str, Any] | None
    in_build: bool
    vault: Answer | None
    live: Answer | None
    organization: str


def read(look: Look) -> tuple[Facts, ...]:
    """Asks AWS only for vaults that the build does not make itself."""
    wanted = look.wanted()
    sources: dict[tuple[str, str, str, str], set[str]] = {}
    for (account, _), one in wanted.items():
        for copy in copies(one):
            if copy.account != account:
                sources.setdefault((copy.arn, copy.account, copy.region, copy.vault), set()).add(account)
    return tuple(facts for _, facts in look.each(sorted(sources), lambda key: _read(look, key, sources[key])))


def _read(look: Look, key: tuple[str, str, str, str], sources: set[str]) -> Facts:
    arn, account, region, name = key
    build = look.build
    assert build is not None, "the check is asked only of a build"
    made = build.wanted(account, region).vaults.get(name)
    known = account in build.index.accounts or account == look.caller
    ask = made is None and known
    vault = look.ask(account, region, "backup", "DescribeBackupVault", BackupVaultName=name) if ask else None
    live = look.ask(account, region, "backup", "GetBackupVaultAccessPolicy", BackupVaultName=name) if ask else None
    policy = made.policy if made else None
    return Facts(arn, tuple(sorted(sources)), policy, made is not None, vault, live, build.index.organization.id)


def judge(vaults: tuple[Facts, ...]) -> Iterator[Line]:
    """Each admits every account that copies into it."""
    if not vaults:
        yield skipped("no copy goes to another account")
        return
    lines = [line for facts in vaults for line in _vault(facts)]
    yield from lines
    if len(lines) < len(vaults):
        fine = len(vaults) - len(lines)
        yield ok(f"{count(fine, 'vault')} in other accounts {'admits' if fine == 1 else 'admit'} the copies")


def _vault(facts: Facts) -> Iterator[Line]:
    who = count(len(facts.sources), "account")
    if facts.in_build:
        policy: Mapping[str, Any] | None = facts.wanted
    elif facts.vault is None or facts.live is None:
        yield unknown(f"{facts.arn}, which {who} copy into, is outside of the build's accounts; nobody can look")
        return
    elif isinstance(facts.vault, Refused) and facts.vault.code in _GONE:
        yield problem(f"{facts.arn}, which {who} copy into, is not there", "declare it in a policy, or make it")
        return
    elif isinstance(facts.live, Refused) and facts.live.code not in _GONE:
        yield unknown(f"{facts.arn}, which {who} copy into, cannot be looked at: {facts.live}")
        return
    else:
        policy = None if isinstance(facts.live, Refused) else json.loads(facts.live["Policy"])
    shut = [one for one in facts.sources if not _admitted(policy, one, facts)]
    if shut:
        told = ", ".join(shut[:3]) + (f" and {len(shut) - 3} more" if len(shut) > 3 else "")
        yield problem(
            f"{facts.arn} does not admit copies from {told}",
            "allow backup:CopyIntoBackupVault in its access policy (Access.allow_copies_from_organization())",
        )


def _admitted(policy: Mapping[str, Any] | None, account: str, facts: Facts) -> bool:
    return policy is not None and admits(
        policy,
        _COPY,
        principal_account=account,
        principal_arn=None,
        organization=facts.organization,
        org_path=None,
        vault_arn=facts.arn,
    )


CHECK = Check("vault-access", "build", 40, read, judge, of_build=True)
