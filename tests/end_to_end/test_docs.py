"""The documentation, taken at its word: policies load, commands exist, the first steps lead where the page says."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from tests.local import proofs

from backstay.cli.main import cli
from backstay.load import load
from backstay_contract.build import BuildIndex, Plan
from backstay_local import operations, running
from backstay_local.app import LocalAws
from backstay_local.backup.options import Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
GENERATED = {"rules.md", "operations.md", "catalog.md"}
PAGES = sorted([*DOCS.glob("*.md"), ROOT / "README.md"])
WRITTEN = [page for page in PAGES if page.name not in GENERATED]
VARYING = (
    # Times, ids, ports and durations differ from run to run; everything else has to be as the page says.
    (re.compile(r"\d{4}-\d{2}-\d{2}[T ][\d:.]+(Z|\+00:00| UTC)?"), "<time>"),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), "<date>"),
    (re.compile(r"-\d{14}-[0-9a-f]{8}"), "-<id>"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{12,64}\b(?<!\d{12})"), "<id>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "<host>"),
    (re.compile(r"\d+\.\d+ s\b"), "<seconds>"),
)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, the file that it is to be written to (or nothing), its text."""

    language: str
    file: str
    text: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    for found in re.finditer(r"^```(\w+)(?: +(\S+))?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield Block(found[1], found[2] or "", found[3], text.count("\n", 0, found.start()) + 1)


def commands(block: Block) -> Iterator[tuple[str, list[str]]]:
    """The commands of a console block, each with the lines that are shown to follow."""
    command, shown = "", list[str]()
    for line in block.text.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, shown
            command, shown = line.removeprefix("$ "), []
        else:
            shown.append(line)
    if command:
        yield command, shown


def of_language(language: str) -> list[Any]:
    """The blocks of one language in all pages that people write, as parameters of a test."""
    found = [(page, block) for page in WRITTEN for block in blocks(page) if block.language == language]
    return [pytest.param(block, id=f"{page.name}:{block.line}") for page, block in found]


POLICIES = [it for it in of_language("python") if it.values[0].text.startswith("from backstay import")]


@pytest.mark.parametrize("block", POLICIES)
def test_policies_load(block: Block, tmp_path: Path) -> None:
    """Every policy in the documentation loads without a word from the loader."""
    (tmp_path / "page.py").write_text(block.text, encoding="utf-8")
    loaded = load([tmp_path / "page.py"])
    assert not loaded.findings
    assert loaded.policies


PROGRAMS = [it for it in of_language("python") if "from backstay_local" in it.values[0].text and not it.values[0].file]


@pytest.mark.parametrize("block", PROGRAMS)
def test_programs_run(block: Block, tmp_path: Path) -> None:
    """A program in the documentation that brings its own embedded AWS runs to its end."""
    done = subprocess.run([sys.executable, "-c", block.text], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("block", of_language("console"))
def test_commands_exist(block: Block) -> None:
    """Every `backstay …` in the documentation is a command that there is, with options that it has."""
    assert list(commands(block)), "a console block shows at least one command"
    for command, _ in commands(block):
        for words in ours(command):
            check(words)


def ours(command: str) -> Iterator[list[str]]:
    """The words behind each `backstay` of a command line, the one inside `$(…)` included."""
    bare = re.sub(r"\"?\$\((.*?)\)\"?", r"; \1 ;", command.split(" #")[0])
    for part in re.split(r"[;|]|&&", bare):
        words = shlex.split(part.split(">")[0])
        if words and words[0] == "backstay":
            yield words[1:]


def check(words: list[str]) -> None:
    """Walk down to the command that is meant, and let its own parser read the rest."""
    command, rest = cli, words
    context = click.Context(cli, info_name="backstay", **cli.context_settings)
    while isinstance(command, click.Group):
        name = next((word for word in rest if not word.startswith("-")), "")
        before = rest[: rest.index(name)]
        command.make_parser(context).parse_args(args=list(before))
        found = command.get_command(context, name)
        assert found is not None, f"there is no command {name!r} in {shlex.join(words)}"
        rest = rest[len(before) + 1 :]
        context, command = click.Context(found, info_name=name, parent=context), found
    if rest and (meant := getattr(command, "below", lambda _: None)(rest[0])):
        command, rest = meant, rest[1:]
    told = command.get_help(context)
    command.make_parser(context).parse_args(args=list(rest))  # UsageError where an option is unknown or lacks its value
    for word in rest:
        assert not word.startswith("-") or word.split("=")[0] in told, f"{word} is not in the help of {words}"


def usual(line: str) -> str:
    """A line of output without what differs from run to run."""
    for pattern, word in VARYING:
        line = pattern.sub(word, line)
    return line.rstrip()


def test_the_first_steps_lead_where_they_say(tmp_path: Path) -> None:
    """The whole page, from an empty folder: each file is written, each command run, each shown line is printed."""
    empty = tmp_path / "empty"
    empty.mkdir()
    script, shown = ["exec 2>&1"], list[tuple[str, list[str]]]()
    for block in blocks(DOCS / "first-steps.md"):
        if block.file:
            script += [f"mkdir -p $(dirname {block.file})", f"cat > {block.file} <<'END'\n{block.text}END"]
        for command, lines in commands(block) if block.language == "console" else ():
            script += [f"echo '=== {len(shown)}'", command]
            shown.append((command, lines))
    home = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "XDG_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**home, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": path}
    try:
        done = subprocess.run(
            ["bash", "-c", "\n".join(script)], cwd=empty, env=environment, capture_output=True, text=True, check=False
        )
    finally:
        for note in tmp_path.rglob("server.json"):
            if (found := running.find(note.parent)) is not None:
                os.kill(found.pid, signal.SIGKILL)
    printed = re.split(r"^=== \d+\n", done.stdout, flags=re.MULTILINE)[1:]
    assert len(printed) == len(shown), done.stdout
    for (command, lines), output in zip(shown, printed, strict=True):
        real = [usual(line) for line in output.splitlines()]
        for line in lines:
            assert line == "…" or usual(line) in real, f"after {command!r}, {line!r} is not in:\n{output}"
        assert "…" in lines or len(lines) == len(real), f"after {command!r} there is more:\n{output}"


def test_set_ups_can_be_seeded() -> None:
    """The set-up that the page of the embedded AWS shows is one that it takes."""
    page = DOCS / "embedded-aws.md"
    (text,) = (block.text for block in blocks(page) if block.language == "yaml")
    with LocalAws() as aws:
        made = aws.seed_texts([("setup.yaml", text)]).to_json()["created"]
    assert made.keys() == {"roles", "keys", "topics", "buckets"}


def test_the_build_that_is_shown_is_one() -> None:
    """The page of the build shows an index and plans that the contract takes."""
    index, plans = (json.loads(block.text) for block in blocks(DOCS / "build.md") if block.language == "json")
    assert BuildIndex.model_validate(index).accounts
    assert [Plan.model_validate(plan).body() for plan in plans] == plans


def test_the_rules_are_those_of_the_linter() -> None:
    """`docs/rules.md` is what `make docs` writes."""
    told = CliRunner().invoke(cli, ["rules", "--format", "markdown"]).output
    assert (DOCS / "rules.md").read_text(encoding="utf-8") == told, "run `make docs`"


def test_the_catalogue_is_that_of_the_tables() -> None:
    """`docs/catalog.md` is what `make docs` writes."""
    told = CliRunner().invoke(cli, ["catalog", "--format", "markdown"]).output
    assert (DOCS / "catalog.md").read_text(encoding="utf-8") == told, "run `make docs`"


def test_the_operations_are_those_of_the_embedded_aws() -> None:
    """`docs/operations.md` is what `make docs` writes."""
    assert (DOCS / "operations.md").read_text(encoding="utf-8") == operations.markdown(proofs.kept()), "run `make docs`"


def test_the_settings_have_the_defaults_that_are_told() -> None:
    """Every setting of the embedded AWS stands in its page with its name and its default."""
    page = (DOCS / "embedded-aws.md").read_text(encoding="utf-8")
    rows = {row[1]: row[2] for row in re.finditer(r"^\| `(\w+)` \| `([^`]+)` \|", page, re.MULTILINE)}
    settings = Settings()
    told = {field.name: getattr(settings, field.name) for field in fields(Settings)}
    assert rows.keys() == told.keys()
    for name, value in told.items():
        days = str(value).partition(",")[0]  # a timedelta of whole days, as people say it
        assert rows[name] in (str(value), repr(value), f"{getattr(value, 'total_seconds', float)()} s", days), name


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """A link of a page to another file, and a path in backquotes that begins with a source folder, exist."""
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), target
    for target in re.findall(r"`((?:compiler|runtime|schemas|policies/reference|tests|docs)/[\w/.-]*)`", text):
        assert (ROOT / target).exists(), target


def test_the_front_page_counts_the_rules() -> None:
    """The number of rules that README.md names is that of the catalogue."""
    from backstay.lint.registry import every

    said = re.search(r"`lint` knows (\d+) rules", (DOCS.parent / "README.md").read_text("utf-8"))
    assert said is not None
    assert int(said[1]) == len(every())
