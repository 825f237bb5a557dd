"""The page about CI, taken at its word: its YAML is YAML, its commands, inputs and hooks are there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from click import Context

from backstay.cli.lint import FORMATS, lint

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
BLOCKS = [yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


def found(value: Any, key: str) -> Iterator[Any]:
    """Every value of a key, however deep."""
    for name, one in value.items() if isinstance(value, dict) else ():
        if name == key:
            yield one
        yield from found(one, key)
    for one in value if isinstance(value, list) else ():
        yield from found(one, key)


def test_every_command_can_be_run() -> None:
    """Each `backstay …` of the examples is one that lint's own parser reads, with options that it tells of."""
    scripts = [line for key in ("run", "script") for value in found(BLOCKS, key) for line in _lines(value)]
    ours = [line for line in scripts if line.startswith("backstay ")]
    assert len(ours) == 4
    for line in ours:
        name, *words = shlex.split(re.split(r"\|\||>>", line)[0])[1:]
        assert name == "lint"
        lint.make_parser(Context(lint)).parse_args(args=list(words))
        told = lint.get_help(Context(lint))
        assert all(word in told for word in words if word.startswith("-"))


def _lines(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_every_input_is_told_with_its_default() -> None:
    """The table names the inputs of the action, and the example uses none that it does not have."""
    rows = {
        row[1]: row[2].strip() for row in re.finditer(r"^\| `([\w-]+)` \| ([^|]*) \| [^|]* \|$", PAGE, re.MULTILINE)
    }
    assert rows.keys() == ACTION["inputs"].keys()
    for name, given in ACTION["inputs"].items():
        assert not given["default"] or rows[name] == f"`{given['default']}`"
    (step,) = [step for steps in found(BLOCKS, "steps") for step in steps if "OWNER" in step.get("uses", "")]
    assert step["with"].keys() <= ACTION["inputs"].keys()


def test_every_output_is_told() -> None:
    """Those are the outputs that the action has."""
    assert all(f"`{name}`" in PAGE for name in ACTION["outputs"])


def test_every_hook_is_one() -> None:
    """The example's hooks are those that the repository offers."""
    assert {hook["id"] for hooks in found(BLOCKS, "hooks") for hook in hooks} == {hook["id"] for hook in HOOKS}


def test_every_format_is_told() -> None:
    """The first table has a row for each format of lint."""
    assert all(re.search(rf"^\| `{form}` \|", PAGE, re.MULTILINE) for form in FORMATS)


def test_the_pins_are_those_of_the_starter() -> None:
    """An action that the page uses is pinned as in the starter's workflow."""
    starter = (ROOT / "compiler/backstay/starter/files/workflow.yml").read_text("utf-8")
    assert all(pin in starter for pin in re.findall(r"uses: (\S+@[0-9a-f]{40})", PAGE))
