"""Policies where their authors attached them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay.ir import Attachment, Where
from backstay.lint.context import Context
from backstay.lint.site import Site


@dataclass(frozen=True, slots=True)
class AttachmentSite(Site):
    """A policy as it was attached; `accounts` are all that it holds for, and it has no shape of its own."""

    attachment: Attachment


def attachments(context: Context) -> Iterator[AttachmentSite]:
    """Every policy, in the order in which accounts get them."""
    for one in context.model.attachments:
        yield AttachmentSite(one.where, (one.policy,), (), one.accounts, one)


def leaving_out(context: Context, site: AttachmentSite, account: str) -> str:
    """What to do about a policy that makes plans where it should not; who attached it there alone means nobody else."""
    name = context.model.accounts[account].name
    if site.accounts == (account,):
        return "take its plans out, or attach it to another account"
    return f'leave it out: `& ~account("{name}")`'


def whole_organization(context: Context) -> Site:
    """The settings of the whole organization, at the place of the first of them."""
    where = context.model.global_where or Where(None)
    return Site(where, (where.policy, "settings"), (), ())


def plans_made(context: Context, account: str) -> dict[str, tuple[str, ...]]:
    """The plans that select something in an account: their names, by the policy that makes them."""
    found: dict[str, dict[str, None]] = {}
    for shape in context.model.shapes:
        for plan in shape.plans if account in shape.accounts else ():
            if plan.selections:
                found.setdefault(plan.where.policy, {})[plan.name] = None
    return {policy: tuple(names) for policy, names in found.items()}
