"""What `plan` and `apply` do alike: read the build, look at AWS, decide."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backstay_agent.cli.exits import USAGE, leave
from backstay_agent.cli.progress import Progress

if TYPE_CHECKING:
    from backstay_agent.aws import Aws
    from backstay_agent.wanted import Build
    from backstay_contract.plan import ChangePlan, Scope


def load_build(folder: Path) -> Build:
    """The build in a folder; leaves with 2 and the place when it cannot be read."""
    from backstay_agent.read_build import BuildError, read_build

    try:
        return read_build(folder)
    except BuildError as error:
        leave(USAGE, f"error: {error}")


def load_plan(path: Path) -> ChangePlan:
    """A saved plan; leaves with 2 and the place when it cannot be read."""
    from backstay_agent.read_build import BuildError, read_artifact
    from backstay_contract.plan import ChangePlan

    try:
        document: Any = read_artifact(path, "plan")
    except BuildError as error:
        leave(USAGE, f"error: {error}")
    return ChangePlan.model_validate(document)


def choose_accounts(build: Build, wanted: Sequence[str]) -> tuple[str, ...]:
    """Account ids for ids or names of accounts; leaves with 2 at one that the build does not name."""
    names = {account.name: identity for identity, account in build.index.accounts.items()}
    chosen = []
    for one in wanted:
        identity = names.get(one, one)
        if identity not in build.index.accounts:
            leave(USAGE, f"error: the build names no account {one}")
        chosen.append(identity)
    return tuple(sorted(set(chosen)))


def decide(build: Build, aws: Aws, scope: Scope, *, quiet: bool = False) -> ChangePlan:
    """Observe and plan; leaves with 2 when AWS stops answering altogether."""
    from backstay_agent.aws import UnreachableError
    from backstay_agent.observe import observe
    from backstay_agent.planner import plan_changes

    try:
        with Progress("reading", quiet=quiet) as progress:
            aws.listen(progress.heard)
            observed = observe(build, aws, scope, progress.set)
    except UnreachableError as error:
        leave(USAGE, f"error: {error}")
    return plan_changes(build, observed, scope)
