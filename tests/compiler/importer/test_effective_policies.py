"""Whatever backup policies hang where: imported and written again, every account ends up with the same plans."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from tests.compiler.importer.backup_policies import (
    ACCOUNT,
    LOCKED,
    REGION,
    ROLE,
    Policies,
    after,
    before,
    change,
    leaf,
    plan,
    policy,
    rule,
    selection,
    tree,
)

from backstay.importer import dialects
from backstay.importer.gather import gather
from backstay.importer.write.source import write

FAR = "arn:aws:backup:us-east-1:$account:backup-vault:Far"
OTHER = "arn:aws:backup:us-east-1:200000000009:backup-vault:far"
TYPES = ["arn:aws:ec2:*:*:volume/*", "arn:aws:dynamodb:*:*:table/*", "arn:aws:rds:*:*:cluster:*", "arn:aws:s3:::*"]
ROOT, WORKLOADS = {"root": True}, {"units": ["Workloads"]}


def gold(**operators: list[str]) -> dict[str, Any]:
    """A policy below that does this to the values of the tag that `daily` looks for."""
    values = {f"@@{name}": listed for name, listed in operators.items()}
    return change(selections={"tags": {"gold": {"tag_key": leaf("backup"), "tag_value": values}}})


def nightly(**parts: Any) -> dict[str, Any]:
    """A policy below that says of the rule `nightly` only this."""
    return change(rules={"nightly": parts})


KEPT_90 = {"delete_after_days": leaf("90", **LOCKED)}
COPY_400 = {FAR: {"target_backup_vault_arn": leaf(FAR), "lifecycle": {"delete_after_days": leaf("400")}}}
TRICKY: Mapping[str, Policies] = {
    "names in another case": (
        (policy(), ROOT),
        ({"plans": {"DAILY": {"rules": {"Nightly": {"lifecycle": KEPT_90}}}}}, WORKLOADS),
        (nightly(lifecycle={"delete_after_days": leaf("7")}), {"accounts": [ACCOUNT]}),
    ),
    "a control alone": (
        (policy(), ROOT),
        (nightly(target_backup_vault_name=LOCKED), WORKLOADS),
        (nightly(**rule(target_backup_vault_name=leaf("else"))), {"units": ["Workloads/Prod"]}),
    ),
    "a plan in parts": (
        (change(rules={"nightly": rule()}), ROOT),
        (change(regions=leaf([REGION])), ROOT),
        (change(selections=selection("tier", "a", "b")), {"root": True, "units": ["Sandbox"]}),
    ),
    "the first of two at one level": (
        (policy(), ROOT),
        (nightly(lifecycle={"delete_after_days": leaf("1")}), WORKLOADS),
        (nightly(lifecycle={"delete_after_days": leaf("2")}), WORKLOADS),
    ),
    "appended, removed and assigned at one level": (
        (policy(selections=selection("backup", "a", "b")), ROOT),
        (gold(append=["c"]), WORKLOADS),
        (gold(remove=["c", "a"]), {"units": ["Workloads", "Sandbox"]}),
    ),
    "no new plans below": (
        ({"plans": {"daily": plan(), **LOCKED}}, ROOT),
        ({"plans": {"hourly": plan(), "daily": {"regions": {"@@append": ["us-east-1"]}}}}, {"units": ["Sandbox"]}),
    ),
    "what a copy of a child keeps": (
        (policy(rules={"nightly": rule(copy_actions={FAR: {"target_backup_vault_arn": leaf(FAR)}})}), ROOT),
        (nightly(copy_actions=COPY_400), {"accounts": ["100000000020"]}),
    ),
}


def imported(policies: Policies, folder: Path) -> str:
    """The policy file that a tree becomes."""
    reading = gather(dialects.read_all([tree(folder / "tree", policies)]))
    assert not [finding for finding in reading.findings if finding.severity == "error"]
    return write(reading, ["tree"]).source


@pytest.mark.parametrize("name", TRICKY)
def test_tricky_trees(name: str, tmp_path: Path) -> None:
    """Whoever wins in Organizations wins in what is written for it."""
    source = imported(TRICKY[name], tmp_path)
    assert after(source, tmp_path / "again") == before(TRICKY[name]), source


def scalar(*values: str) -> st.SearchStrategy[dict[str, Any]]:
    """A value, now and then one that nobody below may change."""
    return st.builds(lambda value, lock: leaf(value, **lock), st.sampled_from(values), LOCKS)


def several(values: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """A list as a whole plan has it."""
    return st.builds(
        lambda first, rest: leaf(first, **rest),
        _some(values),
        st.fixed_dictionaries({}, optional={"@@append": _some(values)}),
    )


def operators(values: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """What a policy below does to a list."""
    return st.dictionaries(st.sampled_from(["@@assign", "@@append", "@@remove"]), _some(values), min_size=1, max_size=2)


def _some(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


LOCKS = st.sampled_from([{}, {}, {}, {}, LOCKED, {"@@operators_allowed_for_child_policies": ["@@append"]}])
LIFECYCLE = st.fixed_dictionaries({}, optional={"delete_after_days": scalar("35", "366", "400")})
COPIES = st.dictionaries(st.sampled_from([FAR, OTHER]), LIFECYCLE, min_size=1).map(
    lambda named: {
        arn: {"target_backup_vault_arn": leaf(arn), **({"lifecycle": said} if said else {})}
        for arn, said in named.items()
    }
)
TAGS = st.sampled_from(
    [{key: {"tag_key": leaf(key), "tag_value": leaf(value)}} for key in ("team", "Cost") for value in "ab"]
)
RULE_PARTS: Mapping[str, st.SearchStrategy[Any]] = {
    "target_backup_vault_name": scalar("main", "Other"),
    "schedule_expression": scalar("cron(0 3 ? * * *)", "cron(30 2 1 * ? *)"),
    "start_backup_window_minutes": scalar("60", "90"),
    "lifecycle": LIFECYCLE.filter(bool),
    "recovery_point_tags": TAGS,
    "copy_actions": COPIES,
    "enable_continuous_backup": st.just(leaf("false")),
}
WHOLE_RULE = st.fixed_dictionaries(
    {"target_backup_vault_name": scalar("main", "Default")},
    optional={name: part for name, part in RULE_PARTS.items() if name != "target_backup_vault_name"},
)
CONDITIONS = st.dictionaries(
    st.sampled_from(["string_equals", "string_not_like"]),
    st.sampled_from(
        [{"c": {"condition_key": leaf("aws:ResourceTag/env"), "condition_value": leaf(one)}} for one in "xy"]
    ),
)
RESOURCES = st.builds(
    lambda types, conditions: {
        "types": {
            "iam_role_arn": leaf(ROLE),
            "resource_types": types,
            **({"conditions": conditions} if conditions else {}),
        }
    },
    several(TYPES),
    CONDITIONS,
)
WHOLE_PLAN = st.fixed_dictionaries(
    {
        "regions": several([REGION, "us-east-1"]),
        "rules": st.dictionaries(st.sampled_from(["nightly", "Weekly"]), WHOLE_RULE, min_size=1),
        "selections": st.fixed_dictionaries(
            {"tags": st.just(selection("backup", "gold", "silver")["tags"])}, optional={"resources": RESOURCES}
        ),
    },
    optional={
        "backup_plan_tags": TAGS,
        "advanced_backup_settings": scalar("enabled", "disabled").map(lambda vss: {"ec2": {"windows_vss": vss}}),
    },
)
PART = st.fixed_dictionaries(
    {},
    optional={
        "regions": operators([REGION, "us-east-1"]),
        "rules": st.dictionaries(
            st.sampled_from(["nightly", "NIGHTLY", "weekly"]),
            st.fixed_dictionaries({}, optional=RULE_PARTS).filter(bool),
            min_size=1,
        ),
        "selections": operators(["gold", "silver", "bronze"]).map(
            lambda values: {"tags": {"gold": {"tag_key": leaf("backup"), "tag_value": values}}}
        ),
        "backup_plan_tags": TAGS,
    },
).filter(bool)
TARGETS = st.sampled_from(
    [
        ROOT,
        WORKLOADS,
        {"units": ["Workloads/Prod"]},
        {"units": ["Sandbox"], "accounts": [ACCOUNT]},
        {"accounts": [ACCOUNT]},
    ]
)
BELOW = st.builds(
    lambda names, part: {"plans": dict.fromkeys(names, part)},
    st.lists(st.sampled_from(["daily", "Daily"]), min_size=1, max_size=1),
    PART,
)
TREES = st.builds(
    lambda top, below: [({"plans": top}, ROOT), *below],
    st.dictionaries(st.sampled_from(["daily", "hourly"]), WHOLE_PLAN, min_size=1),
    st.lists(st.tuples(BELOW, TARGETS), max_size=3),
)


# Every example is a compilation; what fails is read well enough without the hundreds that shrinking it takes.
@settings(max_examples=10, phases=[Phase.explicit, Phase.generate])
@given(policies=TREES)
def test_any_tree_comes_back(policies: Policies) -> None:
    """Whatever a tree of policies says, with whatever operators, accounts end up with the same from what is written."""
    wanted = before(policies)
    assume(all(plans is not None for plans in wanted.values()))
    with TemporaryDirectory() as folder:
        source = imported(policies, Path(folder))
        assert after(source, Path(folder, "again")) == wanted, source
