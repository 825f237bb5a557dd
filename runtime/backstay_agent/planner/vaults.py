"""Decides about backup vaults, with their lock, access policy and notifications."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from backstay_agent.needs import VaultKey
from backstay_agent.observed import Place, Vault, is_ours
from backstay_agent.parts.documents import policy_loses
from backstay_agent.planner import words
from backstay_agent.planner.contested import with_foreign
from backstay_agent.planner.decision import Decision, Setting, act, joined
from backstay_agent.planner.locks import decide_lock
from backstay_agent.planner.stranded import stranded
from backstay_agent.planner.tags import decide_tags, owned
from backstay_agent.wanted import Wanted, WantedVault, default_key
from backstay_aws import arns
from backstay_contract.plan import (
    CreateVault,
    DeleteVault,
    DeleteVaultNotifications,
    DeleteVaultPolicy,
    Effect,
    Orphan,
    PutVaultNotifications,
    PutVaultPolicy,
)


def decide_vaults(at: Setting, wanted: Wanted, place: Place, writing: Callable[[VaultKey], str]) -> Decision:
    """Everything about the vaults of one place. `writing` tells which plans of the build write into a vault."""
    wishes = [_decide(at, wish, place.vaults.get(name), place.keys) for name, wish in sorted(wanted.vaults.items())]
    left = [vault for name, vault in sorted(place.vaults.items()) if name not in wanted.vaults]
    ours = [vault for vault in left if is_ours(vault.tags, at.organization)]
    return joined([*wishes, *(_unwanted(at, vault, wanted.renamed.get(vault.name), writing) for vault in ours)])


def _decide(at: Setting, wish: WantedVault, found: Vault | None, keys: Mapping[str, str | None]) -> Decision:
    key = keys.get(wish.key or default_key(at.account, at.region))
    if found is None:
        return joined([act([_create(at, wish, key)]), _around(at, wish, None)])
    reason = _foreign(at, wish, found, key)
    if reason is not None:
        return at.conflict("vault", wish.name, reason)
    tags = decide_tags(at, wish.name, found.arn, wish.tags, found.tags)
    return joined([_key(at, wish, found, key), tags, _around(at, wish, found)])


def _around(at: Setting, wish: WantedVault, found: Vault | None) -> Decision:
    return joined([decide_lock(at, wish, found), _policy(at, wish, found), _notifications(at, wish, found)])


def _create(at: Setting, wish: WantedVault, key: str | None) -> CreateVault:
    reference, tags = (key or wish.key) if wish.key else None, owned(at, wish.tags)
    return CreateVault(
        **at.place(),
        id=at.id("vault", wish.name, wish.key),
        name=wish.name,
        reason="the policy wants it and it does not exist",
        changes=(f"key {_key_name(at, wish.key)}",) if wish.key else (),
        key=reference,
        tags=tags,
        token=creation_token(at, wish, reference),
    )


def creation_token(at: Setting, wish: WantedVault, key: str | None) -> str:
    """The token that a vault is created with: it tells which wish, and which key the wish's reference meant then.

    AWS lists it with the vault, whose key nobody can change, so that it shows that the key is as wanted.
    """
    return at.token("vault", wish.name, key if wish.key else None, owned(at, wish.tags), wish.key)


def _key_name(at: Setting, reference: str) -> str:
    """A key of the account itself by its alias or id alone, any other by its ARN."""
    arn = arns.parse(reference)
    return arn.resource if arn and (arn.account, arn.region) == (at.account, at.region) else reference


def _foreign(at: Setting, wish: WantedVault, found: Vault, key: str | None) -> str | None:
    """Why a vault of the wanted name is not touched, if it is not: it is not ours, and not what is wanted either."""
    if at.adopt or is_ours(found.tags, at.organization):
        return None
    differing = [
        decision for decision in (_key(at, wish, found, key), _around(at, wish, found)) if decision != Decision()
    ]
    if not differing:
        return None
    reason = (
        "a vault of this name exists that Backstay did not make, and it is not what the policy says; "
        "hand it over with --adopt, or choose another name"
    )
    return with_foreign(at, reason, wish.name, found.arn, found.tags, wish.tags)


def _key(at: Setting, wish: WantedVault, found: Vault, key: str | None) -> Decision:
    if key is None or found.key_arn is None or found.key_arn == key:
        return Decision()
    return at.conflict(
        "vault",
        wish.name,
        f"is encrypted with {found.key_arn}, the policy says {wish.key or 'the default key'} ({key}); "
        "AWS lets nobody change a vault's key: name a new vault with moved="
        f"{wish.name!r}, or keep the old key",
        stranded(found),
    )


def _policy(at: Setting, wish: WantedVault, found: Vault | None) -> Decision:
    before, after = found.policy if found else None, wish.policy
    if before == after:
        return Decision()
    changes = words.statements(before, after)
    if after is None:
        assert before is not None
        reason, identity = "the policy gives the vault no access policy any more", at.id("nopolicy", wish.name, before)
        gone = DeleteVaultPolicy(
            **at.place(),
            id=identity,
            name=wish.name,
            reason=reason,
            effect="destructive",
            changes=changes,
            before=dict(before),
        )
        return act([gone])
    effect: Effect = "destructive" if before is not None and policy_loses(before, after) else "reversible"
    put = PutVaultPolicy(
        **at.place(),
        id=at.id("policy", wish.name, after),
        name=wish.name,
        reason="the access policy differs from the policy" if before else "the policy gives the vault an access policy",
        effect=effect,
        changes=changes,
        before=dict(before) if before else None,
        after=dict(after),
    )
    return act([put])


def _notifications(at: Setting, wish: WantedVault, found: Vault | None) -> Decision:
    before, after = found.notifications if found else None, wish.notifications
    if before == after:
        return Decision()
    if after is None:
        assert before is not None
        reason, identity = "the policy no longer wants notifications", at.id("silence", wish.name, before)
        gone = DeleteVaultNotifications(**at.place(), id=identity, name=wish.name, reason=reason, before=dict(before))
        return act([gone])
    put = PutVaultNotifications(
        **at.place(),
        id=at.id("notify", wish.name, after),
        name=wish.name,
        reason="the notifications differ from the policy" if before else "the policy wants notifications",
        changes=tuple(_notified(before, after)),
        before=dict(before) if before else None,
        after=dict(after),
    )
    return act([put])


def _notified(before: Mapping[str, object] | None, after: Mapping[str, object]) -> Iterator[str]:
    yield from words.settings(before or {}, after)


def _unwanted(at: Setting, vault: Vault, successor: str | None, writing: Callable[[VaultKey], str]) -> Decision:
    """A vault of ours that the build does not name: deleted only when that can hurt nobody."""
    reason = _why_it_stays(at, vault, successor)
    if reason is not None:
        users = writing((at.account, at.region, vault.name)) if successor is not None else ""
        left = "; ".join(filter(None, [stranded(vault), f"still written into by {users}" if users else ""]))
        return Decision(orphans=(Orphan(**at.place(), kind="vault", name=vault.name, reason=reason, strands=left),))
    return act(
        [
            DeleteVault(
                **at.place(),
                id=at.id("novault", vault.arn),
                name=vault.name,
                reason="not in any policy any more, and empty",
            )
        ]
    )


def _why_it_stays(at: Setting, vault: Vault, successor: str | None) -> str | None:
    if not at.named:
        return "the build names nothing in this account and Region any more"
    if not vault.empty and successor is not None:
        return (
            f"the policy calls it {successor} now, and AWS cannot rename a vault: new backups go to {successor}, "
            "this one keeps its lock and its recovery points, and can go when the last has expired"
        )
    if not vault.empty:
        return "not in any policy any more, but it holds recovery points; it can go when they are gone"
    if not at.complete:
        return "not in any policy any more; it stays until every account can be read, since one might copy into it"
    return None
