"""Controls of vault locks that no vault of the plans has."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Lock, Shape, Vault
from backstay.ir import Rule as Written
from backstay.lint import demands
from backstay.lint.context import Context
from backstay.lint.examples import policy
from backstay.lint.rule import Problem, Rule
from backstay.lint.scopes import plans_about
from backstay.lint.site import ControlSite
from backstay.lint.source import guide
from backstay.lint.words import days

_CAGE = 'Vault("primary", key="alias/backup", lock=Lock.governance(min=days(7), max=days(400)))'
_INTO = 'Rule("daily", at=daily("03:00"), into="primary", keep=days(35))'


class ControlWithoutLock(Rule):
    """A control asks for a lock that some vault has."""

    CODE = "AUD024"
    NAME = "control-without-lock"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A control that asks for a locked vault, while no plan backs up into one with such bounds"
    WHY = (
        "Every resource fails the control from the first day. A lock whose minimum is under the one that the control "
        "asks for, or whose maximum is over it, is none to the control; so is a lock without that bound."
    )
    SOURCES = (guide("controls-and-remediation"),)
    VALID = (
        policy(rules=_INTO, vaults=_CAGE, frameworks='Framework("acme", controls=[Control.vault_lock(min=days(7))])'),
    )
    INVALID = (
        policy(frameworks='Framework("acme", controls=[Control.vault_lock()])'),
        policy(rules=_INTO, vaults=_CAGE, frameworks='Framework("acme", controls=[Control.vault_lock(min=days(30))])'),
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Controls of locks against the vaults of the plans that they are about."""
        for site in context.controls:
            plans = plans_about(site.control.scope, site.shape) if site.control.name == demands.LOCK else ()
            vaults = [_vaults(rule, site.shape) for plan in plans for rule in plan.rules]
            known = [vault for found in vaults for vault in found if vault is not None]
            if known and all(None not in found for found in vaults) and not any(_fits(one, site) for one in known):
                yield self._told(site, known)

    def _told(self, site: ControlSite, vaults: list[Vault]) -> Problem:
        least, most = _wanted(site)
        bounds = (f"of at least {days(least)}" if least else "", f"of at most {days(most)}" if most else "")
        asked = " and ".join(one for one in bounds if one)
        return self.problem(
            site,
            "min" if least else "max" if most else None,
            f"control `vault_lock` of framework `{site.framework.name}` asks for a lock{asked and f' {asked}'}, and no "
            "vault that a rule beside it backs up into has one",
            label="no such lock",
            here=True,
            help="lock a vault that way, ask for less, or take the control out",
            others=[(vault.where.field("lock"), _locked(vault.lock)) for vault in vaults[:1]],
        )


def _vaults(rule: Written, shape: Shape) -> tuple[Vault | None, ...]:
    """The vaults that a rule backs up into; None for one that no policy declares."""
    primary = rule.air_gapped
    gapped = shape.destination(primary.name) if primary is not None else None
    return (shape.vault(rule.vault), *((gapped,) if primary is not None else ()))


def _fits(vault: Vault, site: ControlSite) -> bool:
    least, most = _wanted(site)
    lock = vault.lock
    if lock is None:
        return False
    low = least is None or (lock.minimum or 0) >= least
    return low and (most is None or (lock.maximum is not None and lock.maximum <= most))


def _wanted(site: ControlSite) -> tuple[int | None, int | None]:
    return demands.number(site.control, "minRetentionDays"), demands.number(site.control, "maxRetentionDays")


def _locked(lock: Lock | None) -> str:
    if lock is None:
        return "not locked"
    least = days(lock.minimum) if lock.minimum is not None else "any time"
    return f"locked to {least} or more" + (f", {days(lock.maximum)} at most" if lock.maximum is not None else "")
