"""Whether what the build adds stays within AWS Backup's quotas, account by account and Region by Region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.lines import Line, ok, problem, skipped, unknown
from backstay_agent.doctor.look import Answer, Look, Refused
from backstay_agent.wanted import Wanted
from backstay_aws import catalog
from backstay_contract.plan import PartNoun

_NEAR = 0.8
"""From this share on a quota is told even though it holds."""
# Quota of the catalogue → how what counts against it is listed: operation, member, the member that names one.
_COUNTED: Mapping[str, tuple[str, str, str]] = {
    "vaults_per_region": ("ListBackupVaults", "BackupVaultList", "BackupVaultName"),
    "plans_per_region": ("ListBackupPlans", "BackupPlansList", "BackupPlanName"),
    "frameworks": ("ListFrameworks", "Frameworks", "FrameworkName"),
    "report_plans": ("ListReportPlans", "ReportPlans", "ReportPlanName"),
    "restore_plans": ("ListRestoreTestingPlans", "RestoreTestingPlans", "RestoreTestingPlanName"),
}
_NOUNS: Mapping[str, tuple[str, PartNoun | None]] = {
    # Quota → how its things are called, and the kind of those that stand among the parts.
    "vaults_per_region": ("backup vaults", "air-gapped-vault"),
    "plans_per_region": ("backup plans", None),
    "frameworks": ("frameworks", "framework"),
    "report_plans": ("report plans", "report-plan"),
    "restore_plans": ("restore testing plans", "restore-testing-plan"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """A quota in a place: the names that are there, and those that the build wants."""

    account: str
    region: str
    quota: str
    there: tuple[str, ...] | Refused
    wanted: frozenset[str]


def read(look: Look) -> tuple[Facts, ...]:
    """Lists what the build adds to; what it adds nothing to is not asked for."""
    opened = set(look.opened())
    asked = [
        (place, quota, names)
        for place, wanted in look.wanted().items()
        if place in opened
        for quota in _COUNTED
        if (names := _wanted(wanted, quota))
    ]
    found = look.each(asked, lambda one: _list(look, one[0], one[1]))
    return tuple(Facts(*place, quota, _names(quota, answer), names) for (place, quota, names), answer in found)


def _list(look: Look, place: tuple[str, str], quota: str) -> Answer:
    operation, member, _ = _COUNTED[quota]
    return look.listing(*place, "backup", operation, member)


def _names(quota: str, answer: Answer) -> tuple[str, ...] | Refused:
    _, member, name = _COUNTED[quota]
    return answer if isinstance(answer, Refused) else tuple(str(item[name]) for item in answer[member])


def _wanted(wanted: Wanted, quota: str) -> frozenset[str]:
    of_build = {"vaults_per_region": wanted.vaults, "plans_per_region": wanted.plans}.get(quota, {})
    kind = _NOUNS[quota][1]
    return frozenset({*of_build, *(wanted.parts.get(kind, {}) if kind else {})})


def judge(quotas: tuple[Facts, ...]) -> Iterator[Line]:
    """What is there, with what the build adds, is no more than AWS lets there be."""
    if not quotas:
        yield skipped("the build adds nothing that is counted where accounts open")
        return
    lines = [line for facts in quotas for line in _quota(facts)]
    yield from lines
    if not any(line.verdict in ("problem", "unknown") for line in lines):
        yield ok(_fullest(quotas))


def _quota(facts: Facts) -> Iterator[Line]:
    noun, place = _NOUNS[facts.quota][0], (facts.account, facts.region)
    if isinstance(facts.there, Refused):
        yield unknown(f"how many {noun} there are is not told: {facts.there}", *place)
        return
    row = next(one for one in catalog.limits() if one.name == facts.quota)
    total = _total(facts)
    if total <= row.value:
        return
    told = f"{total} {noun} after the apply, and AWS lets there be {row.value}"
    if row.adjustable == "no":
        yield problem(told, "spread them over accounts or Regions", *place)
    else:
        remedy = f"aws service-quotas list-service-quotas --service-code backup --region {facts.region}"
        yield unknown(f"{told} unless the quota was raised", *place, remedy)


def _total(facts: Facts) -> int:
    """How many there will be. Plans may share a name, so those that are there are counted one by one."""
    there = () if isinstance(facts.there, Refused) else facts.there
    return len(there) + len(facts.wanted - set(there))


def _fullest(quotas: tuple[Facts, ...]) -> str:
    """The quota of which most is used, as a sentence."""
    values = {row.name: row.value for row in catalog.limits()}
    top = max(quotas, key=lambda facts: (_total(facts) / values[facts.quota], facts.account, facts.region))
    left = values[top.quota] - _total(top)
    noun = _NOUNS[top.quota][0]
    near = ", which is near" if _total(top) >= _NEAR * values[top.quota] else ""
    return f"quotas hold; the fullest: {noun}, {_total(top)} in {top.account}, {top.region}, {left} left{near}"


CHECK = Check("quotas", "build", 60, read, judge, of_build=True)
