"""Shows what `org bootstrap` will do, and what became of it, to people. What comes from outside is made harmless."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from backstay_contract.bootstrap import (
    Bootstrap,
    CreateRole,
    CreateStackSet,
    DeployStackSet,
    EnableAllFeatures,
    EnablePolicyType,
    EnableTrustedAccess,
    Hindrance,
    PutDelegation,
    RegisterAdministrator,
    SetGlobalSettings,
    Step,
    UpdateRole,
    UpdateStackSet,
)
from backstay_formats.escape import terminal

_TOLD = {"id", "account", "region", "reason", "effect", "changes", "kind", "after_steps"}
"""What a detailed step need not tell again."""
_TAKEN = "already exists"
_NAMED = 3
"""How many accounts a line names."""


def plan(told: Bootstrap, *, detail: bool = False) -> str:
    """What will be done; equal steps in several accounts are told once."""
    if not told.steps and not told.hindrances:
        return "Nothing to do: everything is prepared.\n"
    lines = [_head(told), ""]
    for group in _groups(told.steps):
        lines += _group(group, told.accounts, detail=detail)
    lines += _hindrances(told)
    return "\n".join(lines).rstrip("\n") + "\n"


def outcomes(told: Bootstrap) -> str:
    """What became of it: each failure with its account and AWS's reason, then how much is done."""
    steps = {step.id: step for step in told.steps}
    lines: list[str] = []
    reasons: dict[tuple[str, str], list[str]] = {}
    done = 0
    for outcome in told.outcomes or ():
        step = steps[outcome.step]
        what = _words(step)
        done += outcome.status == "done"
        if outcome.error:
            lines.append(f"  ✗ {_place(step, told)}: {' '.join(what)}: {terminal(outcome.error)}")
        for account, reason in outcome.accounts.items():
            reasons.setdefault((getattr(step, "stack_set", ""), reason), []).append(account)
    failed = 0
    for (stack_set, reason), accounts in sorted(reasons.items()):
        failed += len(accounts)
        lines.append(f"  ✗ {terminal(stack_set)}, stack in {_accounts(accounts, told.accounts)}: {terminal(reason)}")
        if _TAKEN in reason:
            lines.append("    The role is there already: prepare such accounts with --via direct, or delete the role.")
    but = f", {_count(failed, 'stack')} failed" if failed else ""
    lines.append(f"{done} of {_count(len(steps), 'step')} done{but}.")
    return "\n".join(lines) + "\n"


def _head(told: Bootstrap) -> str:
    if not told.steps:
        return "Nothing can be done, but something is not as it should be:"
    accounts = {step.account for step in told.steps if isinstance(step, CreateRole | UpdateRole)}
    accounts |= {account for step in told.steps if isinstance(step, DeployStackSet) for account in step.accounts}
    where = f" and {_count(len(accounts), 'account')} of {len(told.accounts)}" if accounts else ""
    return f"Backstay will prepare organization {told.organization}{where}. Nothing has been changed yet."


def _groups(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Steps that are the same but for the account, together, in the order of the first of each."""
    groups: dict[tuple[str, ...], list[Step]] = {}
    for step in steps:
        same = (*_words(step), step.reason, *step.changes)
        groups.setdefault(same if isinstance(step, CreateRole | UpdateRole) else (step.id,), []).append(step)
    yield from groups.values()


def _group(group: list[Step], names: Mapping[str, str], *, detail: bool) -> Iterator[str]:
    first = group[0]
    sign, verb, what = _words(first)
    yield f"  {sign} {verb:<9} {terminal(what)}"
    if _is_role(first):
        yield f"              in {_accounts([step.account for step in group], names)}"
    yield f"              because {terminal(first.reason)}"
    for change in first.changes:
        yield f"              {terminal(change)}"
    if isinstance(first, DeployStackSet) and first.accounts:
        yield f"              now in {_accounts(first.accounts, names)}"
    if first.effect == "irreversible":
        yield "              can never be undone; approve it with"
        yield f"                --approve {first.id}"
    if detail:
        body = first.model_dump(mode="json", exclude=_TOLD, exclude_none=True)
        yield from (f"              {line}" for line in terminal_lines(json.dumps(body, indent=2, ensure_ascii=False)))


def terminal_lines(text: str) -> list[str]:
    """The lines of a text, each made harmless."""
    return [terminal(line) for line in text.split("\n")]


def _hindrances(told: Bootstrap) -> Iterator[str]:
    groups: dict[tuple[str, str], list[Hindrance]] = {}
    for one in told.hindrances:
        groups.setdefault((one.what, one.reason), []).append(one)
    for group in groups.values():
        accounts = [one.account for one in group if one.account]
        yield f"  ✗ cannot    {terminal(group[0].what)}"
        if accounts:
            yield f"              in {_accounts(accounts, told.accounts)}"
        yield f"              {terminal(group[0].reason)}"


def _is_role(step: Step) -> bool:
    return isinstance(step, CreateRole | UpdateRole)


def _words(step: Step) -> tuple[str, str, str]:
    """Sign, verb and object of a step."""
    match step:
        case EnableAllFeatures():
            return "🔒", "enable", "all features of the organization"
        case EnableTrustedAccess():
            return "+", "trust", step.service
        case EnablePolicyType():
            return "+", "enable", "backup policies"
        case RegisterAdministrator():
            return "+", "register", f"{step.administrator} as delegated administrator of {step.service}"
        case PutDelegation():
            return ("~" if step.before else "+"), "delegate", "backup policies, in the organization's resource policy"
        case SetGlobalSettings():
            return "~", "set", "global settings of AWS Backup"
        case CreateRole():
            return "+", "create", f"role {step.role}"
        case UpdateRole():
            return "~", "change", f"role {step.role}"
        case CreateStackSet():
            return "+", "create", f"stack set {step.stack_set}, with automatic deployment"
        case UpdateStackSet():
            return "~", "change", f"stack set {step.stack_set}"
        case DeployStackSet():
            return "+", "deploy", f"stack set {step.stack_set} to {', '.join(step.units)}"


def _place(step: Step, told: Bootstrap) -> str:
    return _account(step.account, told.accounts) if _is_role(step) else "organization"


def _account(account: str, names: Mapping[str, str]) -> str:
    return f"{terminal(names[account])} ({account})" if account in names else account


def _accounts(accounts: Iterable[str], names: Mapping[str, str]) -> str:
    every = sorted(set(accounts))
    named = ", ".join(_account(one, names) for one in every[:_NAMED])
    more = f" and {len(every) - _NAMED} more" if len(every) > _NAMED else ""
    return f"{_count(len(every), 'account')}: {named}{more}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
