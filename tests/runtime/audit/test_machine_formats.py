"""The formats that other people's tools read, each held to its own schema; what nobody could judge stays just that."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import botocore.session
import jsonschema
import pytest
from botocore.validate import ParamValidator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from backstay_agent.audit.formats import asff, aws_csv, chosen, ocsf, oscal, sarif
from backstay_agent.audit.formats.chosen import Form
from backstay_agent.audit.formats.limits import limit
from backstay_agent.audit.formats.resource_types import types
from backstay_agent.audit.result import Result

SARIF = Path(__file__).parents[2] / "contract" / "formats" / "sarif-2.1.0.json"
NASTY = '=1+1"<script>&\x1b[31m\u202e,\n'
HUB = botocore.session.get_session().get_service_model("securityhub")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def poisoned(result: Result) -> Result:
    """The result with a nasty text in every place that comes from outside."""
    findings = tuple(replace(it, resource=NASTY, reason=NASTY) for it in result.report.findings)
    members = tuple(replace(it, name=NASTY, unit=NASTY) for it in result.facts.members)
    report = replace(result.report, findings=findings)
    return replace(result, facts=replace(result.facts, members=members), report=report)


def statuses(result: Result) -> Counter[str]:
    """How many findings have which status; the result must have all three, or a test of it shows nothing."""
    count = Counter(it.status for it in result.report.findings)
    assert len(count) == 3
    return count


@pytest.mark.parametrize("form", get_args(Form))
def test_same_input_same_bytes_and_no_escape_sequence(form: Form, troubled: Result) -> None:
    """Every format is the same for the same audit, and nothing from outside reaches a terminal as a command."""
    shown = chosen.render(form, poisoned(troubled))
    assert shown == chosen.render(form, poisoned(troubled))
    assert b"\x1b" not in shown
    assert "\u202e".encode() not in shown


@pytest.mark.parametrize("form", get_args(Form))
def test_an_audit_of_nothing_is_still_written(form: Form, result: Result) -> None:
    """Where there was nothing to judge a format says so in its own way, and nothing breaks."""
    empty = replace(result, report=replace(result.report, findings=()))
    assert chosen.render(form, empty)


def sarif_of(result: Result, **more: Any) -> dict[str, Any]:
    """The one run of a log that keeps to the schema."""
    log = json.loads(sarif.render(result, **more))
    jsonschema.Draft202012Validator(json.loads(SARIF.read_text("utf-8"))).validate(log)
    (run,) = log["runs"]
    return dict(run)


def test_sarif_has_a_result_for_each_policy_line(troubled: Result) -> None:
    """The plan that drifted is told once, at its line; every finding that does not hold is in exactly one result."""
    sarif_of(poisoned(troubled), folder="policies")
    run = sarif_of(troubled, folder="policies")
    count = statuses(troubled)
    told: Counter[str] = Counter()
    for one in run["results"]:
        told[one["properties"]["status"]] += one["properties"]["findings"]
    assert told == {key: count[key] for key in ("NON_COMPLIANT", "UNKNOWN")}
    drift = next(one for one in run["results"] if one["ruleId"] == "plan-as-promised" and one["kind"] == "fail")
    place = drift["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("policies/acme/gold.py", 24)


def test_sarif_says_open_where_nobody_can_judge(troubled: Result) -> None:
    """What is unknown neither passes nor fails: its kind is `open`, its level `none`, as the standard asks."""
    for one in sarif_of(troubled)["results"]:
        known = one["properties"]["status"] == "NON_COMPLIANT"
        assert (one["kind"], one["level"]) == (("fail", "warning") if known else ("open", "none"))


def test_sarif_fingerprints_outlive_moved_lines(troubled: Result) -> None:
    """A comment above a plan moves its line, not its identity; no two results share a fingerprint."""
    prod, *others = troubled.facts.places
    moved = replace(prod, plans_promised=tuple(replace(it, origin="acme/gold.py:99") for it in prod.plans_promised))
    later = replace(troubled, facts=replace(troubled.facts, places=(moved, *others)))
    before, after = (
        [one["partialFingerprints"]["backstayAudit/v1"] for one in sarif_of(it)["results"]] for it in (troubled, later)
    )
    assert set(before) == set(after)
    assert len(set(before)) == len(before)


def test_sarif_keeps_within_what_github_takes(troubled: Result) -> None:
    """More lines than results that GitHub takes: the largest are told, and a notification says how many there were."""
    prod, *others = troubled.facts.places
    failing = next(it for it in troubled.report.findings if it.status == "NON_COMPLIANT")
    most = limit("sarif-results")
    plans = tuple(
        replace(prod.plans_promised[0], plan=f"plan-{number}", origin=f"acme/gold.py:{number + 1}")
        for number in range(most + 5)
    )
    findings = tuple(replace(failing, resource=one.plan, account=prod.account, region=prod.region) for one in plans)
    many = replace(
        troubled,
        facts=replace(troubled.facts, places=(replace(prod, plans_promised=plans), *others)),
        report=replace(troubled.report, findings=findings),
    )
    log = json.loads(sarif.render(many))
    (run,) = log["runs"]
    assert len(run["results"]) == most
    notes = [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert any(f"{most + 5:,}" in note for note in notes)


def test_sarif_rules_have_help_and_clauses(troubled: Result) -> None:
    """Each control is a rule with words that help, the clauses it bears on, and few enough tags for GitHub."""
    rules = sarif_of(troubled)["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [control.name for control in troubled.controls]
    for rule in rules:
        assert rule["help"]["text"]
        assert any(clause.startswith("NIST-800-53 ") for clause in rule["properties"]["clauses"])
        assert len(rule["properties"]["tags"]) <= limit("sarif-tags")


def imported(batch: list[dict[str, Any]]) -> str:
    """What botocore's model of BatchImportFindings says against a batch."""
    shape = HUB.operation_model("BatchImportFindings").input_shape
    return str(ParamValidator().validate({"Findings": batch}, shape).generate_report())


def test_asff_is_what_security_hub_takes(troubled: Result) -> None:
    """Every batch keeps to Security Hub's model; no status is lost, and the unknown is NOT_AVAILABLE."""
    for one in (troubled, poisoned(troubled)):
        rows = asff.findings(one)
        for batch in asff.batches(rows):
            assert imported(batch) == ""
        words = {"COMPLIANT": "PASSED", "NON_COMPLIANT": "FAILED", "UNKNOWN": "NOT_AVAILABLE"}
        count = statuses(one)
        assert Counter(row["Compliance"]["Status"] for row in rows) == {words[key]: count[key] for key in count}
    assert {row["Id"] for row in asff.findings(troubled)} == {row["Id"] for row in json.loads(asff.render(troubled))}


def test_asff_finding_is_one_thing_for_ever(troubled: Result) -> None:
    """Ids are unique in an audit, and the same in the next one, so that a repair closes its own finding."""
    ids = [row["Id"] for row in asff.findings(troubled)]
    assert len(set(ids)) == len(ids)
    held = tuple(replace(it, status="COMPLIANT", reason="now it holds") for it in troubled.report.findings)
    assert ids == [
        row["Id"] for row in asff.findings(replace(troubled, report=replace(troubled.report, findings=held)))
    ]


def test_asff_batches_are_of_one_place_and_not_too_large(troubled: Result) -> None:
    """A batch holds what one account imports in one Region, at most as many as one call takes."""
    many = tuple(
        replace(it, resource=f"{it.resource}-{number}") for number in range(40) for it in troubled.report.findings
    )
    rows = asff.findings(replace(troubled, report=replace(troubled.report, findings=many)))
    batches = list(asff.batches(rows))
    assert sum(len(batch) for batch in batches) == len(many) == len(rows)
    assert max(len(batch) for batch in batches) == limit("asff-batch")
    assert all(len({(row["AwsAccountId"], row["Region"]) for row in batch}) == 1 for batch in batches)


def test_security_hub_knows_the_types_that_we_name() -> None:
    """Each type in our table is one whose details Security Hub's model has."""
    known = set(HUB.shape_for("ResourceDetails").members)
    assert set(types().values()) <= known


def test_ocsf_keeps_to_its_schema(troubled: Result) -> None:
    """Each event is a Compliance Finding with the profile cloud; the unknown has the status Unknown."""
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=ocsf.VERSION)).get_class_schema(
        class_name="compliance_finding", profiles=["cloud"]
    )
    validator = jsonschema.Draft202012Validator(schema)
    for one in (troubled, poisoned(troubled)):
        events = json.loads(ocsf.render(one, version="1.0"))
        assert [str(error) for event in events for error in validator.iter_errors(event)] == []
        words = {"COMPLIANT": "Pass", "NON_COMPLIANT": "Fail", "UNKNOWN": "Unknown"}
        count = statuses(one)
        assert Counter(event["compliance"]["status"] for event in events) == {words[key]: count[key] for key in count}
    assert list(validator.iter_errors({**events[0], "class_uid": 1}))


def test_oscal_gives_no_verdict_where_something_is_unknown(troubled: Result) -> None:
    """A control that failed is not-satisfied, one that holds everywhere satisfied; otherwise there is no verdict."""
    document = json.loads(oscal.render(troubled, version="1.0"))["assessment-results"]["results"][0]
    by_control: dict[str, set[str]] = {}
    for it in troubled.report.findings:
        by_control.setdefault(it.control, set()).add(it.status)
    states = {row["target"]["target-id"]: row["target"]["status"]["state"] for row in document["findings"]}
    for control, found in by_control.items():
        expected = "not-satisfied" if "NON_COMPLIANT" in found else None if "UNKNOWN" in found else "satisfied"
        assert states.get(control) == expected
    told: Counter[str] = Counter()
    for row in document["observations"]:
        said = {prop["name"]: prop["value"] for prop in row["props"]}
        told[said["status"]] += int(said["count"])
    assert told == statuses(troubled)


def test_oscal_names_everything_by_what_it_is(troubled: Result) -> None:
    """UUIDs are of version 5 and unique, and every reference in the document leads somewhere in it."""
    text = oscal.render(troubled)
    document = json.loads(text)["assessment-results"]
    own = [value for key, value in _members(document) if key == "uuid"]
    assert len(set(own)) == len(own)
    assert all(UUID.fullmatch(one) for one in own)
    pointed = [value for key, value in _members(document) if key in ("observation-uuid", "subject-uuid")]
    assert set(pointed) <= set(own)
    assert document["import-ap"]["href"].removeprefix("#") in own


def _members(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [*value.items(), *(pair for one in value.values() for pair in _members(one))]
    return [pair for one in value for pair in _members(one)] if isinstance(value, list) else []


def test_csv_has_the_columns_of_aws(troubled: Result) -> None:
    """Who reads AWS's compliance reports reads ours: a row a resource, and a row a control, account and Region."""
    rows = list(csv.DictReader(io.StringIO(aws_csv.resources(poisoned(troubled)), newline="")))
    count = statuses(troubled)
    assert Counter(row["resourceComplianceStatus"] for row in rows) == {
        "COMPLIANT": count["COMPLIANT"], "NON_COMPLIANT": count["NON_COMPLIANT"], "INSUFFICIENT_DATA": count["UNKNOWN"],
    }  # fmt: skip
    assert not any(cell.startswith("=") for row in rows for cell in row.values())
    controls = list(csv.DictReader(io.StringIO(aws_csv.controls(troubled), newline="")))
    assert sum(int(row["numResourcesCompliant"]) for row in controls) == count["COMPLIANT"]
    assert sum(int(row["numResourcesNonCompliant"]) for row in controls) == count["NON_COMPLIANT"]
    blind = [row for row in controls if row["accountId"] == "100000000012"]
    assert {row["controlComplianceStatus"] for row in blind} == {"INSUFFICIENT_DATA"}
