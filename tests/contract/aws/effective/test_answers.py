"""What the engine answers beyond a document: refusals with places, the trace, the settings for what is open."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backstay_aws.effective import (
    CONTROL,
    Attached,
    Effective,
    Invalid,
    Kind,
    Level,
    Place,
    Refused,
    Settings,
    admit,
    conflicts,
    evaluate,
    minified,
    size,
)

ROLE = "arn:aws:iam::$account:role/keeper"
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def plan(**more: Any) -> dict[str, Any]:
    """A whole plan, with some of its keys otherwise."""
    pick = {"iam_role_arn": ROLE, "tag_key": "tier", "tag_value": ["one"]}
    return {
        "regions": {"@@assign": ["eu-west-3"]},
        "rules": {"r": {"target_backup_vault_name": {"@@assign": "cellar"}}},
        "selections": {"tags": {"t": {key: {"@@assign": value} for key, value in pick.items()}}},
        **more,
    }


def tree(*levels: list[dict[str, Any] | str]) -> list[Level]:
    """Levels from the root to the account of documents (policies a, b, c …) under `plans`, or of texts."""
    names = iter("abcdefgh")
    kinds: list[Kind] = ["ROOT", *units(len(levels) - 2), "ACCOUNT"]
    return [
        Level(kind, f"t{index}", tuple(_attached(next(names), one) for one in level))
        for index, (kind, level) in enumerate(zip(kinds, levels, strict=True))
    ]


def units(count: int) -> list[Kind]:
    """So many units one below the other."""
    return ["OU" for _ in range(count)]


def _attached(name: str, one: dict[str, Any] | str) -> Attached:
    return Attached(name, text=one) if isinstance(one, str) else Attached(name, {"plans": one})


def effective(levels: list[Level], **more: Any) -> Effective:
    """The answer, which must be a document."""
    answer = evaluate(levels, now=NOW, **more)
    assert isinstance(answer, Effective), answer
    return answer


def test_everything_that_is_wrong_is_told_in_the_order_of_the_text() -> None:
    """AWS says one sentence; here every reason is told, each at its own characters."""
    source = """{"plans": {"two words": {
  "regions": {"@@assign": ["eu-west-3", "*"]},
  "rules": {"r": {"delete": {}, "start_backup_window_minutes": {"@@assign": 5}}}}}}"""
    found = admit(source, policy="p")
    assert [(one.path, one.place) for one in found] == [
        ("plans/two words", Place(1, 12, 1, 23)),
        ("plans/two words/regions", Place(2, 41, 2, 44)),
        ("plans/two words/rules/r/delete", Place(3, 19, 3, 27)),
        ("plans/two words/rules/r/start_backup_window_minutes", Place(3, 77, 3, 78)),
    ]
    assert {one.policy for one in found} == {"p"}


def test_data_without_a_text_is_judged_without_places() -> None:
    """A document as data is refused for the same reasons."""
    (one,) = admit({"plans": {"w": {"regions": {"@@assign": ["*"]}}}})
    assert (one.path, one.place) == ("plans/w/regions", None)


def test_all_policies_of_the_tree_are_admitted_first() -> None:
    """The first refused policy, root to account, gives the answer its code and place; the others are told too."""
    answer = evaluate(tree([{"w": {"x": {}}}], ['{"plans":\n 1}']))
    assert isinstance(answer, Refused)
    assert [(one.policy, one.path) for one in answer.refusals] == [("a", "plans/w/x"), ("b", "plans")]
    assert (answer.policy, answer.path, answer.place) == ("a", "plans/w/x", None)
    assert answer.refusals[1].place == Place(2, 2, 2, 3)


def test_size_counts_characters_as_they_are_sent() -> None:
    """Of a text every character, of data those of the shortest form; letters outside ASCII count once."""
    document: dict[str, Any] = {"plans": {"w": {"backup_plan_tags": {"é": {}}}}}
    assert minified(document) == '{"plans":{"w":{"backup_plan_tags":{"é":{}}}}}'
    assert size(document) == len(minified(document))
    assert size(json.dumps(document, indent=1)) > size(document)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("cron(0 4 ? * * *)", False),
        ("cron(0,59 4 ? * * *)", True),
        ("cron(0 4,5 ? * * *)", False),
        ("cron(30 23 31 12 ? 2026-2027)", False),
        ("cron(30 23 31 12 ? 2026)", True),
        ("cron(0 0 ? JUN * 2026)", False),
        ("cron(0 4 1W,15W * ? *)", False),
        ("cron(0 4 L-31 * ? *)", True),
        ("cron(0 4 ? * MON#6 *)", True),
        ("cron(0 4 ? JAN * 2035-2030)", True),
    ],
)
def test_a_schedule_is_judged_at_its_moment(text: str, refused: bool) -> None:
    """The next two occurrences after `now` must exist and be an hour apart."""
    document = {"plans": {"w": {"rules": {"r": {"schedule_expression": {"@@assign": text}}}}}}
    assert bool(admit(document, now=NOW)) is refused


def test_without_a_moment_schedules_are_not_held_against_a_date() -> None:
    """A schedule that has run out is still a schedule; what is none is refused at any time."""
    gone, none = ({"plans": {"w": {"rules": {"r": {"schedule_expression": {"@@assign": text}}}}}}
                  for text in ("cron(0 4 ? * * 2020)", "rate(1 day)"))  # fmt: skip
    assert admit(gone) == ()
    assert len(admit(gone, now=NOW)) == 1
    assert len(admit(none)) == 1


def test_stored_policies_are_not_admitted_again() -> None:
    """A policy whose schedule has run out since stays in force."""
    rule = {"target_backup_vault_name": {"@@assign": "v"}, "schedule_expression": {"@@assign": "cron(0 4 ? * * 2026)"}}
    levels = tree([plan_of(rule)], [])
    later = NOW + timedelta(days=400)
    assert isinstance(evaluate(levels, now=later), Refused)
    assert isinstance(evaluate(levels, now=later, stored=True), Effective)
    assert isinstance(evaluate(tree(["{"], []), stored=True), Refused)


def plan_of(rule: dict[str, Any]) -> dict[str, Any]:
    """A document whose one plan has one rule."""
    return {"w": plan(rules={"r": rule})}


def test_a_leafs_story_is_told() -> None:
    """Who set a list, who changed it, who was not heard and because of whom, who came too late."""
    top = """{"plans": {"w": {
  "regions": {"@@assign": ["eu-west-3"],
    "@@operators_allowed_for_child_policies": ["@@append", "@@remove"]}}}}"""
    below = {"w": {"regions": {"@@assign": ["us-east-2"], "@@append": ["sa-east-1"], "@@remove": ["ap-south-1"]}}}
    levels = tree([top, {"w": plan()}], [below])
    found = effective(levels)
    leaf = found.trace.leaf("plans/w/regions")
    assert leaf is not None
    assert leaf.value == ("eu-west-3", "sa-east-1")
    assert [(one.policy, one.operator, one.outcome, one.by) for one in leaf.said] == [
        ("a", "@@assign", "set", ""),
        ("b", "@@assign", "lost", "policy a assigns too and is attached earlier at ROOT t0"),
        ("c", "@@assign", "ignored", "locked by policy a at ROOT t0, line 3"),
        ("c", "@@append", "added", ""),
        ("c", "@@remove", "without effect", "nothing in it is there"),
    ]
    assert leaf.said[0].place == Place(2, 27, 2, 40)
    assert leaf.set_by == leaf.said[3]
    assert leaf.contributing == ("a", "c")
    assert [one.path for one in conflicts(found.trace)] == ["plans/w/regions"]
    (ignored,) = found.trace.ignored
    assert ignored.reason == "`@@assign` does not count: locked by policy a at ROOT t0, line 3"
    assert ignored.by.place == Place(3, 47, 3, 71)


def test_a_replaced_value_is_told() -> None:
    """An assignment from below leaves a trace of what it replaced."""
    found = effective(tree([{"w": plan()}], [{"w": {"regions": {"@@assign": ["us-east-2"]}}}]))
    leaf = found.trace.leaf("plans/w/regions")
    assert leaf is not None
    assert [(one.outcome, one.by) for one in leaf.said] == [
        ("replaced", "policy b at ACCOUNT t1 assigns over it"),
        ("set", ""),
    ]
    assert conflicts(found.trace) == ()


def test_a_new_key_under_a_locked_map_is_told() -> None:
    """Nobody else says that a whole plan was not heard."""
    found = effective(tree([{CONTROL: ["@@none"], "w": plan()}], [{"Other": plan()}]))
    (ignored,) = found.trace.ignored
    assert (ignored.path, ignored.operator, ignored.policy, ignored.at) == ("plans/other", "", "b", "ACCOUNT t1")
    assert "`Other` is a new key" in ignored.reason
    assert ignored.by.allowed == ("@@none",)


def test_patterns_of_another_partition() -> None:
    """With a partition given, resource patterns of another one are refused; without, any is taken."""
    pattern = "arn:aws-us-gov:dynamodb:*:*:table/*"
    types = {"resource_types": {"@@assign": [pattern]}}
    document = {"plans": {"w": {"selections": {"resources": {"r": types}}}}}
    assert admit(document) == admit(document, partition="aws-us-gov") == ()
    assert "must begin with `arn:aws:`" in admit(document, partition="aws")[0].reason


def test_the_setting_for_emptied_lists() -> None:
    """An optional list that was emptied stays or goes."""
    rule = {"target_backup_vault_name": {"@@assign": "v"}, "index_actions": {"resource_types": {"@@assign": ["EBS"]}}}
    gone = {"w": {"rules": {"r": {"index_actions": {"resource_types": {"@@remove": ["EBS"]}}}}}}
    levels = tree([plan_of(rule)], [gone])
    kept = effective(levels).document["plans"]["w"]["rules"]["r"]
    assert kept["index_actions"] == {"resource_types": []}
    assert (
        "index_actions" not in effective(levels, settings=Settings(emptied="drop")).document["plans"]["w"]["rules"]["r"]
    )


def test_the_setting_for_both_kinds_of_selections() -> None:
    """A plan that selects by tags and by resources passes, or does not."""
    everything = {"iam_role_arn": {"@@assign": ROLE}, "resource_types": {"@@assign": ["*"]}}
    both = plan(selections={**plan()["selections"], "resources": {"all": everything}})
    levels = tree([{"w": both}], [])
    assert effective(levels).document["plans"]["w"]["selections"].keys() == {"tags", "resources"}
    answer = evaluate(levels, settings=Settings(both_selections="refuse"))
    assert isinstance(answer, Invalid)
    assert [(one.code, one.path) for one in answer.errors] == [("CROSS_ATTRIBUTE_VALIDATION", "plans/w/selections")]


def test_the_setting_for_a_copy_without_its_target() -> None:
    """The copy is refused, or goes where its key in lower case says."""
    key = "arn:aws:backup:us-east-2:$account:backup-vault:Cellar"
    copy = {key: {"lifecycle": {"delete_after_days": {"@@assign": "9"}}}}
    levels = tree([plan_of({"target_backup_vault_name": {"@@assign": "v"}, "copy_actions": copy})], [])
    assert isinstance(evaluate(levels), Refused)
    found = effective(levels, settings=Settings(copy_target="key")).document
    copies = found["plans"]["w"]["rules"]["r"]["copy_actions"]
    assert copies == {key.lower(): {"lifecycle": {"delete_after_days": "9"}, "target_backup_vault_arn": key.lower()}}


def test_the_setting_for_names() -> None:
    """Names come out in lower case, or as they were written first."""
    levels = tree([{"Weekly": plan()}], [{"WEEKLY": {"Regions": {"@@append": ["sa-east-1"]}}}])
    assert list(effective(levels).document["plans"]) == ["weekly"]
    written = effective(levels, settings=Settings(keys="written")).document["plans"]
    assert written["Weekly"]["regions"] == ["eu-west-3", "sa-east-1"]


def test_a_policy_of_nothing_is_a_mistake_of_the_caller() -> None:
    """An attached policy has a document in one form or another."""
    with pytest.raises(ValueError, match="policy p has no document"):
        evaluate([Level("ROOT", "r", (Attached("p"),))])


def test_numbers_of_any_length_are_read() -> None:
    """Days with thousands of digits are refused as any other text that is no number of days."""
    lifecycle = {name: {"@@assign": "9" * 4500} for name in ("delete_after_days", "move_to_cold_storage_after_days")}
    archive = {"opt_in_to_archive_for_supported_resources": {"@@assign": "true"}}
    rule = {"enable_continuous_backup": {"@@assign": "true"}, "lifecycle": {**lifecycle, **archive}}
    levels = tree([plan_of(rule)], [])
    assert isinstance(evaluate(levels), Refused)
    assert isinstance(evaluate(levels, stored=True), Invalid)
