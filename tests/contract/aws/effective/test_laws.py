"""What holds of merging whatever the policies are, and that a second evaluator of another design agrees."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backstay_aws.effective import CONTROL, Attached, Effective, Invalid, Level, Refused, Trace, evaluate

Levels = list[list[dict[str, Any]]]
Documents = Sequence[Sequence[Mapping[str, Any]]]
"""The levels from the root to the account; what the documents of each say under `plans`, in attachment order."""
Path = tuple[str, ...]
EVERYTHING = frozenset({"@@assign", "@@append", "@@remove"})


def plain_merge(levels: Documents) -> dict[str, Any]:
    """A second evaluator: value by value, by the rules' own words, sharing nothing with the engine and its one descent.

    It asks of every path separately what each level says there, and whether the levels above let it be said.
    """
    asking = _Asking(levels)
    merged: dict[str, Any] = {}
    for path in sorted({path for level in levels for document in level for path in leaves(document)}):
        value = asking.value(path)
        if value is not None:
            place(merged, path, value)
    return merged


def leaves(document: Mapping[str, Any], above: Path = ()) -> Iterator[Path]:
    """The paths, folded, at which a document states operators."""
    if EVERYTHING & document.keys():
        yield above
    for name, below in document.items():
        if not name.startswith("@@"):
            yield from leaves(below, (*above, name.lower()))


def at(document: Mapping[str, Any], path: Path) -> list[Mapping[str, Any]]:
    """What a document states at a path; several where names differ only in case."""
    found = [document]
    for step in path:
        found = [below for node in found for name, below in node.items() if name.lower() == step]
    return found


def place(merged: dict[str, Any], path: Path, value: Any) -> None:
    """Set a value in a nested dictionary."""
    for step in path[:-1]:
        merged = merged.setdefault(step, {})
    merged[path[-1]] = value


class _Asking:
    """Answers questions about single paths of fixed levels."""

    def __init__(self, levels: Documents) -> None:
        self.levels = levels

    def said(self, level: int, path: Path) -> list[Mapping[str, Any]]:
        """What a level says at a path, if it is heard there."""
        stated = [node for document in self.levels[level] for node in at(document, path)]
        return stated if stated and self.heard(level, path) else []

    def heard(self, level: int, path: Path) -> bool:
        """Whether a level may speak at a path: every key on the way is known from above, or may be added."""
        if not path:
            return True
        above = path[:-1]
        known = any(self.said(earlier, path) for earlier in range(level))
        return self.heard(level, above) and (known or bool(self.allowed(level, above) & {"@@assign", "@@append"}))

    def allowed(self, level: int, path: Path) -> frozenset[str]:
        """What the levels above allow at a path."""
        left = EVERYTHING
        for earlier in range(level):
            for node in self.said(earlier, path):
                listed = node.get(CONTROL, ["@@all"])
                left &= EVERYTHING if "@@all" in listed else frozenset(listed)
        return left

    def value(self, path: Path) -> Any:
        """The value of a leaf; None where nothing is left."""
        value: Any = None
        for level in range(len(self.levels)):
            nodes, may = self.said(level, path), self.allowed(level, path)
            assigned = [node["@@assign"] for node in nodes if "@@assign" in node]
            if assigned and "@@assign" in may:
                value = assigned[0] if isinstance(assigned[0], str) else unique(assigned[0])
            for node in nodes:
                if "@@append" in node and "@@append" in may:
                    value = unique([*(value or []), *node["@@append"]])
            for node in nodes:
                if "@@remove" in node and "@@remove" in may and value is not None:
                    value = [one for one in value if one not in node["@@remove"]]
        return value


def unique(values: Sequence[str]) -> list[str]:
    """Each value once, in order."""
    return [value for index, value in enumerate(values) if value not in values[:index]]


def merged(levels: Sequence[Sequence[Mapping[str, Any]]]) -> tuple[dict[str, Any], Trace]:
    """What the engine makes of documents under `plans`, whether it could be put into effect or not."""
    tree = [
        Level(
            "OU",
            f"ou-{index}",
            tuple(Attached(f"p-{index}-{number}", {"plans": one}) for number, one in enumerate(level)),
        )
        for index, level in enumerate(levels)
    ]
    answer = evaluate(tree, stored=True)
    assert isinstance(answer, Effective | Invalid)
    return answer.document.get("plans", {}), answer.trace


VALUES = st.lists(st.sampled_from("wxyz"), max_size=3)
CONTROLS = st.sampled_from(
    [["@@none"], ["@@all"], ["@@append"], ["@@assign"], ["@@remove"], ["@@append", "@@remove"], ["@@all", "@@append"]]
)


def with_control(node: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Nodes that state a control now and then."""
    stated = CONTROLS.map(lambda control: {CONTROL: control})
    return st.builds(lambda control, rest: {**control, **rest}, st.just({}) | st.just({}) | stated, node)


def some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A map with any of some keys."""
    return st.fixed_dictionaries({}, optional=keys)


def named(names: str, below: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A map of the author's names, in either case."""
    return st.dictionaries(st.sampled_from(names + names.upper()), below, max_size=3)


LIST = with_control(st.dictionaries(st.sampled_from(["@@assign", "@@append", "@@remove"]), VALUES, max_size=3))
SCALAR = with_control(some(**{"@@assign": st.sampled_from("wxyz")}))
RULE = with_control(
    some(
        target_backup_vault_name=SCALAR,
        lifecycle=with_control(some(delete_after_days=with_control(some(**{"@@assign": st.sampled_from("123")})))),
        index_actions=with_control(some(resource_types=LIST)),
    )
)
PLAN = with_control(some(regions=LIST, rules=with_control(named("rs", RULE))))
DOCUMENT = with_control(named("pq", PLAN))
LEVELS = st.lists(st.lists(DOCUMENT, max_size=3), min_size=1, max_size=4)


@given(LEVELS)
def test_a_second_evaluator_agrees(levels: Levels) -> None:
    """Value by value, by the words of the rules, comes out what the engine makes going down all documents at once."""
    assert merged(levels)[0] == plain_merge(levels)


def shuffled(data: Any, random: Random) -> Any:
    """The same data with the keys of every map in another order."""
    if not isinstance(data, dict):
        return data
    keys = list(data)
    random.shuffle(keys)
    return {key: shuffled(data[key], random) for key in keys}


def distinct(data: Any) -> Any:
    """The same data with names in lower case, so that no two differ only in case."""
    return {key.lower(): distinct(value) for key, value in data.items()} if isinstance(data, dict) else data


@given(LEVELS, st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(levels: Levels, random: Random) -> None:
    """Documents whose keys stand in another order say the same."""
    clean = [[distinct(document) for document in level] for level in levels]
    turned = [[shuffled(document, random) for document in level] for level in clean]
    assert merged(turned)[0] == merged(clean)[0]


@given(LEVELS)
def test_names_in_another_case_are_the_same_names(levels: Levels) -> None:
    """Folding all names changes nothing."""
    clean = [[distinct(document) for document in level] for level in levels]
    loud = [[_loud(document) for document in level] for level in clean]
    assert merged(loud)[0] == merged(clean)[0]


def _loud(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    return {key if key.startswith("@@") else key.upper(): _loud(value) for key, value in data.items()}


@given(
    st.dictionaries(st.sampled_from("abcdef"), VALUES, min_size=1), st.lists(st.integers(0, 3), min_size=6, max_size=6)
)
def test_disjoint_assignments_become_their_union(plans: dict[str, list[str]], where: list[int]) -> None:
    """Where every leaf is assigned once, it does not matter at which level, or beside which other policy."""
    levels: Levels = [[], [], [], []]
    for (name, values), level in zip(sorted(plans.items()), where, strict=False):
        levels[level].append({name: {"regions": {"@@assign": values}}})
    expected = {name: {"regions": list(dict.fromkeys(values))} for name, values in plans.items()}
    assert merged(levels)[0] == expected


@given(VALUES, st.lists(st.lists(LIST, max_size=2), max_size=3))
def test_a_locked_leaf_stays(values: list[str], below: list[list[dict[str, Any]]]) -> None:
    """After `@@none` on a leaf nothing that the levels below say about it counts, and all of it is told."""
    top = {"p": {"regions": {"@@assign": values, CONTROL: ["@@none"]}}}
    found, trace = merged([[top], *([{"p": {"regions": leaf}} for leaf in level] for level in below)])
    assert found == {"p": {"regions": list(dict.fromkeys(values))}}
    said = sum(key != CONTROL for level in below for leaf in level for key in leaf)
    assert len(trace.ignored) == said


@given(LEVELS)
def test_the_trace_tells_of_every_value_and_of_nothing_else(levels: Levels) -> None:
    """Each leaf of the document has its way told, and what is told to have set it is where its value comes from."""
    document, trace = merged(levels)
    assert {leaf.path: leaf.value for leaf in trace.leaves} == dict(_flat(document, "plans"))
    for leaf in trace.leaves:
        counted = [one for one in leaf.said if one.outcome in ("set", "added", "removed")]
        values = {leaf.value} if isinstance(leaf.value, str) else set(leaf.value)
        assert values <= {value for one in counted for value in one.values}
        assert sum(one.outcome == "set" for one in leaf.said) <= 1
    assert [leaf.path for leaf in trace.leaves] == sorted(leaf.path for leaf in trace.leaves)


def _flat(data: Any, path: str) -> list[tuple[str, Any]]:
    if isinstance(data, dict):
        return [pair for key, value in data.items() for pair in _flat(value, f"{path}/{key}")]
    return [(path, tuple(data) if isinstance(data, list) else data)]


WORDS = st.sampled_from(
    [
        *("plans", "rules", "regions", "selections", "tags", "resources", "lifecycle", "copy_actions", "scan_actions"),
        *("guardduty", "delete_after_days", "schedule_expression", "enable_continuous_backup", "tag_value", "a", ""),
        *("@@assign", "@@append", "@@remove", "@@other", CONTROL),
    ]
)
SINGLE = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | WORDS
ANYTHING = st.recursive(
    SINGLE | st.sampled_from(["true", "cron(0 4 ? * * *)", "9" * 5000]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(WORDS, below, max_size=4),
    max_leaves=20,
)


@given(ANYTHING, st.booleans(), st.booleans())
def test_whatever_stands_in_a_document_is_answered(anything: Any, below: bool, stored: bool) -> None:
    """No document makes the engine fail: it is refused, invalid or effective, and what is refused has a reason."""
    document = {"plans": {"p": anything}} if below else anything
    policy = Attached("p", text=json.dumps(document))
    answer = evaluate([Level("ROOT", "r", (policy,))], now=datetime(2026, 6, 1, tzinfo=UTC), stored=stored)
    if isinstance(answer, Refused):
        assert all(one.reason and one.place for one in answer.refusals)
    else:
        assert isinstance(answer, Effective) or answer.errors
