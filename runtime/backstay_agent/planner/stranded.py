"""What stays behind in a vault that gets another name or key: AWS can change neither, nor move what it holds."""

from __future__ import annotations

from collections.abc import Iterator

from backstay_agent.needs import VaultKey, written
from backstay_agent.observed import Vault
from backstay_agent.planner.locks import told_lock
from backstay_agent.wanted import Build

_SHOWN = 5


def stranded(vault: Vault) -> str:
    """What stays behind, in one phrase; empty where AWS told of nothing."""
    return ", ".join([*_points(vault), *([f"its lock ({told_lock(vault.lock)})"] if vault.lock else [])])


def _points(vault: Vault) -> Iterator[str]:
    if not vault.points:
        return
    told = f"{vault.points} recovery point{'' if vault.points == 1 else 's'}"
    ends = vault.ends
    if ends is None:
        yield told
        return
    parts = []
    if ends.last is not None:
        parts.append(f"{'the last expires' if ends.whole else 'some expire as late as'} on {ends.last:%Y-%m-%d}")
    if ends.endless:
        parts.append(f"{ends.endless} never {'expires' if ends.endless == 1 else 'expire'}")
    yield f"{told} ({', '.join(parts)})" if parts else told


def still_writing(build: Build, vault: VaultKey) -> str:
    """The plans of the build that write or copy into a vault, in one phrase; empty where none does."""
    found = sorted(
        f"{plan.name} in {known.name} ({account}), {region}"
        for account, known in build.index.accounts.items()
        for region in known.regions
        for plan in build.wanted(account, region).plans.values()
        if any(into == vault for into, _ in written(account, region, plan.body))
    )
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"{', '.join(found[:_SHOWN])}{more}" if found else ""
