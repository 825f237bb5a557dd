"""The recorded schema: what it holds, and what is complained about with it."""

from __future__ import annotations

from typing import Any

import pytest

from backstay_aws import terraform
from backstay_aws.terraform import Argument, Block

RULE = {"rule_name": "daily", "target_vault_name": "v"}
PLAN = {"name": "gold", "rule": [RULE]}


def complained(kind: str, body: dict[str, Any], part: str = "resource") -> list[tuple[str, str]]:
    """What is complained about in one resource called `x`; paths from the resource on."""
    found = terraform.complaints({part: {kind: {"x": body}}})
    return [(one.path.removeprefix(f"{part}.{kind}."), one.message) for one in found]


def blocks(block: Block) -> list[Block]:
    """A block and all inside it."""
    return [block, *(one for inner in block.blocks.values() for one in blocks(inner))]


def test_every_row_has_its_source() -> None:
    """Each resource type, data source and gap says where it was read, and when."""
    rows = [terraform.resource(name) for name in terraform.resources()]
    rows += [terraform.data_source(name) for name in terraform.data_sources()]
    dated = [(row.source, row.date) for row in rows if row is not None]
    dated += [(gap.source, gap.date) for gap in terraform.gaps()]
    assert len(dated) == len(rows) + len(terraform.gaps())
    assert all(source.startswith("hashicorp/") and date >= "2026-11-24" for source, date in dated)


def test_arguments_are_required_optional_or_only_read() -> None:
    """No argument is required and optional at once, and what is neither is given by AWS or the provider."""
    every = [terraform.resource(name) for name in terraform.resources()]
    arguments = [one for top in every if top is not None for block in blocks(top) for one in block.arguments.values()]
    assert len(arguments) > 150
    assert not any(one.required and (one.optional or one.computed) for one in arguments)
    assert all(one.settable or one.computed for one in arguments)


def test_the_provider_has_defaults_of_its_own() -> None:
    """Windows that a configuration leaves out are an hour and three to the provider, not eight hours and a week."""
    plan = terraform.resource("aws_backup_plan")
    assert plan is not None
    rule = plan.blocks["rule"].arguments
    assert rule["start_window"] == Argument("number", optional=True, default=60)
    assert rule["completion_window"] == Argument("number", optional=True, default=180)
    assert rule["schedule_expression_timezone"].default == "Etc/UTC"


def test_unknown_names_are_told() -> None:
    """A type that is not recorded gives None, a gap of another name is an error."""
    assert terraform.resource("aws_backup_legal_hold") is None
    assert terraform.data_source("aws_nothing") is None
    with pytest.raises(KeyError):
        terraform.gap("nothing")


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("aws_backup_plan", PLAN, []),
        ("aws_backup_plan", {**PLAN, "rule": RULE, "lifecycle": {}, "depends_on": [], "provider": "aws.x"}, []),
        ("aws_backup_plan", {**PLAN, "rules": []}, [("x.rules", "there is no `rules` here")]),
        ("aws_backup_plan", {"rule": [RULE]}, [("x", "`name` is required")]),
        ("aws_backup_plan", {"name": "a"}, [("x", "there must be 1 `rule` at least, there are 0")]),
        ("aws_backup_plan", {**PLAN, "arn": "a"}, [("x.arn", "can only be read")]),
        ("aws_backup_plan", {**PLAN, "name": 1}, [("x.name", "must be string, not int")]),
        ("aws_backup_plan", {**PLAN, "tags": {"a": 1}}, [("x.tags", "must be map(string), not dict")]),
        ("aws_backup_plan", {**PLAN, "tags": "${var.tags}"}, []),
        (
            "aws_backup_plan",
            {"name": "a", "rule": [RULE, {**RULE, "start_window": True}]},
            [("x.rule.1.start_window", "must be number, not bool")],
        ),
        (
            "aws_backup_plan",
            {"name": "a", "rule": [{**RULE, "lifecycle": [{}, {}]}]},
            [("x.rule.0", "there may be 1 `lifecycle` at most, there are 2")],
        ),
        ("aws_backup_plan", {"name": "a", "rule": ["b"]}, [("x.rule.0", "`rule` is a block, not str")]),
        (
            "aws_backup_plan",
            {**PLAN, "advanced_backup_setting": [{"resource_type": "S3", "backup_options": {}}]},
            [("x.advanced_backup_setting.0.resource_type", "must be one of EC2, not S3")],
        ),
        ("aws_backup_legal_hold", {}, [("x", "`aws_backup_legal_hold` is not recorded")]),
    ],
)
def test_what_the_provider_would_refuse(kind: str, body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """Each kind of mistake is told at its place, and only it."""
    assert complained(kind, body) == expected


def test_data_sources_are_held_against_their_own_schema() -> None:
    """A data source takes less than the resource of the same name."""
    assert complained("aws_kms_alias", {"name": "alias/x"}, "data") == []
    assert complained("aws_kms_alias", {"target_key_id": "x"}, "data") == [
        ("x.target_key_id", "can only be read"),
        ("x", "`name` is required"),
    ]


@pytest.mark.parametrize(
    ("kind", "body", "version"),
    [
        ("aws_backup_plan", PLAN, "5.100.0"),
        ("aws_backup_plan", {**PLAN, "region": "eu-west-1"}, "6.0.0"),
        ("aws_backup_logically_air_gapped_vault", {"encryption_key_arn": "a"}, "6.22.0"),
        ("aws_backup_plan", {"rule": {**RULE, "target_logically_air_gapped_backup_vault_arn": "a"}}, "6.24.0"),
        ("aws_backup_plan", {**PLAN, "scan_setting": [{}]}, "6.25.0"),
        ("aws_nothing", {}, "5.100.0"),
    ],
)
def test_the_version_that_is_needed(kind: str, body: dict[str, Any], version: str) -> None:
    """The newest argument or block that is used decides."""
    assert terraform.needed_version({"resource": {kind: {"x": body}}}) == version
