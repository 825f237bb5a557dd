"""Whether the keys of the build's vaults are there, enabled, the customer's own where copies need it, and usable."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.copies import copies
from backstay_agent.doctor.lines import Line, count, ok, problem, skipped, unknown
from backstay_agent.doctor.look import Answer, Look, Refused
from backstay_agent.wanted import Wanted, default_key

_GONE = {"NotFoundException"}


@dataclass(frozen=True, slots=True)
class Facts:
    """A key of a place: how it is named, what needs it, whether copies cross accounts there, and what KMS says."""

    account: str
    region: str
    reference: str
    needed_by: str
    crossing: bool
    key: Answer
    policy: Answer


@dataclass(frozen=True, slots=True)
class All:
    """Every key that some vault of the build names, and vaults under AWS's key that take part in crossing copies."""

    keys: tuple[Facts, ...]
    own_key: tuple[tuple[str, str, str], ...]


def read(look: Look) -> All:
    """Describes each key once, in its place."""
    wanted, opened = look.wanted(), set(look.opened())
    crossing = _crossing(wanted)
    asked = [
        (place, reference, reason)
        for place, one in wanted.items()
        if place in opened
        for reference, reason in dict(one.key_references()).items()
    ]
    keys = look.each(asked, lambda one: _read(look, *one, crossing))
    own = tuple(
        (*place, vault.name)
        for place, one in wanted.items()
        for vault in one.vaults.values()
        if vault.key in (None, default_key(*place)) and (*place, vault.name) in crossing
    )
    return All(tuple(facts for _, facts in keys), own)


def _crossing(wanted: Mapping[tuple[str, str], Wanted]) -> frozenset[tuple[str, str, str]]:
    """The vaults, as account, Region and name, that a copy to another account leaves or enters."""
    found = set()
    for (account, region), one in wanted.items():
        for copy in copies(one):
            if copy.account != account:
                found |= {(account, region, copy.source), (copy.account, copy.region, copy.vault)}
    return frozenset(found)


def _read(
    look: Look, place: tuple[str, str], reference: str, reason: str, crossing: frozenset[tuple[str, str, str]]
) -> Facts:
    vault = reason.removeprefix("vault ")
    key = look.ask(*place, "kms", "DescribeKey", KeyId=reference)
    policy: Answer = Refused("Skipped", "GetKeyPolicy", "")
    if not isinstance(key, Refused):
        members = {"KeyId": key["KeyMetadata"]["KeyId"], "PolicyName": "default"}
        policy = look.ask(*place, "kms", "GetKeyPolicy", **members)
    return Facts(*place, reference, reason, (*place, vault) in crossing, key, policy)


def judge(facts: All) -> Iterator[Line]:
    """Each is there and enabled; a copy to another account needs the customer's own, on both sides."""
    lines = [line for key in facts.keys for line in _key(key)]
    lines += [
        problem(
            f"vault {vault} is under AWS Backup's own key, which no copy to or from another account can use",
            "give the vault a key of yours in the policy",
            account,
            region,
        )
        for account, region, vault in facts.own_key
    ]
    yield from lines
    if not facts.keys and not lines:
        yield skipped("no vault of the build names a key where accounts open")
    fine = len(facts.keys) - len({(line.account, line.region) for line in lines})
    if fine > 0:
        yield ok(f"{count(fine, 'key')} {'is' if fine == 1 else 'are'} there and enabled")


def _key(facts: Facts) -> Iterator[Line]:
    place = facts.account, facts.region
    what = f"the key {facts.reference} of {facts.needed_by}"
    if isinstance(facts.key, Refused):
        if facts.key.code in _GONE:
            yield problem(f"{what} is not there", f"make the key, or its alias, in {facts.region}", *place)
        else:
            yield unknown(f"{what} cannot be looked at: {facts.key}", *place)
        return
    about = facts.key["KeyMetadata"]
    if about.get("KeyState", "Enabled") != "Enabled":
        remedy = f"aws kms enable-key --key-id {about['KeyId']} --region {facts.region}"
        yield problem(f"{what} is {about['KeyState']}", remedy, *place)
    elif facts.crossing and about.get("KeyManager") == "AWS":
        yield problem(f"{what} is AWS's own, and copies cross accounts there", "name a key of yours", *place)
    elif not isinstance(facts.policy, Refused) and not hands_over(facts.policy["Policy"], facts.account):
        remedy = "see that the key's policy lets AWS Backup's role create grants, encrypt and decrypt"
        yield unknown(f"{what} leaves nothing to IAM: who may use it stands in its policy alone", *place, remedy)


def hands_over(policy: str, account: str) -> bool:
    """Whether a key policy lets IAM of the account decide, as the usual first statement does (`root`, `kms:*`)."""
    try:
        statements = json.loads(policy).get("Statement", ())
    except (ValueError, AttributeError):
        return False
    return any(_to_root(one, account) for one in _listed(statements) if isinstance(one, Mapping))


def _to_root(statement: Mapping[str, Any], account: str) -> bool:
    principal = statement.get("Principal")
    named = principal.get("AWS") if isinstance(principal, Mapping) else principal
    admitted = any(one in ("*", account) or str(one).endswith(f":{account}:root") for one in _listed(named))
    every = any(action in ("*", "kms:*") for action in _listed(statement.get("Action")))
    return statement.get("Effect") == "Allow" and admitted and every and not statement.get("Condition")


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]


CHECK = Check("keys", "build", 30, read, judge, of_build=True)
