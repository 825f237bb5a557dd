"""`backstay effective`: the merged policy for programs and for people, and what is said of policies that are wrong."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).parents[1] / "contract" / "aws" / "effective" / "cases"
NOW = ("--now", "2026-06-01")
LOCK = "@@operators_allowed_for_child_policies"


def told(shell: Any, case: str, code: int) -> Any:
    """The JSON that the command prints for a case."""
    done = shell("effective", "--tree", str(CASES / f"{case}.json"), "--format", "json", *NOW)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("case", ["peers-remove-beats-append", "map-none-does-not-cascade", "no-policy-at-all"])
def test_an_effective_policy(case: str, shell: Any) -> None:
    """A program gets the document under `effective` and exit code 0."""
    expected = json.loads((CASES / f"{case}.json").read_text(encoding="utf-8"))["expected_effective"]
    assert told(shell, case, 0) == {"effective": expected}


def test_a_refused_policy(shell: Any) -> None:
    """A program gets the stage, the policy and AWS's code, and exit code 1."""
    assert told(shell, "refuse-one-character-too-many", 1) == {
        "error": {"stage": "admission", "policy": "p-0001", "code": "ConstraintViolationException"}
    }


def test_an_invalid_merge(shell: Any) -> None:
    """A program gets every error, who contributed, and what the account keeps, and exit code 1."""
    kept = json.loads((CASES / "invalid-keeps-what-was-there.json").read_text(encoding="utf-8"))["previous_effective"]
    message = "'regions' is less than the allowed minimum limit 1"
    assert told(shell, "invalid-keeps-what-was-there", 1) == {
        "error": {
            "stage": "effective",
            "errors": [{"code": "ELEMENTS_TOO_FEW", "path": "plans/monthly/regions", "message": message}],
            "contributing": ["p-0002"],
            "published": kept,
        }
    }


def test_the_trace_as_data(shell: Any) -> None:
    """With `--trace` a program gets everybody who spoke about every leaf."""
    done = shell("effective", "--tree", str(CASES / "control-append-only.json"), "--format", "json", "--trace", *NOW)
    trace = json.loads(done.stdout)["trace"]
    (regions,) = [leaf for leaf in trace["leaves"] if leaf["path"] == "plans/weekly/regions"]
    assert [(one["policy"], one["outcome"]) for one in regions["said"]] == [
        ("p-0001", "set"),
        ("p-0002", "ignored"),
        ("p-0002", "added"),
    ]
    assert [one["path"] for one in trace["ignored"]] == ["plans/weekly/regions"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A plan that the root locks in part, a peer that comes too late, and an account that wants more than it may."""
    role = "arn:aws:iam::$account:role/keeper"
    pick = {"iam_role_arn": role, "tag_key": "tier", "tag_value": ["one"]}
    plan = {
        "regions": {"@@assign": ["eu-west-3"], LOCK: ["@@append"]},
        "rules": {LOCK: ["@@none"], "sunday": {"target_backup_vault_name": {"@@assign": "cellar"}}},
        "selections": {"tags": {"t": {key: {"@@assign": value} for key, value in pick.items()}}},
    }
    attic = {"target_backup_vault_name": {"@@assign": "attic"}}
    account = {"regions": {"@@assign": ["us-east-2"]}, "rules": {"friday": attic}}
    levels = [
        {
            "kind": "ROOT",
            "target": "r-acme",
            "policies": [policy("base", plan), policy("late", {"rules": {"sunday": attic}})],
        },
        {"kind": "ACCOUNT", "target": "444455556666", "policies": [policy("own", account)]},
    ]
    file = tmp_path / "tree.json"
    file.write_text(json.dumps({"tree": levels}, indent=1), encoding="utf-8")
    return file


def policy(name: str, plan: Any) -> dict[str, Any]:
    """An attached policy with one plan."""
    return {"id": name, "document": {"plans": {"weekly": plan}}}


def test_what_a_person_is_told(shell: Any, tree: Path) -> None:
    """Beside the document: who set what where several spoke, what did not count and why, and which peers fight."""
    done = shell("effective", "--tree", str(tree))
    assert done.returncode == 0
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines[0] == "r-acme > 444455556666: 3 policies"
    assert 'plans/weekly/regions = ["eu-west-3"]' in lines
    (ignored,) = [line for line in lines if line.startswith("ignored ")]
    lock = 1 + next(n for n, line in enumerate(tree.read_text().splitlines()) if LOCK in line)
    assert "@@assign us-east-2: policy own at ACCOUNT 444455556666" in ignored
    assert ignored.endswith(f"(locked by policy base at ROOT r-acme, line {lock})")
    assert any(line.startswith("plans/weekly/rules/friday of policy own") for line in lines)
    assert any("target_backup_vault_name: late loses, policy base assigns too" in line for line in lines)
    assert "tag_key =" not in done.stdout
    assert "plans/weekly/selections/tags/t/tag_key =" in shell("effective", "--tree", str(tree), "--trace").stdout


def test_a_refusal_is_drawn_in_the_policys_text(shell: Any, tree: Path) -> None:
    """The place and the reason that AWS keeps to itself, with the characters underlined."""
    tree.write_text(tree.read_text().replace('"eu-west-3"', '"eu-west-33"'), encoding="utf-8")
    done = shell("effective", "--tree", str(tree))
    assert done.returncode == 1
    assert "error[policy-refused]: policy base is refused: `eu-west-33` names no Region" in done.stdout
    number = 1 + next(n for n, line in enumerate(tree.read_text().splitlines()) if "eu-west-33" in line)
    assert f"--> {tree}:{number}:" in done.stdout
    assert "^^^^^^^^^^^^" in done.stdout
    assert "MalformedPolicyDocumentException" in done.stdout


def test_an_invalid_merge_is_drawn_where_it_comes_from(shell: Any) -> None:
    """Each error with AWS's words and the contributing policies, then what the account keeps."""
    done = shell("effective", "--tree", str(CASES / "invalid-continuous-kept-too-long.json"), *NOW)
    assert done.returncode == 1
    assert "continuous backup keeps at most 35 days; after merging it keeps 60" in done.stdout
    assert "delete_after_days, set by p-0002" in done.stdout
    assert "contributing policies: p-0001, p-0002" in done.stdout
    assert "nothing of the new policy is put into effect; the account keeps\n{}" in done.stdout


def test_raw_text_has_its_own_lines(shell: Any) -> None:
    """A policy given as text is drawn in that text, named with its file and id."""
    done = shell("effective", "--tree", str(CASES / "refuse-rule-twice.json"), *NOW)
    assert "refuse-rule-twice.json (p-0001):3:3" in done.stdout
    assert '3 |   "r": {}}}}}' in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the text ends where a value should stand"),
        ("[1]", "a case is an object with the member `tree`"),
        ('{"tree": [{"kind": "ROOM"}]}', "`kind` is one of ROOT, OU, ACCOUNT"),
        ('{"tree": [{"kind": "ROOT", "target": "r", "policies": [{"id": "p"}]}]}', "policy `p` must have one of"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_what_is_no_case(text: str, said: str, form: str, shell: Any, tmp_path: Path) -> None:
    """A file that is no case is complained about at its place, with exit code 2 and nothing on standard output."""
    file = tmp_path / "case.json"
    file.write_text(text, encoding="utf-8")
    done = shell("effective", "--tree", str(file), "--format", form)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert f"{file}:1:" in done.stderr


def test_what_cannot_be_read(shell: Any, tmp_path: Path) -> None:
    """No file, a folder, bytes that are no text, no option: one sentence and exit code 2."""
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe{")
    for words in (("--tree", "nowhere.json"), ("--tree", str(tmp_path)), ("--tree", str(tmp_path / "bytes.json")), ()):
        done = shell("effective", *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.strip()


def test_names_cannot_command_the_terminal(shell: Any, tree: Path) -> None:
    """What stands in a file is shown, not obeyed."""
    tree.write_text(tree.read_text().replace('"late"', '"\\u001b[31mlate"'), encoding="utf-8")
    done = shell("effective", "--tree", str(tree))
    assert "\x1b" not in done.stdout
    assert "\\x1b[31mlate" in done.stdout


def test_the_page_shows_what_happens(shell: Any) -> None:
    """The commands of the page print, between the dots that stand for left-out lines, what the page shows."""
    page = (Path(__file__).parents[2] / "docs" / "effective.md").read_text(encoding="utf-8")
    tree = re.search(r"^```json tree.json\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert tree is not None
    (shell.folder / "tree.json").write_text(tree[1], encoding="utf-8")
    shown = re.findall(r"^```console\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(shown) == 3
    for block in shown:
        output = ""
        for command in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
            words = shlex.split(command)
            if words[0] == "sed":
                done = subprocess.run(command, shell=True, cwd=shell.folder, check=True, capture_output=True, text=True)
            else:
                done = shell(*words[1:])
            output += done.stdout
        for piece in re.split(r"^(?:…|\$ .*)\n", block, flags=re.MULTILINE):
            assert piece.strip("\n") in output
