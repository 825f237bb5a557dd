"""Managed roles: what `Role("x", manage=True)` needs to be allowed, from everything that it is named for.

Which of AWS's policies a service role needs: developer guide "AWS managed policies for AWS Backup", "Malware
protection"; paths of the policies as IAM lists them; read 2026-11. The trust policies carry no `aws:SourceAccount`: no
page says that AWS Backup sends it when it assumes a role, and if it does not, no backup would ever start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from backstay import ir
from backstay.dsl.managed import Role
from backstay.resolve import places
from backstay.resolve.chosen import Chooser
from backstay.resolve.context import Context
from backstay.resolve.here import Here
from backstay.resolve.inherit import Effective
from backstay.resolve.layers import Layer
from backstay.resolve.pieces import Piece
from backstay.resolve.problem import problem, second
from backstay.resolve.restores import looks_here

BACKUP = "backup.amazonaws.com"
SCANNER = "malware-protection.guardduty.amazonaws.com"

BACKUPS = "service-role/AWSBackupServiceRolePolicyForBackup"
RESTORES = "service-role/AWSBackupServiceRolePolicyForRestores"
S3_BACKUPS = "AWSBackupServiceRolePolicyForS3Backup"
S3_RESTORES = "AWSBackupServiceRolePolicyForS3Restore"
INDEXING = "AWSBackupServiceRolePolicyForIndexing"
SCANS = "AWSBackupServiceRolePolicyForScans"
SCANNING = "AWSBackupGuardDutyRolePolicyForScans"


@dataclass(frozen=True, slots=True)
class Use:
    """What a managed role is for: the services that assume it, and the policies of AWS's that they need."""

    role: str
    services: frozenset[str]
    policies: frozenset[str]
    where: ir.Where = field(compare=False)

    def made(self, partition: str) -> ir.Role:
        """The role."""
        path, _, name = f"/{self.role.strip('/')}".rpartition("/")
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
                for service in sorted(self.services)
            ],
        }
        managed = tuple(f"arn:{partition}:iam::aws:policy/{policy}" for policy in sorted(self.policies))
        return ir.Role(name, f"{path}/", trust, managed, where=self.where)


@dataclass(frozen=True, slots=True)
class _Named:
    role: Role
    layer: Layer
    service: str
    policies: frozenset[str]


@dataclass(slots=True)
class Roles:
    """Works out and remembers what the policies that hold in a place use managed roles for."""

    context: Context
    chooser: Chooser
    _known: dict[int, tuple[_Named, ...]] = field(default_factory=dict)

    def uses(self, places: Iterable[Here]) -> tuple[Use, ...]:
        """The managed roles of some accounts, by name, from what holds in each of their Regions."""
        named = [one for here in places for one in (*self._named(here.effective), *_of_tests(here))]
        found: dict[str, list[_Named]] = {}
        for one in named:
            found.setdefault(one.role.name.rpartition("/")[2], []).append(one)
        return tuple(self._joined(group) for _, group in sorted(found.items()) if self._managed(group))

    def _named(self, effective: Effective) -> tuple[_Named, ...]:
        if id(effective) not in self._known:
            self._known[id(effective)] = tuple(self._of_plans(effective))
        return self._known[id(effective)]

    def _of_plans(self, effective: Effective) -> Iterator[_Named]:
        for plan in effective.plans:
            common = _of_rules(plan)
            for select in plan.children["select"]:
                holder = select if select.get("role") is not None else plan
                role = holder.get("role")
                if isinstance(role, Role):
                    types = self.chooser.types(select) if role.manage else None
                    more = {S3_BACKUPS} if types is None or "S3" in types else set()
                    yield _Named(role, holder.said["role"].layer, BACKUP, common | more)
            scan = plan.get("scan")
            if scan is not None and isinstance(scan.role, Role):
                yield _Named(scan.role, plan.said["scan"].layer, SCANNER, frozenset({SCANNING}))

    def _managed(self, group: list[_Named]) -> bool:
        """Whether roles of one name are to be managed; that some are and some are not is a complaint."""
        first = group[0].role
        if first.manage and first.name.startswith("arn:"):
            message = f"`{first.name}` is to be managed, and an ARN names a role that is there already"
            span = self.context.sources.where(first)[0]
            self.context.findings.append(problem("managed-or-not", message, span, help="write the role's name"))
            return False
        for one in group[1:]:
            if (one.role.name, one.role.manage) != (first.name, first.manage):
                what = "by another path" if one.role.name != first.name else "managed and not managed"
                message = f"role `{one.role.name}` is named {what} for the same accounts"
                others = second(self.context.sources.where(first)[0], "and here")
                span = self.context.sources.where(one.role)[0]
                self.context.findings.append(problem("managed-or-not", message, span, others=others))
                return False
        return first.manage

    def _joined(self, group: list[_Named]) -> Use:
        where = places.of_node(group[0].role, group[0].layer, self.context.sources)
        services = frozenset(one.service for one in group)
        return Use(group[0].role.name, services, frozenset().union(*(one.policies for one in group)), where)


def _of_rules(plan: Piece) -> frozenset[str]:
    """What any role of a plan needs for its rules."""
    rules = plan.children["rules"]
    scans = plan.get("scan") is not None or any(rule.get("scan") is not None for rule in rules)
    found = {BACKUPS: True, SCANS: scans, INDEXING: any(rule.get("index") for rule in rules)}
    return frozenset(policy for policy, needed in found.items() if needed)


def _of_tests(here: Here) -> Iterator[_Named]:
    """The roles of the restore tests that are not left out here."""
    for test in here.effective.things["restore_tests"]:
        for select in test.children["select"] if looks_here(here, test) else ():
            holder = select if select.get("role") is not None else test
            role = holder.get("role")
            if isinstance(role, Role):
                more = {S3_RESTORES} if select.get("type") == "S3" else set()
                yield _Named(role, holder.said["role"].layer, BACKUP, frozenset({RESTORES}) | more)
