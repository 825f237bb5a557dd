"""What `plan` and `apply` do alike: read the build, look at AWS, decide."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backstay_agent.cli.exits import REFUSED, USAGE, leave
from backstay_agent.cli.progress import Progress

if TYPE_CHECKING:
    from backstay_agent.aws import Aws
    from backstay_agent.wanted import Build
    from backstay_contract.plan import ChangePlan, Purpose, Scope


_ID_DIGITS = 12


def load_build(folder: Path) -> Build:
    """The build in a folder; leaves with 2 and the place when it cannot be read.

    Leaves with 4 when a signature is demanded (`--require-signature`, or the environment) and there is no right one.
    """
    from backstay_agent.cli.signature import demanded

    keys = demanded()
    if not keys or not (folder / "index.json").is_file():
        return load_unsigned(folder)
    from backstay_agent.read_build import BuildError
    from backstay_agent.signing.attested import read_attested
    from backstay_agent.signing.demand import NotTrusted

    try:
        return read_attested(folder, keys)
    except NotTrusted as reason:
        leave(REFUSED, f"refused: {folder}: {reason}")
    except BuildError as error:
        leave(USAGE, f"error: {error}")


def load_unsigned(folder: Path) -> Build:
    """The build in a folder, whoever signed it or not; leaves with 2 and the place when it cannot be read."""
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


def choose_accounts(build: Build, wanted: Sequence[str], *, also_gone: bool = False) -> tuple[str, ...]:
    """Account ids for ids or names of accounts; leaves with 2 at one that the build does not name.

    `also_gone`: ids of accounts that the build does not name (any more) are good, too.
    """
    names = {account.name: identity for identity, account in build.index.accounts.items()}
    chosen = []
    for one in wanted:
        identity = names.get(one, one)
        gone = also_gone and len(identity) == _ID_DIGITS and identity.isdecimal()
        if identity not in build.index.accounts and not gone:
            leave(USAGE, f"error: the build names no account {one}")
        chosen.append(identity)
    return tuple(sorted(set(chosen)))


def decide(build: Build, aws: Aws, scope: Scope, purpose: Purpose = "apply", *, quiet: bool = False) -> ChangePlan:
    """Observe and plan; leaves with 2 when AWS stops answering altogether, with 4 when no safe order was found."""
    from backstay_agent.aws import UnreachableError
    from backstay_agent.observe import observe
    from backstay_agent.planner import OrderError, plan_changes, plan_teardown
    from backstay_agent.read_contents import read_contents

    try:
        with Progress("reading", quiet=quiet) as progress:
            aws.listen(progress.heard)
            observed = observe(build, aws, scope, progress.set)
        if purpose == "destroy":
            with Progress("contents", quiet=quiet) as progress:
                observed = read_contents(observed, aws, build.index.organization.id, progress.set)
            return plan_teardown(build, observed, scope)
        return plan_changes(build, observed, scope)
    except UnreachableError as error:
        leave(USAGE, f"error: {error}")
    except OrderError as error:
        told = "this is a defect of Backstay, please report it"
        leave(REFUSED, f"refused: no safe order was found: {error}; nothing was changed ({told})")


def ask_who(plan: ChangePlan, aws: Aws) -> ChangePlan:
    """The plan, with who changed what it would change; leaves with 2 when AWS stops answering altogether."""
    from backstay_agent.aws import UnreachableError
    from backstay_agent.who import tell_who

    try:
        with Progress("asking CloudTrail") as progress:
            return tell_who(plan, aws, progress.set)
    except UnreachableError as error:
        leave(USAGE, f"error: {error}")
