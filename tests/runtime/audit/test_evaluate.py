"""Findings from facts: what is judged, what is unknown, what an unreadable account says."""

from __future__ import annotations

from dataclasses import asdict, replace

from jsonschema import Draft202012Validator

from backstay_agent.audit.result import Result, judge
from backstay_agent.audit.tally import tallies, verdict
from backstay_agent.controls.facts import Facts, Member
from backstay_agent.observed import Unread
from backstay_contract import schema


def statuses(result: Result, control: str) -> list[tuple[str, str]]:
    """Last part of the resource, and status."""
    return [(it.resource.rpartition(":")[2], it.status) for it in result.report.findings if it.control == control]


def again(result: Result, facts: Facts) -> Result:
    """The same controls put to other facts."""
    return judge(facts, result.controls, result.parameters)


def test_every_subject_is_judged_once(result: Result) -> None:
    """A control gives one finding for each thing that it is about, compliant or not."""
    found = statuses(result, "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN")
    assert found == [("table/orders", "COMPLIANT"), ("ledger", "NON_COMPLIANT")]
    keys = [(it.control, it.account, it.region, it.resource) for it in result.report.findings]
    assert len(keys) == len(set(keys))
    summary = result.report.summary
    assert summary.compliant + summary.non_compliant + summary.unknown == len(keys)


def test_the_report_follows_its_schema(result: Result) -> None:
    """What `--format json` writes is what the published schema describes."""
    import orjson

    Draft202012Validator(schema.load("audit-report")).validate(orjson.loads(orjson.dumps(asdict(result.report))))


def test_the_same_facts_give_the_same_findings(result: Result) -> None:
    """The order in which shards came back changes nothing."""
    facts = result.facts
    turned = replace(facts, places=tuple(reversed(facts.places)), members=tuple(reversed(facts.members)))
    assert again(result, turned).report == result.report


def test_what_could_not_be_read_is_unknown(result: Result) -> None:
    """Without the recovery points nobody knows whether they are recent: unknown for each resource."""
    prod, hub = result.facts.places
    blind = replace(prod, points=(), unread={"points": "AccessDenied from ListRecoveryPointsByBackupVault: no"})
    found = again(result, replace(result.facts, places=(blind, hub)))
    assert statuses(found, "BACKUP_LAST_RECOVERY_POINT_CREATED") == [("table/orders", "UNKNOWN"), ("ledger", "UNKNOWN")]
    assert ("table/orders", "COMPLIANT") in statuses(found, "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN")
    whole = [
        it for it in found.report.findings if it.control == "BACKUP_RECOVERY_POINT_ENCRYPTED" and it.resource == "*"
    ]
    assert [(it.account, it.status) for it in whole] == [(prod.account, "UNKNOWN")]


def test_an_unreadable_account_is_unknown_to_every_control(result: Result) -> None:
    """An account that could not be entered stands under every control and in the verdict; it is never left out."""
    closed = Member("100000000020", "payments-dev-3", "Workloads/Dev", governed=True)
    facts = replace(
        result.facts,
        members=(*result.facts.members, closed),
        unread=(Unread(closed.id, None, "AccessDenied while assuming the agent's role"),),
    )
    found = again(result, facts)
    own = [it for it in found.report.findings if it.account == closed.id]
    assert {it.status for it in own} == {"UNKNOWN"}
    assert len(own) == len(result.controls) * len(facts.regions)
    assert "1 account could not be read" in verdict(found.report, facts)


def test_recovery_points_that_are_going_are_not_judged(result: Result) -> None:
    """A recovery point that is being deleted is no finding any more."""
    prod, hub = result.facts.places
    going = replace(prod, points=tuple(replace(point, status="DELETING") for point in prod.points))
    found = again(result, replace(result.facts, places=(going, hub)))
    assert len(statuses(found, "BACKUP_RECOVERY_POINT_ENCRYPTED")) == 1


def test_tallies_name_the_worst_accounts_first(result: Result) -> None:
    """Each control is counted by status, with the accounts where it fails most."""
    counted = {tally.control.name: tally for tally in tallies(result.report, result.controls, result.parameters)}
    last = counted["BACKUP_LAST_RECOVERY_POINT_CREATED"]
    assert (last.title, last.total, last.failing) == ("last recovery point within 1 day", 2, (("100000000010", 1),))
