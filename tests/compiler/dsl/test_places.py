"""Where things were written that a constructor makes for the author: at the author's call, never inside Backstay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from backstay.dsl import Node
from backstay.load.loader import load
from backstay.source import Sources
from backstay_contract.findings import Span

GFS = """from backstay import Copy, Plan, Policy, Select, Vault, days, hours, param, root
primary = Vault("primary")
gold = Plan.gfs(
    "gold",
    into=primary,
    at="04:30",
    daily=days(14),
    yearly=param("yearly", days(900)),
    start_within=hours(2),
    copies=[Copy(to="far")],
    select=[Select.everything()],
)
acme = Policy("acme", attach=root(), plans=[gold], vaults=[primary], params={"yearly": days(1000)})
"""


def _load(folder: Path, text: str) -> tuple[Any, Sources]:
    path = folder / "p.py"
    path.write_text(text, encoding="utf-8")
    loaded = load([path])
    assert loaded.findings == ()
    return loaded.policies[0], loaded.sources


def _cut(sources: Sources, span: Span | None) -> str:
    """The first line of the text at a place."""
    assert span is not None
    end = span.end_column - 1 if span.end_line == span.line else None
    return sources[span.path].line(span.line)[span.column - 1 : end]


def _walk(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
        for one in fields(value):
            yield from _walk(getattr(value, one.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _walk(item)


def test_a_plan_of_generations_is_its_call(tmp_path: Path) -> None:
    """The plan and its rules stand at `Plan.gfs(…)`, and what the author said of them at the author's keyword."""
    policy, sources = _load(tmp_path, GFS)
    (plan,) = policy.plans
    span, places = sources.where(plan)
    assert _cut(sources, span) == "Plan.gfs("
    assert {name: _cut(sources, places[name]) for name in ("name", "at", "into", "daily")} == {
        "name": '"gold"',
        "at": '"04:30"',
        "into": "primary",
        "daily": "days(14)",
    }
    for rule in plan.rules:
        span, places = sources.where(rule)
        assert _cut(sources, span) == "Plan.gfs("
        assert _cut(sources, places["start_within"]) == "hours(2)"
        assert _cut(sources, places["into"]) == "primary"
        assert _cut(sources, places["copies"]).startswith("[Copy(")
        assert not {"name", "keep"} & places.keys(), "the call says neither, so they stand at the call itself"
    assert [_cut(sources, sources.where(rule.keep)[0]) for rule in plan.rules] == [
        "days(14)",
        'param("yearly", days(900))',
    ]


@pytest.mark.parametrize(
    ("expression", "call", "argument", "under"),
    [
        ("Framework('f', [Control.vault_lock(min=days(7))])", "Control.vault_lock(", "min", "days(7)"),
        ("Framework('f', [Control.in_backup_plan(on=tag('a') == 'ü')])", "Control.in_", "on", "tag('a') == 'ü'"),
    ],
)
def test_a_control_is_its_constructor(tmp_path: Path, expression: str, call: str, argument: str, under: str) -> None:
    """Arguments of a control's constructor have places by the names that the author gave them."""
    words = "from backstay import Control, Framework, Policy, days, root, tag\n"
    policy, sources = _load(tmp_path, f"{words}p = Policy('ä', attach=root(), frameworks=[{expression}])\n")
    span, places = sources.where(policy.frameworks[0].controls[0])
    assert _cut(sources, span).startswith(call)
    assert _cut(sources, places[argument]) == under


def test_access_for_copies_out_is_its_constructor(tmp_path: Path) -> None:
    """Both sides of a copy say where their accounts stand."""
    words = "from backstay import Access, Policy, Vault, root\n"
    text = f"{words}p = Policy('p', root(), vaults=[Vault('v', access=Access.allow_copies_to(accounts=['x']))])\n"
    policy, sources = _load(tmp_path, text)
    assert _cut(sources, sources.where(policy.vaults[0].access.parts[0])[1]["accounts"]) == "['x']"


def test_no_node_stands_outside_the_file(tmp_path: Path) -> None:
    """Whatever Backstay makes on the way, its place is in the policy: never none, never in the compiler."""
    text = (Path(__file__).parent / "whole_vocabulary.py").read_text(encoding="utf-8")
    policy, sources = _load(tmp_path, text)
    nodes = list(_walk(policy))
    assert len(nodes) > 200
    assert {node.span.path if node.span else None for node in nodes} == set(sources)
