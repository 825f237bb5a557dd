"""What a rule of a plan lacks of a requirement, as it really stands in AWS: nothing, or each thing in words. Pure.

The compiler proves requirements for every resource that there could be; this judges one that there is. A lack that
begins with `UNSURE` is one that AWS leaves open or that could not be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from backstay_agent.controls.facts import AIR_GAPPED, CopyTo, Duty, Place, Rule, Vault
from backstay_agent.controls.schedules import UNREADABLE, gap
from backstay_aws.lifecycle import CONTINUOUS_RPO

UNSURE = "?"
Lacks = tuple[str, ...]


def lacks(duty: Duty, rule: Rule, place: Place, now: datetime) -> Lacks:
    """Everything that a rule lacks of what is asked, the copies last."""
    return (*_own(duty, rule, place, now), *_copies(duty, rule, place, now))


def weight(found: Sequence[str]) -> tuple[int, int]:
    """How much is lacking: what is certain first, then what is not."""
    return sum(not one.startswith(UNSURE) for one in found), len(found)


def lasting(seconds: int) -> str:
    """A length of time in the largest unit that divides it: `2 days`, `28 hours`, `90 minutes`."""
    if seconds % 86400 == 0:
        return _days(seconds // 86400)
    if seconds % 3600 == 0:
        return f"{seconds // 3600} hour{'' if seconds == 3600 else 's'}"
    return f"{seconds // 60} minute{'' if seconds // 60 == 1 else 's'}"


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def _own(duty: Duty, rule: Rule, place: Place, now: datetime) -> Iterator[str]:
    if duty.keep_days is not None and rule.keep_days is not None and rule.keep_days < duty.keep_days:
        yield f"keeps for {_days(rule.keep_days)}, not {_days(duty.keep_days)}"
    if duty.rpo_seconds is not None:
        yield from _often(duty, duty.rpo_seconds, rule, now)
    vault = place.vaults_by_name.get(rule.vault)
    if vault is None:
        yield f"backs up into vault {rule.vault}, which does not exist"
    else:
        yield from _vault(duty, vault, rule.vault, rule.keep_days, now)


def _often(duty: Duty, wanted: int, rule: Rule, now: datetime) -> Iterator[str]:
    if rule.continuous and wanted >= CONTINUOUS_RPO.total_seconds() and duty.continuous != "no":
        if duty.continuous == "unknown":
            yield f"{UNSURE}backs up continuously, and AWS does not say whether its type can"
        return
    found = gap(rule.schedule, now, rule.timezone)
    if found == UNREADABLE:
        yield f"{UNSURE}has a schedule that cannot be read"
    elif not isinstance(found, timedelta):
        yield "never runs again"
    elif (most := int(found.total_seconds()) + rule.start_minutes * 60) > wanted:
        yield f"may leave {lasting(most)} between two backups, not {lasting(wanted)}"


def _vault(duty: Duty, vault: Vault, name: str, keep: int | None, now: datetime) -> Iterator[str]:
    if duty.immutable and (not vault.locked or vault.fixed_from is None or vault.fixed_from > now):
        yield f"relies on vault {name}, {_loose(vault)}"
    elif duty.locked and not vault.locked:
        yield f"relies on vault {name}, which is not locked"
    if vault.min_days is not None and keep is not None and keep < vault.min_days:
        yield f"keeps for {_days(keep)} in vault {name}, whose lock asks for {_days(vault.min_days)}"
    if vault.max_days is not None and (keep is None or keep > vault.max_days):
        kept = "for ever" if keep is None else f"for {_days(keep)}"
        yield f"keeps {kept} in vault {name}, whose lock allows {_days(vault.max_days)}"


def _loose(vault: Vault) -> str:
    if not vault.locked:
        return "which is not locked"
    if vault.fixed_from is None:
        return "which is locked in governance mode"
    return f"whose lock can be lifted until {vault.fixed_from:%Y-%m-%d %H:%M} UTC"


def _copies(duty: Duty, rule: Rule, place: Place, now: datetime) -> Iterator[str]:
    if duty.other_region:
        yield from _least(duty, rule, place, now, "another Region", lambda copy: copy.region != place.region)
    if duty.other_account:
        yield from _least(duty, rule, place, now, "another account", lambda copy: copy.account != place.account)
    if duty.air_gapped and not (rule.air_gapped and "air_gap" not in (*duty.cannot, *duty.unsaid)):
        yield from _least(duty, rule, place, now, "an air-gapped vault", lambda copy: _may_be_gapped(copy, place))


def _least(
    duty: Duty, rule: Rule, place: Place, now: datetime, whither: str, is_such: Callable[[CopyTo], bool]
) -> Lacks:
    """What the copy of a kind lacks that lacks least."""
    found = [tuple(_copy(duty, copy, place, now)) for copy in rule.copies if is_such(copy)]
    return min(found, key=weight) if found else (f"has no copy to {whither}",)


def _copy(duty: Duty, copy: CopyTo, place: Place, now: datetime) -> Iterator[str]:
    vault = place.vault_at(copy.vault_arn)
    way = _way(copy, place, vault)
    if way in duty.cannot:
        yield f"copies to {copy.vault_arn}, where its type cannot be copied"
    elif way in duty.unsaid:
        yield f"{UNSURE}copies to {copy.vault_arn}, and AWS does not say whether its type can be copied there"
    if duty.keep_days is not None and copy.keep_days is not None and copy.keep_days < duty.keep_days:
        yield f"keeps its copy in {copy.vault_arn} for {_days(copy.keep_days)}, not {_days(duty.keep_days)}"
    if vault is not None:
        yield from _vault(duty, vault, copy.vault_arn, copy.keep_days, now)
    elif copy.vault_arn in place.unseen:
        yield f"{UNSURE}copies to {copy.vault_arn}, which could not be seen ({place.unseen[copy.vault_arn]})"
    else:
        yield f"copies to {copy.vault_arn}, which does not exist"


def _way(copy: CopyTo, place: Place, vault: Vault | None) -> str:
    """The column of the catalogue that says whether a type can be copied that way."""
    if vault is not None and vault.type == AIR_GAPPED:
        return "air_gap"
    elsewhere, abroad = copy.account != place.account, copy.region != place.region
    if elsewhere and abroad:
        return "cross_region_and_account"
    return "cross_account" if elsewhere else "cross_region" if abroad else "same_region"


def _may_be_gapped(copy: CopyTo, place: Place) -> bool:
    vault = place.vault_at(copy.vault_arn)
    return vault.type == AIR_GAPPED if vault is not None else copy.vault_arn in place.unseen
