"""`backstay diff` as a reviewer calls it: folders, builds, revisions, and everything that may be wrong with them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backstay.cli.main import cli

STARTUP = Path(__file__).parents[3] / "policies" / "reference" / "startup"
NOW = ("--now", "2026-11-29")


def run(*arguments: str | Path) -> Result:
    """The command's result; an exception that is none of an exit is raised."""
    result = CliRunner().invoke(cli, ["diff", *NOW, *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def shorter(tmp_path: Path) -> Path:
    """The policies, with dailies that are kept for less."""
    folder = tmp_path / "shorter"
    shutil.copytree(STARTUP, folder)
    for path in folder.glob("*.py"):
        path.write_text(path.read_text().replace("days(35)", "days(21)"))
    return folder


def test_a_loss_comes_first_with_its_witness_and_line(shorter: Path) -> None:
    """The verdict, what is lost, by whom, and where it is written."""
    result = run(STARTUP, shorter, "--fail-on", "lost")
    assert result.exit_code == 1
    assert "of protection" in result.stdout.splitlines()[0]
    assert "Kept for 35 days → 21 days" in result.stdout
    assert "such as" in result.stdout
    assert str(shorter) in result.stdout


def test_json_has_every_member(shorter: Path) -> None:
    """What programs rely on."""
    told = json.loads(run(STARTUP, shorter, "--format", "json").stdout)
    change = next(one for one in told["changes"] if one["direction"] == "lost")
    assert change["kind"] == "points"
    assert change["accounts"] == len(change["account_ids"]) > 0
    assert change["witness"]["arn"].startswith("arn:aws:")
    assert change["line"] > 0


VAULT = """from backstay import Lock, Policy, Vault, days, root
base = Policy("base", attach=root(), vaults=[{vaults}])
"""
ORG = """id: o-acme0001
management_account: "100000000001"
regions: [eu-central-1]
root: {accounts: [{id: "100000000001", name: management}]}
"""
STRICT, LOOSE = (f'Vault("main", lock=Lock.governance(min=days({least}), max=days(400)))' for least in (30, 7))
FINAL = 'Vault("main", lock=Lock.compliance(min=days(30), max=days(400), grace=days(14)))'
FAILING = {
    # what it is of: both sides, and the words of `--fail-on` that it fails
    "nothing": (STRICT, STRICT, ()),
    "a gain": (LOOSE, STRICT, ("change",)),
    "a looser lock": (STRICT, LOOSE, ("lost", "forever", "locks-only-tighten", "change")),
    "a lock for ever": (STRICT, FINAL, ("forever", "change")),
    "a renamed vault, looser": (STRICT, LOOSE.replace('"main"', '"new", moved="main"'),
                                ("lost", "forever", "locks-only-tighten", "change")),
}  # fmt: skip


def vaults(folder: Path, text: str) -> Path:
    """Policies with some vaults only."""
    folder.mkdir()
    (folder / "org.yaml").write_text(ORG)
    (folder / "policy.py").write_text(VAULT.format(vaults=text))
    return folder


@pytest.mark.parametrize("name", list(FAILING))
def test_each_word_of_fail_on_fails_what_it_says(tmp_path: Path, name: str) -> None:
    """And nothing else; `never` never."""
    before, after, failing = FAILING[name]
    sides = vaults(tmp_path / "old", before), vaults(tmp_path / "new", after)
    words = ("lost", "forever", "locks-only-tighten", "change", "never")
    assert tuple(word for word in words if run(*sides, "--fail-on", word).exit_code == 1) == failing


def test_a_looser_lock_is_told_before_everything_else(tmp_path: Path) -> None:
    """Before what is lost, in each format; once, and in the verdict."""
    sides = vaults(tmp_path / "old", f'{STRICT}, Vault("a")'), vaults(tmp_path / "new", f"{LOOSE}")
    verdict, _, first, *_ = run(*sides).stdout.splitlines()
    assert verdict.startswith("1 lock gets looser; 1 other change")
    assert first.startswith("! looser    governance, 30 to 400 days → governance, 7 to 400 days")
    comment = run(*sides, "--format", "markdown").stdout
    assert "**Backups: 1 lock gets looser**" in comment
    assert comment.count("governance, 7 to 400 days") == 1
    assert "Locks that get looser" in comment.partition("<details>")[0]
    assert json.loads(run(*sides, "--format", "json").stdout)["changes"][0]["breaks"] == "locks-only-tighten"
    page = run(*sides, "--format", "html").stdout
    assert page.index('id="looser"') < page.index('id="lost"')


def test_nothing_is_nothing(shorter: Path) -> None:
    """A change of nothing says so, and fails on nothing."""
    result = run(shorter, shorter, "--fail-on", "change")
    assert result.exit_code == 0
    assert result.stdout == "Nothing changes for anybody.\n"


def test_builds_and_policies_are_sides_alike(shorter: Path, tmp_path: Path) -> None:
    """A build differs in nothing from the policies that it was made of, and from others as they do."""
    build = tmp_path / "build"
    compiled = CliRunner().invoke(cli, ["compile", str(STARTUP), "-o", str(build), "-q"])
    assert compiled.exit_code == 0
    assert run(build, STARTUP).stdout == "Nothing changes for anybody.\n"
    assert "Kept for 35 days → 21 days" in run(build, shorter).stdout


def test_a_revision_is_a_side(shorter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The policies of a revision with its own organization file, though the working tree is another."""
    monkeypatch.chdir(tmp_path)
    for words in (["init", "-q"], ["config", "user.email", "a@b.c"], ["config", "user.name", "a"]):
        subprocess.run(["git", *words], check=True)
    shutil.copytree(STARTUP, "policies")
    subprocess.run(["git", "add", "-A"], check=True)
    subprocess.run(["git", "commit", "-qm", "policies"], check=True)
    shutil.copytree(shorter, "policies", dirs_exist_ok=True)
    assert "Kept for 35 days → 21 days" in run("git:HEAD").stdout
    assert run("git:HEAD", "git:HEAD:policies").stdout == "Nothing changes for anybody.\n"
    for wrong, told in (
        ("git:nowhere", "no revision nowhere"),
        ("git:HEAD:other", "has nothing called other"),
        ("git:-x", "name a revision"),
    ):
        result = run(wrong)
        assert result.exit_code == 2
        assert told in result.stderr


def test_the_side_that_has_errors_is_named(shorter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Places in a revision are those of the working tree, so the complaint says whose they are."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(STARTUP, "policies")
    with (tmp_path / "policies" / "broken.py").open("w") as file:
        file.write("x = (")
    for words in (
        ["init", "-q"],
        ["config", "user.email", "a@b.c"],
        ["config", "user.name", "a"],
        ["add", "-A"],
        ["commit", "-qm", "policies"],
    ):
        subprocess.run(["git", *words], check=True)
    result = run("git:HEAD", shorter)
    assert result.exit_code == 2
    assert "policies/broken.py:1:5" in result.stderr
    assert result.stderr.splitlines()[-1] == "error: git:HEAD cannot be compared: its policies have the errors above"


def test_what_is_no_side_is_said(tmp_path: Path) -> None:
    """A folder that is not there, a build that is broken, an inventory that cannot be read."""
    assert run(tmp_path / "nowhere", STARTUP).exit_code == 2
    (tmp_path / "shapes").mkdir()
    (tmp_path / "index.json").write_text("{")
    broken = run(tmp_path, STARTUP)
    assert broken.exit_code == 2
    assert "index.json is not JSON" in broken.stderr
    assert run(STARTUP, STARTUP, "--inventory", tmp_path / "no.jsonl").exit_code == 2


def test_an_inventory_counts_who_is_concerned(shorter: Path, tmp_path: Path) -> None:
    """Real resources that lose something are counted, and one of them is named."""
    told = json.loads(run(STARTUP, shorter, "--format", "json").stdout)
    change = next(one for one in told["changes"] if one["direction"] == "lost")
    witness = change["witness"]
    place = {key: witness[key] for key in ("type", "account", "region")}
    rows = [
        {"arn": witness["arn"], "tags": witness["tags"], **place},
        {"arn": f"{witness['arn']}-2", "tags": {}, **place},
    ]
    (tmp_path / "inventory.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    counted = json.loads(run(STARTUP, shorter, "--format", "json", "--inventory", tmp_path / "inventory.jsonl").stdout)
    assert next(one for one in counted["changes"] if one["direction"] == "lost")["resources"] == [witness["arn"]]


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_every_format_goes_into_a_file_as_it_is_printed(shorter: Path, tmp_path: Path, form: str) -> None:
    """The same bytes, and nothing on standard output."""
    file = tmp_path / "review"
    printed = run(STARTUP, shorter, "--format", form)
    result = run(STARTUP, shorter, "--format", form, "-o", file)
    assert (result.exit_code, result.stdout) == (0, "")
    assert file.read_text("utf-8") == printed.stdout


def test_a_file_that_cannot_be_written_is_a_complaint(shorter: Path, tmp_path: Path) -> None:
    """It says which, and why."""
    result = run(STARTUP, shorter, "-o", tmp_path / "none" / "review")
    assert result.exit_code == 2
    assert "cannot write" in result.output


@pytest.mark.parametrize("words", [("--link", "https://x/y"), ("--format", "markdown", "--link", "https://x/) [a](b")])
def test_a_link_is_an_address_and_for_the_comment(shorter: Path, words: tuple[str, ...]) -> None:
    """Anything else is said before anything is read."""
    result = run(STARTUP, shorter, *words)
    assert result.exit_code == 2
    assert "--link" in result.output
