"""Tells what an apply did: each account that failed with why, then what is true now. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backstay_agent.execute import INTERRUPTED, Outcome
from backstay_agent.told import noun, title
from backstay_contract.plan import ChangePlan
from backstay_formats.escape import terminal

_SHOWN = 20
_FAILED, _REFUSED = 3, 4


def summary(plan: ChangePlan, outcomes: Sequence[Outcome]) -> tuple[str, set[int]]:
    """The text for a person, and the exit codes that hold."""
    stopped = [outcome for outcome in outcomes if outcome.reason == INTERRUPTED]
    failed = [outcome for outcome in outcomes if outcome.status in ("failed", "skipped") and outcome not in stopped]
    waiting = [outcome for outcome in outcomes if outcome.status == "unapproved"]
    done = sum(outcome.status == "done" for outcome in outcomes)
    lines = [*_failures(plan, failed), *_locked(plan, outcomes), *_unapproved(plan, waiting)]
    told = f" {len(stopped)} were not begun, because somebody interrupted." if stopped else ""
    lines.append(f"{done} of {len(outcomes)} actions done.{told}{_rest(failed, waiting)}")
    return "\n".join(lines) + "\n", ({_FAILED} if failed or stopped else set()) | ({_REFUSED} if waiting else set())


def _failures(plan: ChangePlan, failed: Sequence[Outcome]) -> Iterator[str]:
    """One line for each account: its first failure, and how much it held back."""
    by_account: dict[str, list[Outcome]] = {}
    for outcome in sorted(failed, key=lambda outcome: outcome.status):  # failed before skipped
        by_account.setdefault(outcome.action.account, []).append(outcome)
    for account, of_account in sorted(by_account.items()):
        first = of_account[0]
        more = f" ({len(of_account) - 1} more actions not done)" if len(of_account) > 1 else ""
        what = f"{noun(first.action)} {terminal(title(first.action))} in {first.action.region}"
        yield f"  ✗ {_name(plan, account)}: {what}: {terminal(first.reason or '')}{more}"


def _locked(plan: ChangePlan, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Vaults that were locked in compliance mode, each with the date that AWS gave."""
    closing = [outcome for outcome in outcomes if outcome.status == "done" and outcome.lock_date is not None]
    for outcome in closing[:_SHOWN]:
        where = f"{_name(plan, outcome.action.account)}, {outcome.action.region}"
        date = f"{outcome.lock_date:%Y-%m-%d %H:%M} UTC"
        yield f"  🔒 vault lock {terminal(title(outcome.action))} in {where}: cannot be undone after {date}"
    if len(closing) > _SHOWN:
        yield f"  🔒 and {len(closing) - _SHOWN} more locks (the journal has their dates)"


def _unapproved(plan: ChangePlan, waiting: Sequence[Outcome]) -> Iterator[str]:
    for outcome in waiting[:_SHOWN]:
        action = outcome.action
        where = f"{_name(plan, action.account)}, {action.region}"
        yield f"  🔒 {noun(action)} {terminal(title(action))} in {where}: {terminal(outcome.reason or '')}"
    if len(waiting) > _SHOWN:
        yield f"  🔒 and {len(waiting) - _SHOWN} more like this"


def _rest(failed: Sequence[Outcome], waiting: Sequence[Outcome]) -> str:
    told = ""
    if failed:
        told += " What failed left everything that rests on it as it was; apply again to finish."
    if waiting:
        told += f" {len(waiting)} wait{'s' if len(waiting) == 1 else ''} for an approval."
    return told


def _name(plan: ChangePlan, account: str) -> str:
    name = plan.names.get(account)
    return f"{terminal(name)} ({account})" if name else account
