"""Whether a resource is in a plan that copies to another account."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls import copies
from backstay_agent.controls.control import Control, Verdict
from backstay_agent.controls.facts import Place, Resource
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql


def check(resource: Resource, place: Place, parameters: Parameters, _: datetime) -> Verdict:
    """A rule of one of its plans copies to another account, to one of those listed if any is."""
    wanted = parameters.listed("crossAccountList")
    return copies.judge(resource, place, wanted, lambda copy: copy.account, place.account, "account")


def _title(parameters: Parameters) -> str:
    listed = parameters.listed("crossAccountList")
    return f"copied to account {' or '.join(listed)}" if listed else "copied to another account"


def sql(parameters: Parameters) -> Sql:
    """The same, once for each set of plans."""
    return copies.sql(parameters.listed("crossAccountList"), "to_account", "account")


CONTROL = Control(
    name="BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT",
    short="copied to an account",
    title=_title,
    kind="resource",
    needs=frozenset({"resources", "plans"}),
    remedy="Add a copy to a vault in another account to a rule of the resource's plan.",
    check=check,
    sql=sql,
)
