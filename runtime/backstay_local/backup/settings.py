"""Settings of an account in a Region (opt-ins) and of a whole organization (cross-account backup)."""

from __future__ import annotations

from collections.abc import Callable

from backstay_aws import catalog
from backstay_local.backup import errors, events
from backstay_local.backup.rows import GlobalSettings, RegionSettings
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call

CROSS_ACCOUNT, MULTI_PARTY = "isCrossAccountBackupEnabled", "isMpaEnabled"
_GLOBAL = (CROSS_ACCOUNT, MULTI_PARTY, "isDelegatedAdministratorEnabled")
_MEMBERS = ("ResourceTypeOptInPreference", "ResourceTypeManagementPreference", "ResourceTypeOptInIncremental")
_INCREMENTAL = ("DynamoDB",)  # "currently available for Amazon DynamoDB" (API reference, UpdateRegionSettings)
_MANAGED = ("CloudFormation", "DSQL", "DynamoDB", "EFS")  # ResourceTypeManagementPreference keys seen (semantics §4)


def opt_ins(state: State, account: str, region: str) -> dict[str, bool]:
    """The opt-in keys that an account has set in a Region, on or off."""
    found = state.tables.region_settings.get(account, region)
    return dict(found.opt_in) if found is not None else {}


def opted_in(state: State, account: str, region: str) -> Callable[[str], bool]:
    """Answers whether an opt-in key is on; everything is until the account says otherwise."""
    changed = opt_ins(state, account, region)
    return lambda key: changed.get(key, True)


def advanced_dynamodb(state: State, account: str, region: str) -> bool:
    """Whether DynamoDB tables of an account in a Region get advanced, fully managed backups."""
    found = state.tables.region_settings.get(account, region)
    own = found.management if found is not None else {}
    return own.get("DynamoDB", state.settings.dynamodb_advanced)


def incremental(state: State, account: str, region: str, resource_type: str) -> bool:
    """Whether an account has opted in to incremental backups of a type whose backups are full otherwise."""
    found = state.tables.region_settings.get(account, region)
    return found is not None and found.incremental.get(resource_type, False)


def cross_account_enabled(state: State) -> bool:
    """Whether the organization allows copies from account to account."""
    return _on(state, CROSS_ACCOUNT)


def multi_party_enabled(state: State, account: str) -> bool:
    """Whether an account is in the organization, and the organization uses multi-party approval."""
    organization = state.world.organization()
    return organization is not None and account in organization.members and _on(state, MULTI_PARTY)


def _on(state: State, setting: str) -> bool:
    organization = state.world.organization()
    found = state.tables.global_settings.get(organization.management_account) if organization else None
    return found is not None and found.settings.get(setting) == "true"


def _describe_region(state: State, call: Call, _params: Facts) -> Facts:
    found = state.tables.region_settings.get(call.account, call.region)
    keys = sorted({row.opt_in for row in catalog.resource_types()})
    management = dict.fromkeys(_MANAGED, True) | {"DynamoDB": state.settings.dynamodb_advanced}
    return {
        "ResourceTypeOptInPreference": dict.fromkeys(keys, True) | (found.opt_in if found else {}),
        "ResourceTypeManagementPreference": management | (found.management if found else {}),
        "ResourceTypeOptInIncremental": dict.fromkeys(_INCREMENTAL, False) | (found.incremental if found else {}),
    }


def _update_region(state: State, call: Call, params: Facts) -> Facts:
    opt_in, management, incremental_of = (params.get(name) or {} for name in _MEMBERS)
    if not opt_in and not management and not incremental_of:
        raise errors.missing(f"One of {', '.join(_MEMBERS)} must be given.")
    _known(opt_in, {row.opt_in for row in catalog.resource_types()})
    _known(management, set(_MANAGED))
    _known(incremental_of, set(_INCREMENTAL))
    old = state.tables.region_settings.get(call.account, call.region) or RegionSettings(call.account, call.region)
    merge = state.settings.opt_in_update == "merge"

    def updated(before: dict[str, bool], given: dict[str, bool]) -> dict[str, bool]:
        return before | given if merge or not given else given

    row = RegionSettings(
        call.account,
        call.region,
        updated(old.opt_in, opt_in),
        updated(old.management, management),
        updated(old.incremental, incremental_of),
    )
    state.tables.region_settings.put(row)
    if opt_in:
        events.region_settings(state, call.account, call.region, row.opt_in, call.now)
    return {}


def _known(given: dict[str, bool], known: set[str]) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        raise errors.invalid(f"Unknown resource types: {', '.join(unknown)}")


def _describe_global(state: State, call: Call, _params: Facts) -> Facts:
    organization = state.world.organization()
    if organization is None or call.account not in organization.members:
        raise errors.refused("Your account is not a member of an organization.")
    found = state.tables.global_settings.get(organization.management_account)
    settings = dict.fromkeys(_GLOBAL, "false") | (found.settings if found else {})
    return {"GlobalSettings": settings} | ({"LastUpdateTime": found.updated} if found else {})


def _update_global(state: State, call: Call, params: Facts) -> Facts:
    organization = state.world.organization()
    if organization is None or call.account != organization.management_account:
        raise errors.refused("Global settings can only be updated from the management account of an organization.")
    given = params.get("GlobalSettings") or {}
    if not given:
        raise errors.missing("GlobalSettings must not be empty.")
    for key, value in given.items():
        if key not in _GLOBAL or value not in ("true", "false"):
            raise errors.invalid(f"{key}={value} is not a global setting; the settings are {', '.join(_GLOBAL)}.")
    old = state.tables.global_settings.get(call.account)
    state.tables.global_settings.put(GlobalSettings(call.account, (old.settings if old else {}) | given, call.now))
    return {}


def _supported(_state: State, _call: Call, _params: Facts) -> Facts:
    return {"ResourceTypes": sorted(row.name for row in catalog.resource_types())}


OPERATIONS: Operations = {
    "DescribeRegionSettings": _describe_region,
    "UpdateRegionSettings": _update_region,
    "DescribeGlobalSettings": _describe_global,
    "UpdateGlobalSettings": _update_global,
    "GetSupportedResourceTypes": _supported,
}
