"""Decides about opt-ins of a Region and about the organization's settings."""

from __future__ import annotations

from collections.abc import Mapping

from backstay_agent.observed import Place
from backstay_agent.planner import words
from backstay_agent.planner.decision import Decision, Setting, act
from backstay_agent.wanted import Wanted
from backstay_contract.plan import UpdateGlobalSettings, UpdateRegionSettings


def decide_region_settings(at: Setting, wanted: Wanted, place: Place) -> Decision:
    """Set the opt-ins that the policy speaks of; the whole map is sent, since AWS does not say whether it merges."""
    differing = {name: value for name, value in wanted.opt_ins.items() if place.opt_ins.get(name) != value}
    if not differing:
        return Decision()
    off = [name for name, value in sorted(differing.items()) if not value and place.opt_ins.get(name)]
    action = UpdateRegionSettings(
        **at.place(),
        id=at.id("optin", sorted(differing.items())),
        name="resource type opt-ins",
        reason=f"the policy opts out of {', '.join(off)}" if off else "the policy opts in",
        effect="destructive" if off else "reversible",
        changes=words.settings(place.opt_ins, differing),
        before=dict(place.opt_ins),
        after={**place.opt_ins, **differing},
    )
    return act([action])


def decide_global_settings(at: Setting, wanted: Mapping[str, str], found: Mapping[str, str]) -> Decision:
    """Set what the policy says of the whole organization; AWS takes it from the management account only."""
    differing = {name: value for name, value in sorted(wanted.items()) if found.get(name) != value}
    if not differing:
        return Decision()
    off = any(value == "false" and found.get(name) == "true" for name, value in differing.items())
    action = UpdateGlobalSettings(
        **at.place(),
        id=at.id("global", differing),
        name="organization settings",
        reason="the policy turns something off" if off else "the policy says so",
        effect="destructive" if off else "reversible",
        changes=words.settings(found, differing),
        before={name: value for name, value in found.items() if name in differing},
        after=differing,
    )
    return act([action])
