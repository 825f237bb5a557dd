"""Decides about opt-ins of a Region and about the organization's settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from backstay_agent.observed import Place
from backstay_agent.planner import words
from backstay_agent.planner.decision import Decision, Setting, act
from backstay_agent.wanted import Wanted
from backstay_contract.plan import UpdateGlobalSettings, UpdateRegionSettings


def decide_region_settings(at: Setting, wanted: Wanted, place: Place) -> Decision:
    """Set what the policy speaks of; a map is sent whole, since AWS does not say whether it merges."""
    opt_ins, management = _differing(wanted.opt_ins, place.opt_ins), _differing(wanted.management, place.management)
    if not opt_ins and not management:
        return Decision()
    off = [name for name, value in opt_ins.items() if not value and place.opt_ins.get(name)]
    less = [name for name, value in management.items() if not value and place.management.get(name)]
    told = [
        *([f"opts out of {', '.join(off)}"] if off else ["opts in"] if opt_ins else []),
        *([f"ends full management of {', '.join(less)}"] if less else ["wants full management"] if management else []),
    ]
    content = [sorted(opt_ins.items()), *([sorted(management.items())] if management else [])]
    action = UpdateRegionSettings(
        **at.place(),
        id=at.id("optin", *content),
        name="resource type opt-ins" if not management else "Region settings",
        reason=f"the policy {' and '.join(told)}",
        effect="destructive" if off or less else "reversible",
        changes=(*words.settings(place.opt_ins, opt_ins), *_managed(place.management, management)),
        before=dict(place.opt_ins) if opt_ins else {},
        after={**place.opt_ins, **opt_ins} if opt_ins else {},
        management_before=dict(place.management) if management else {},
        management={**place.management, **management} if management else {},
    )
    return act([action])


def _differing(wanted: Mapping[str, bool], found: Mapping[str, bool]) -> dict[str, bool]:
    return {name: value for name, value in sorted(wanted.items()) if found.get(name) != value}


def _managed(found: Mapping[str, bool], wanted: Mapping[str, bool]) -> Iterator[str]:
    return (f"full management of {told}" for told in words.settings(found, wanted))


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
