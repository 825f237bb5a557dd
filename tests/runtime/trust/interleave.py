"""Two agents at once: a seed decides, whenever both have a call waiting, whose goes first.

Three situations: the same build twice; an older and a newer build; a build beside a person who changes things by hand.
Each agent waits at every call until it is its turn, so that a seed gives the same interleaving again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from tests.runtime.conftest import PAYMENTS, REGION
from tests.runtime.trust.scenarios import Prepared
from tests.runtime.trust.state import differences
from tests.runtime.trust.world import FINE, Fate, Heard, Run, World, world

Situation = Literal["the same build", "an older and a newer build", "beside a person"]
SITUATIONS: tuple[Situation, ...] = ("the same build", "an older and a newer build", "beside a person")
_OPTIONS = ("--max-parallel", "1")


@dataclass(frozen=True, slots=True)
class Race:
    """One interleaving: which situation, and how the turns fall."""

    seed: int

    @property
    def situation(self) -> Situation:
        """The situation of the seed."""
        return SITUATIONS[self.seed % len(SITUATIONS)]

    def turns(self) -> Callable[[Sequence[int]], int]:
        """Who goes next of those that wait: in runs of random length, so that one can be far ahead of the other."""
        draw = random.Random(self.seed)
        stay = draw.choice((0.1, 0.5, 0.9, 0.97))
        last = -1

        def choose(waiting: Sequence[int]) -> int:
            nonlocal last
            if last not in waiting or draw.random() > stay:
                last = draw.choice(list(waiting))
            return last

        return choose


def trial(first: Prepared, second: Prepared, race: Race) -> list[str]:
    """What is wrong after a race; `second` is the newer build, from the state that `first` begins in."""
    with world(first.folder, ()) as at:
        old, new = (*first.words, *_OPTIONS), (*second.words, *_OPTIONS)
        match race.situation:
            case "the same build":
                runs = at.race([old, old], lambda _: FINE, race.turns())
                return [*_ended(runs), *_settled(at, first, old)]
            case "an older and a newer build":
                runs = at.race([old, new], lambda _: FINE, race.turns())
                return [*_ended(runs), *_settled(at, second, new)]
            case "beside a person":
                runs = [at.run(*old, decide=_person(at, race))]
                return [*_ended(runs), *_settled(at, first, (*old, "--adopt"))]


def _ended(runs: Sequence[Run]) -> list[str]:
    """Every agent comes to an end and says something sensible: done, or partly done with the reason."""
    return [
        f"{' '.join(run.words)} ended with {run.code}: {run.output}"
        for run in runs
        if run.code not in (0, 3) or "Traceback" in run.output
    ]


def _settled(at: World, wanted: Prepared, words: Sequence[str]) -> list[str]:
    """Whoever runs last wins; one run mends what the race left, the next has nothing to do: no flapping."""
    mending = at.run(*words)
    wrong = [] if mending.code == 0 else [f"the run after the race ended with {mending.code}: {mending.output}"]
    wrong += differences(wanted.scenario.state(at.local), wanted.state)
    last = at.run(*words)
    return [*wrong, *([] if wanted.scenario.quiet(last) else [f"it is not quiet: {last.code} {last.writes}"])]


def _person(at: World, race: Race) -> Callable[[Heard], Fate]:
    """Somebody with the console, who does one thing before some call of the agent."""
    draw = random.Random(race.seed)
    moment, deed = draw.randint(1, 30), draw.choice(DEEDS)

    def decide(heard: Heard) -> Fate:
        if heard.number == moment:
            deed(at)
        return FINE

    return decide


def _makes_the_vault(at: World) -> None:
    backup = at.local.client("backup", PAYMENTS, REGION)
    names = [vault["BackupVaultName"] for vault in backup.list_backup_vaults()["BackupVaultList"]]
    if "primary" not in names:
        backup.create_backup_vault(BackupVaultName="primary")


def _deletes_the_plan(at: World) -> None:
    backup = at.local.client("backup", PAYMENTS, REGION)
    for plan in backup.list_backup_plans()["BackupPlansList"]:
        identity = plan["BackupPlanId"]
        for selection in backup.list_backup_selections(BackupPlanId=identity)["BackupSelectionsList"]:
            backup.delete_backup_selection(BackupPlanId=identity, SelectionId=selection["SelectionId"])
        backup.delete_backup_plan(BackupPlanId=identity)


def _takes_the_lock_off(at: World) -> None:
    backup = at.local.client("backup", PAYMENTS, REGION)
    for vault in backup.list_backup_vaults()["BackupVaultList"]:
        if vault["Locked"]:
            backup.delete_backup_vault_lock_configuration(BackupVaultName=vault["BackupVaultName"])


def _changes_the_rule(at: World) -> None:
    backup = at.local.client("backup", PAYMENTS, REGION)
    rule = {"RuleName": "mine", "TargetBackupVaultName": "primary", "ScheduleExpression": "cron(0 9 ? * * *)"}
    for plan in backup.list_backup_plans()["BackupPlansList"]:
        body = {"BackupPlanName": plan["BackupPlanName"], "Rules": [rule]}
        backup.update_backup_plan(BackupPlanId=plan["BackupPlanId"], BackupPlan=body)


DEEDS: tuple[Callable[[World], None], ...] = (
    _makes_the_vault,
    _deletes_the_plan,
    _takes_the_lock_off,
    _changes_the_rule,
)
