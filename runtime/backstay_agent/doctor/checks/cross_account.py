"""Whether AWS Backup may copy from account to account, where the build does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.copies import copies
from backstay_agent.doctor.lines import Line, count, ok, problem, skipped, unknown
from backstay_agent.doctor.look import Answer, Look, Refused

_SETTING = "isCrossAccountBackupEnabled"
_TURN_ON = f"aws backup update-global-settings --global-settings {_SETTING}=true"


@dataclass(frozen=True, slots=True)
class Facts:
    """The settings of the management account, how many copies leave their account, and what the build sets."""

    settings: Answer
    copies: int
    wanted: str | None
    with_build: bool


def read(look: Look) -> Facts:
    """The settings, as the management account knows them."""
    build = look.build
    management = build.index.organization.management_account if build else look.caller
    answer = look.ask(management, look.aws.region, "backup", "DescribeGlobalSettings")
    crossing = sum(copy.account != place[0] for place, wanted in look.wanted().items() for copy in copies(wanted))
    wanted = build.index.global_settings.get(_SETTING) if build else None
    return Facts(answer, crossing, wanted, build is not None)


def judge(facts: Facts) -> Iterator[Line]:
    """It is on, or the apply turns it on, or nothing needs it."""
    if isinstance(facts.settings, Refused):
        yield unknown(f"the organization's backup settings are not told: {facts.settings}")
        return
    on = facts.settings.get("GlobalSettings", {}).get(_SETTING) == "true"
    crossing = count(facts.copies, "copy of the build goes", "copies of the build go")
    needed = facts.wanted == "true" or facts.copies > 0
    if on:
        yield ok("cross-account backup is on")
    elif facts.wanted == "true":
        yield ok("cross-account backup is off, and the build turns it on")
    elif needed:
        yield problem(
            f"cross-account backup is off, and {crossing} to other accounts",
            _TURN_ON,
        )
    else:
        yield skipped("cross-account backup is off" + (", and the build needs none" * facts.with_build))


CHECK = Check("cross-account-backup", "organization", 50, read, judge)
