"""What importing finds in a source: AWS bodies with their places, and what could not be decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from backstay_contract.findings import Finding, Span

Kind = Literal[
    "plan", "selection", "vault", "air_gapped_vault", "lock", "access", "notifications", "framework", "report_plan",
    "restore_testing_plan", "restore_testing_selection", "legal_hold", "tiering", "region_settings",
    "management_preferences", "global_settings", "key", "role",
]  # fmt: skip
"""The two kinds of Region settings and the global ones have the settings themselves as their body."""
BRIEF = 80
"""Characters of an expression in a sentence."""
REMARKS = "$remarks"
"""A member that no body of AWS has: what is to be said in a comment above this part of the body, as a list of text."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the source does not decide. It stands anywhere in a body, instead of the value.

    `expression` is what the source has (`var.retention`, `${Retention}`), `why` one clause on why that is not known
    here, `name` a readable name for the parameter that it becomes (`retention`), `default` the value that the source
    gives it where nothing else is said (None: none).
    """

    expression: str
    why: str
    name: str
    default: str | int | bool | None = None

    @property
    def brief(self) -> str:
        """The expression as it goes into a sentence, cut where it is long."""
        plain = " ".join(self.expression.split())
        return plain if len(plain) <= BRIEF else f"{plain[: BRIEF - 1].rstrip()}…"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where something was found to hold, as far as the source says.

    `target` is the source text of a target of the policy language (`ou("Workloads/Prod")`, `root()`), None if the
    source does not tell, or only in a way that tells no account here: then `aim` is what it says. `region` may be
    several, joined by a comma and sorted. `policy` is the name of the policy that the source itself has around it,
    `extends` the one above that it changes, `final` what it freezes for those below (paths as in `Policy(final=…)`),
    `note` what is to be said of all this.
    """

    account: str | None = None
    region: str | None = None
    target: str | None = None
    aim: str | None = None
    policy: str | None = None
    extends: str | None = None
    final: tuple[str, ...] = ()
    note: str | None = None


ANYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class Found:
    """One thing of AWS Backup, as the create operation of its kind takes it (`backstay_contract.build`).

    `name` is AWS's name of it (of a lock, an access policy, notifications: the vault's). Bodies of a vault's parts
    carry `BackupVaultName`, those of selections `BackupPlanName`; any value may be `Unknown`. `notes` are said beside
    it in the policy file. `places` has places inside the body, by JSON pointer. `maybe` decides whether it is there at
    all, where the source leaves that open; with the default False it is not there unless somebody says so.
    """

    kind: Kind
    name: str
    body: Mapping[str, Any]
    place: Span
    notes: tuple[str, ...] = ()
    where: Scope = ANYWHERE
    places: Mapping[str, Span] = field(default_factory=dict)
    maybe: Unknown | None = None

    @property
    def off(self) -> bool:
        """Whether it is not there, with the defaults of the source itself."""
        return is_off(self.maybe)


def is_off(maybe: Unknown | None) -> bool:
    """Whether something is not there, with the defaults of the source itself, by what decides over it."""
    return maybe is not None and maybe.default is False


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one source says: what was found, what is wrong with it, and what its bodies leave open.

    `remarks` are said at the top of the policy file: what was left out of it, with nothing left to say it beside.
    `dialect`: what the source is written in, by its name in `dialects.py`; empty for several sources together.
    """

    found: tuple[Found, ...] = ()
    findings: tuple[Finding, ...] = ()
    params: tuple[Unknown, ...] = ()
    remarks: tuple[str, ...] = ()
    dialect: str = ""


def joined(readings: Iterable[Reading]) -> Reading:
    """Several readings as one, in their order."""
    all_of = tuple(readings)
    return Reading(
        tuple(one for reading in all_of for one in reading.found),
        tuple(one for reading in all_of for one in reading.findings),
        tuple(dict.fromkeys(one for reading in all_of for one in reading.params)),
        tuple(dict.fromkeys(one for reading in all_of for one in reading.remarks)),
    )
