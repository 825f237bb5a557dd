"""A dump, account by account and Region by Region, as bodies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from backstay.importer.bodies import shapes
from backstay.importer.bodies.clean import Cleaner
from backstay.importer.bodies.shapes import Shape
from backstay.importer.found import Found, Kind, Scope, Unknown
from backstay.importer.problem import problem
from backstay.source.text import DataPath, Text
from backstay_contract.dump import Body, Dump, DumpedRegion, DumpedVault
from backstay_contract.findings import Finding

AIR_GAPPED = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"
STANDARD = "BACKUP_VAULT"
ORGANIZATIONS = ":backup-plan:orgs/"
"""What the ARN of a plan holds that comes from a backup policy of Organizations."""
SHORTEST_GRACE = 3
"""Days (Vault Lock page, read 2026-11); what a lock that is closed for ever once had no longer matters."""
OWN_BY_AWS = ("aws/", "Default")
"""How the names of vaults and plans begin that AWS makes by itself."""


class Reader:
    """Reads one dump; complaints point into its text."""

    def __init__(self, text: Text) -> None:
        self._cleaner = Cleaner(text)
        self._text = text

    def findings(self) -> list[Finding]:
        """What was wrong or is left out."""
        return self._cleaner.findings

    def everything(self, dump: Dump) -> Iterator[Found]:
        """All things of all accounts."""
        if dump.global_settings:
            place = self._text.place(("global_settings",))
            yield Found("global_settings", "global", dump.global_settings, place, (), Scope(target="root()"))
        for account in sorted(dump.accounts):
            for region in sorted(dump.accounts[account]):
                at: DataPath = ("accounts", account, region)
                yield from self._region(dump.accounts[account][region], at, Scope(account, region))
        for account, reason in sorted(dump.failed.items()):
            message = f"account {account} is not in the dump: {reason}"
            self._say(message, ("failed", account))

    def _region(self, region: DumpedRegion, at: DataPath, where: Scope) -> Iterator[Found]:
        for number, vault in enumerate(region.vaults):
            yield from self._vault(vault, (*at, "vaults", number), where)
        for number, plan in enumerate(region.plans):
            here = (*at, "plans", number)
            if ORGANIZATIONS in str(plan.plan.get("BackupPlanArn", "")):
                self._say("a plan of a backup policy is left out: import the policies themselves", (*here, "plan"))
                continue
            body = self._clean(plan.plan, shapes.PLAN, (*here, "plan"))
            inner = (body or {}).get("BackupPlan")
            if body is None or not isinstance(inner, Mapping):
                continue
            name = str(inner.get("BackupPlanName"))
            whole = {"BackupPlan": inner, "BackupPlanTags": dict(plan.tags)}
            yield self._found("plan", name, whole, here, where)
            for index, one in enumerate(plan.selections):
                yield from self._selection(one, name, (*here, "selections", index), where)
        yield from self._audit(region, at, where)
        yield from self._others(region, at, where)

    def _selection(self, one: Body, plan: str, at: DataPath, where: Scope) -> Iterator[Found]:
        body = self._clean(one, shapes.SELECTION, at)
        inner = (body or {}).get("BackupSelection")
        if isinstance(inner, Mapping):
            whole = {"BackupPlanName": plan, "BackupSelection": inner}
            yield self._found("selection", str(inner.get("SelectionName")), whole, at, where)

    def _vault(self, dumped: DumpedVault, at: DataPath, where: Scope) -> Iterator[Found]:
        said = dumped.vault
        name, kind = str(said.get("BackupVaultName", "")), said.get("VaultType", STANDARD)
        belongs = dumped.access_policy or dumped.notifications or dumped.tags or said.get("Locked")
        if name.startswith(OWN_BY_AWS) and not belongs:
            return
        if kind not in (STANDARD, AIR_GAPPED):
            self._say(f"the vault `{name}` is left out: vaults of type {kind} are not declared", (*at, "vault"))
            return
        gapped = kind == AIR_GAPPED
        body = self._clean(said, shapes.AIR_GAPPED_VAULT if gapped else shapes.VAULT, (*at, "vault"))
        if body is None:
            return
        tagged = {**body, **({"BackupVaultTags": dict(dumped.tags)} if dumped.tags else {})}
        yield self._found("air_gapped_vault" if gapped else "vault", name, tagged, (*at, "vault"), where)
        if said.get("Locked") and not gapped:
            yield self._found("lock", name, _lock(said, name), (*at, "vault"), where)
        if dumped.access_policy is not None:
            policy = {"BackupVaultName": name, "Policy": dumped.access_policy}
            yield self._found("access", name, policy, (*at, "access_policy"), where)
        if dumped.notifications is not None:
            told = self._clean(dumped.notifications, shapes.NOTIFICATIONS, (*at, "notifications"))
            whole = {**(told or {}), "BackupVaultName": name}
            yield self._found("notifications", name, whole, (*at, "notifications"), where)

    def _audit(self, region: DumpedRegion, at: DataPath, where: Scope) -> Iterator[Found]:
        for number, framework in enumerate(region.frameworks):
            here = (*at, "frameworks", number, "framework")
            body = self._clean(framework.framework, shapes.FRAMEWORK, here)
            if body is not None:
                whole = {**body, "FrameworkTags": dict(framework.tags)}
                yield self._found("framework", str(body.get("FrameworkName")), whole, here, where)
        for number, report in enumerate(region.report_plans):
            here = (*at, "report_plans", number, "report_plan")
            body = self._clean(report.report_plan, shapes.REPORT_PLAN, here)
            if body is not None:
                whole = {**body, "ReportPlanTags": dict(report.tags)}
                yield self._found("report_plan", str(body.get("ReportPlanName")), whole, here, where)
        for number, test in enumerate(region.restore_testing_plans):
            here = (*at, "restore_testing_plans", number)
            body = self._clean(test.plan, shapes.RESTORE_TESTING_PLAN, (*here, "plan"))
            if body is None:
                continue
            name = str(body.get("RestoreTestingPlanName"))
            whole = {"RestoreTestingPlan": body, "Tags": dict(test.tags)}
            yield self._found("restore_testing_plan", name, whole, (*here, "plan"), where)
            for index, one in enumerate(test.selections):
                inner = self._clean(one, shapes.RESTORE_TESTING_SELECTION, (*here, "selections", index))
                if inner is not None:
                    chosen = {"RestoreTestingPlanName": name, "RestoreTestingSelection": inner}
                    called = str(inner.get("RestoreTestingSelectionName"))
                    yield self._found("restore_testing_selection", called, chosen, here, where)

    def _others(self, region: DumpedRegion, at: DataPath, where: Scope) -> Iterator[Found]:
        for number, hold in enumerate(region.legal_holds):
            here = (*at, "legal_holds", number)
            body = self._clean(hold, shapes.LEGAL_HOLD, here)
            if body is not None:
                yield self._found("legal_hold", str(body.get("Title")), body, here, where)
        for number, tier in enumerate(region.tiering_configurations):
            here = (*at, "tiering_configurations", number, "configuration")
            body = self._clean(tier.configuration, shapes.TIERING, here)
            if body is not None:
                whole = {"TieringConfiguration": body, "TieringConfigurationTags": dict(tier.tags)}
                yield self._found("tiering", str(body.get("TieringConfigurationName")), whole, here, where)
        settings = region.region_settings or {}
        for member, kind in _SETTINGS.items():
            chosen = settings.get(member)
            if isinstance(chosen, Mapping) and chosen:
                yield self._found(kind, "settings", dict(chosen), (*at, "region_settings", member), where)

    def _clean(self, body: Body, shape: Shape, at: DataPath) -> dict[str, Any] | None:
        self._cleaner.base, self._cleaner.places = len(at), {}
        return self._cleaner.structure(body, shape, at)

    def _found(self, kind: Kind, name: str, body: Mapping[str, Any], at: DataPath, where: Scope) -> Found:
        return Found(kind, name, body, self._text.place(at), (), where, dict(self._cleaner.places))

    def _say(self, message: str, at: DataPath) -> None:
        self._cleaner.findings.append(problem("not-imported", message, self._text.place(at)))


_SETTINGS: Mapping[str, Kind] = {
    "ResourceTypeOptInPreference": "region_settings",
    "ResourceTypeManagementPreference": "management_preferences",
}


def _lock(vault: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The lock that a vault's description tells of: with a date it is a compliance lock."""
    bounds = {member: vault[member] for member in ("MinRetentionDays", "MaxRetentionDays") if vault.get(member)}
    if vault.get("LockDate") is None:
        return {"BackupVaultName": name, **bounds}
    why = "AWS tells the end of the grace time, not its length"
    grace = Unknown(f"LockDate {vault['LockDate']}", why, "grace", SHORTEST_GRACE)
    return {"BackupVaultName": name, **bounds, "ChangeableForDays": grace}
