"""Decides about the tags of a vault or a plan: ours are set, those that others put on it stay."""

from __future__ import annotations

from collections.abc import Mapping

from backstay_agent.observed import OWNER_TAG, is_ours
from backstay_agent.planner.contested import with_foreign
from backstay_agent.planner.decision import Decision, Setting, act
from backstay_contract.plan import TagResource

_TAKEN_OVER = "it is taken over: from now on Backstay manages it"


def owned(at: Setting, tags: Mapping[str, str]) -> dict[str, str]:
    """The tags of a thing of ours: the policy's, and whose it is."""
    return {**tags, OWNER_TAG: at.organization}


def decide_tags(at: Setting, name: str, arn: str, wish: Mapping[str, str], found: Mapping[str, str]) -> Decision:
    """Set what is absent or differs; with the owner tag, something that was not ours becomes ours."""
    differing = {key: value for key, value in sorted(owned(at, wish).items()) if found.get(key) != value}
    if not differing:
        return Decision()
    ours = is_ours(found, at.organization)
    return act(
        [
            TagResource(
                **at.place(),
                id=at.id("tag", arn, differing),
                name=name,
                reason="the tags differ from the policy"
                if ours
                else with_foreign(at, _TAKEN_OVER, name, arn, found, wish),
                changes=tuple(f"tag {key} = {value}" for key, value in differing.items()),
                arn=arn,
                set=differing,
            )
        ]
    )
