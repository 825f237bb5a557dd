"""Whether a saved plan may still be carried out: only for the build and the state of AWS that it was decided on."""

from __future__ import annotations

from backstay_contract.plan import Action, ChangePlan, CreatePart, UpdatePart


def stale(saved: ChangePlan, current: ChangePlan, *, began: bool) -> str | None:
    """Why a saved plan must be refused, given the plan that would be decided now; None when it may be carried out.

    What is carried out is then `current`: it has the saved plan's actions, or, after an apply of this very plan that
    was killed on its way (`began`: its journal has lines), those of them that are left.
    """
    if saved.build != current.build:
        return "the build is not the one that the plan was made for; plan again"
    announced = {action.id for action in saved.actions}
    others = [action for action in current.actions if action.id not in announced]
    if began:
        others = [action for action in others if not _finishes(action, saved)]
    if others:
        what = f"{others[0].kind} {others[0].name} in {others[0].account}, {others[0].region}"
        return f"AWS is not as it was when the plan was made ({what} was not in the plan); plan again"
    if saved.observed == current.observed or began:
        return None
    return "AWS is not as it was when the plan was made; plan again"


def _finishes(action: Action, saved: ChangePlan) -> bool:
    """Whether an action only ends what the saved plan announced: what several calls make may have been made half."""
    return isinstance(action, UpdatePart) and any(
        (one.account, one.region, one.noun, one.name, one.after)
        == (action.account, action.region, action.noun, action.name, action.after)
        for one in saved.actions
        if isinstance(one, CreatePart | UpdatePart)
    )
