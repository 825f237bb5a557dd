"""An organization for policies that come without one: made of the units, accounts and pins that they mention."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from backstay.dsl import Policy
from backstay.dsl.target import AccountRef, AccountTag, Ou, Target
from backstay.dsl.vault import CopyAdmission, CopyDeparture
from backstay.load import Loaded
from backstay.resolve.names import WHOLE, access_parts, vaults_of
from backstay.resolve.targets import atoms, unit_path
from backstay.resolve.tree import UnitPath, is_id
from backstay_aws import arns
from backstay_contract.organization import Account, Organization, Root, Unit

HOME = {
    "aws": ("us-east-1", "eu-central-1"),
    "aws-us-gov": ("us-gov-west-1", "us-gov-east-1"),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
}
MANAGEMENT = "000000000001"


def placeholder_organization(loaded: Loaded) -> Organization:
    """An organization in which every name that the policies mention exists, with an account wherever one could be."""
    targets = [*(policy.attach for policy in loaded.policies), *(one.under for one in loaded.requirements)]
    named = [atom for target in targets if target is not None for atom in atoms(target)]
    serial = (f"{number:012d}" for number in count(2))
    tags = _tags(named)
    management = Account(id=MANAGEMENT, name="management")
    mentioned = [_account(name, serial) for name in _accounts(loaded.policies, named)]
    units = _tree(_units(loaded.policies, named), tags, serial)
    root = Root(accounts=(management, *mentioned, *_examples("example", tags, serial)), units=units)
    return Organization(id="o-example", management_account=MANAGEMENT, regions=_regions(loaded.policies), root=root)


def _accounts(policies: Sequence[Policy], named: Iterable[Target]) -> list[str]:
    found = [atom.account for atom in named if isinstance(atom, AccountRef)]
    for vault in (vault for policy in policies for vault in vaults_of(policy)):
        found += [vault.account] if vault.account is not None else []
        parts = [part for part in access_parts(vault) if isinstance(part, (CopyAdmission, CopyDeparture))]
        found += [account for part in parts for account in part.accounts if not is_id(account)]
    for report in (report for policy in policies for report in policy.reports):
        found += [account for account in report.accounts or () if account != WHOLE and not is_id(account)]
    return list(dict.fromkeys(found))


def _units(policies: Iterable[Policy], named: Iterable[Target]) -> set[UnitPath]:
    found = {unit_path(atom) for atom in named if isinstance(atom, Ou)}
    reports = (report for policy in policies for report in policy.reports)
    return found | {tuple(unit.split("/")) for one in reports for unit in one.units or () if not unit.startswith("ou-")}


def _account(name: str, serial: Iterator[str]) -> Account:
    return Account(id=name, name=f"account {name}") if is_id(name) else Account(id=next(serial), name=name[:50])


def _tags(named: Iterable[Target]) -> list[dict[str, str]]:
    """Tags of the example accounts: none, each one that is mentioned, and the first of every key together."""
    pairs = list(dict.fromkeys((atom.key, atom.value) for atom in named if isinstance(atom, AccountTag)))
    together = [dict(reversed(pairs))] if len(pairs) > 1 else []
    return [{}, *({key: value} for key, value in pairs), *together]


def _examples(name: str, tags: Iterable[dict[str, str]], serial: Iterator[str]) -> tuple[Account, ...]:
    return tuple(Account(id=(number := next(serial)), name=f"{name[:30]}-{number}", tags=one) for one in tags)


def _tree(paths: set[UnitPath], tags: list[dict[str, str]], serial: Iterator[str]) -> tuple[Unit, ...]:
    return tuple(
        Unit(
            name=name,
            accounts=_examples(name, tags, serial),
            units=_tree({path[1:] for path in paths if path[0] == name and len(path) > 1}, tags, serial),
        )
        for name in sorted({path[0] for path in paths})
    )


def _regions(policies: Iterable[Policy]) -> tuple[str, ...]:
    """Every Region that the policies mention, and one more, so that copies to another Region have one to come from."""
    found: dict[str, None] = {}
    for policy in policies:
        found.update(dict.fromkeys(policy.regions or ()))
        found.update(dict.fromkeys(vault.region for vault in vaults_of(policy) if vault.region is not None))
    partition = arns.partition_of(next(iter(found), "us-east-1"))
    homes = HOME.get(partition, ())
    extra = next((region for region in homes if region not in found), None)
    return (*sorted(found), *((extra,) if extra is not None else ())) or ("us-east-1",)
