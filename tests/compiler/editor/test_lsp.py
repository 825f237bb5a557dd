"""The language server, spoken to as an editor speaks: JSON-RPC over the pipes of a process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Editor

ORG = """\
id: o-example000
management_account: "100000000001"
regions: [eu-central-1, eu-west-1]
root:
  accounts:
    - {id: "100000000001", name: management}
  units:
    - name: Workloads
      accounts:
        - {id: "100000000010", name: app}
"""
POLICY = """\
from backstay import Plan, Policy, Rule, Select, cron, days, ou, tag
from vaults import vault

policy = Policy("p", attach=ou("Workloads"), vaults=[vault], plans=[Plan("gold", rules=[
    Rule("wöchentlich 😀", at=cron("0 3 ? * 6 *"), into=vault, keep=days(35)),
], select=[Select("gold", where=tag("backup") == "gold")])])
"""
VAULTS = """\
from backstay import Lock, Vault, days

vault = Vault("main", key="alias/backup", lock=Lock.governance(min=days(7), max=days(400)))
"""
WEEKDAY = 4  # the line of the rule, from 0


@pytest.fixture
def texts() -> Mapping[str, str]:
    """The files of a house: an organization, a policy with a mistake, and the vault that it uses."""
    return {"org.yaml": ORG, "policies/acme.py": POLICY, "policies/vaults.py": VAULTS}


def utf16(text: str) -> int:
    """Characters as the protocol counts them."""
    return len(text.encode("utf-16-le")) // 2


def named(found: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """The one diagnostic of a rule."""
    (one,) = [one for one in found if one["code"] == name]
    return one


def edited(text: str, action: dict[str, Any]) -> str:
    """A text with the edits of an action made."""
    lines = text.split("\n")
    (document,) = action["edit"]["documentChanges"]
    for edit in sorted(document["edits"], key=lambda edit: str(edit["range"]), reverse=True):
        start, end = edit["range"]["start"], edit["range"]["end"]
        assert start["line"] == end["line"]
        line = lines[start["line"]].encode("utf-16-le")
        before, after = line[: 2 * start["character"]], line[2 * end["character"] :]
        lines[start["line"]] = before.decode("utf-16-le") + edit["newText"] + after.decode("utf-16-le")
    return "\n".join(lines)


def test_a_session(new_editor: Editor) -> None:
    """A mistake is told at its characters, explained, fixed, and gone once the fix is typed; the server ends well."""
    editor = new_editor
    capabilities = editor.start()["capabilities"]
    assert capabilities["hoverProvider"]
    assert capabilities["codeActionProvider"]["codeActionKinds"] == ["quickfix", "source.fixAll.backstay"]
    editor.open("policies/acme.py", POLICY)
    wrong = named(editor.diagnostics("policies/acme.py"), "numeric-weekday")
    line = POLICY.splitlines()[WEEKDAY]
    start, end = (utf16(line[: line.index(text)]) for text in ("cron(", ", into"))
    assert wrong["range"] == {
        "start": {"line": WEEKDAY, "character": start},
        "end": {"line": WEEKDAY, "character": end},
    }
    assert (wrong["severity"], wrong["source"]) == (2, "backstay")
    assert wrong["codeDescription"]["href"].startswith("https://docs.aws.amazon.com/")
    assert "`6` means `FRI` to AWS" in wrong["message"]

    said = editor.at("textDocument/hover", "policies/acme.py", WEEKDAY, start + 6)["contents"]["value"]
    assert "**numeric-weekday**" in said
    assert "Unix cron and most people count Saturday as 6" in said

    fix, allow = editor.actions("policies/acme.py", WEEKDAY, start, diagnostics=[wrong])
    assert (fix["title"], fix["kind"], fix["isPreferred"]) == ("Write `FRI` for `6`", "quickfix", True)
    assert [one["code"] for one in fix["diagnostics"]] == ["numeric-weekday"]
    fixed = edited(POLICY, fix)
    assert fixed == POLICY.replace("6 *", "FRI *")
    assert edited(POLICY, allow).splitlines()[WEEKDAY] == f"{line}  # backstay: allow numeric-weekday — "

    editor.change("policies/acme.py", 2, fixed)
    assert "numeric-weekday" not in {one["code"] for one in editor.diagnostics("policies/acme.py", 2)}
    assert editor.end() == 0


def test_broken_syntax_and_back(editor: Editor) -> None:
    """A text that is no Python is told so at its place; hover and actions go on, and the next text heals it."""
    editor.open("policies/acme.py", POLICY)
    editor.diagnostics("policies/acme.py", 1)
    for version, text in enumerate(("policy = Policy(\n", "from backstay import Plan\n\0"), 2):
        editor.change("policies/acme.py", version, text)
        assert {one["code"] for one in editor.diagnostics("policies/acme.py", version)} & {"syntax-error"}, text
        editor.at("textDocument/hover", "policies/acme.py", 0, 5)
        assert editor.actions("policies/acme.py", 0, 5) == []
    editor.change("policies/acme.py", 9, POLICY)
    assert named(editor.diagnostics("policies/acme.py", 9), "numeric-weekday")


def test_unsaved_text_counts_in_other_files(editor: Editor) -> None:
    """What is typed into one file is seen from another, with related places in both; saved files stay as they are."""
    editor.open("policies/acme.py", POLICY.replace("days(35)", "days(900)"))
    wrong = named(editor.diagnostics("policies/acme.py"), "retention-outside-lock")
    (related,) = wrong["relatedInformation"]
    assert related["location"]["uri"] == editor.uri("policies/vaults.py")
    assert related["location"]["range"]["start"] == {"line": 2, "character": VAULTS.splitlines()[2].index("days(400)")}
    editor.open("policies/vaults.py", VAULTS.replace("400", "1000"))
    assert "retention-outside-lock" not in {one["code"] for one in editor.diagnostics("policies/acme.py")}
    assert (editor.root / "policies" / "vaults.py").read_text("utf-8") == VAULTS


def test_only_the_newest_text_is_told(editor: Editor) -> None:
    """Many keystrokes in a row come to one look, at the last of them."""
    editor.open("policies/acme.py", POLICY)
    for version in range(2, 30):
        editor.change("policies/acme.py", version, f"{POLICY}# {version}\n")
    told = editor.hear(lambda said: said.get("method") == "textDocument/publishDiagnostics" and "acme" in str(said))
    assert told["params"]["version"] == 29


def test_hover_over_words_and_rules(editor: Editor) -> None:
    """A word of the language shows its call and description, a name in a comment that allows its rule."""
    text = VAULTS.replace("days(400)))", "days(400)))  # backstay: allow vault-on-aws-key — why")
    editor.open("policies/vaults.py", text)
    editor.diagnostics("policies/vaults.py")
    line = text.splitlines()[2]
    for sought, said in (
        ("Vault", "Vault(name: str"),
        ("governance", "Lock.governance("),
        ("days", "`n` days."),
        ("vault-on", "**vault-on-aws-key** (VLT004)"),
    ):
        found = editor.at("textDocument/hover", "policies/vaults.py", 2, line.index(sought) + 1)
        assert said in found["contents"]["value"], sought
    assert editor.at("textDocument/hover", "policies/vaults.py", 1, 0) is None


def test_fix_all_and_closing(editor: Editor) -> None:
    """All fixes of a file come as one action, if asked for; closing the last document takes everything back."""
    text = POLICY.replace("keep=days(35)", "keep=days(365)")
    editor.open("policies/acme.py", text)
    editor.diagnostics("policies/acme.py")
    (action,) = editor.actions("policies/acme.py", 0, 0, only=["source.fixAll"])
    wanted = POLICY.replace("6 *", "FRI *").replace("days(35)", "years(1)").replace("ou, tag", "ou, tag, years")
    assert edited(text, action) == wanted
    editor.tell("textDocument/didClose", textDocument={"uri": editor.uri("policies/acme.py")})
    assert editor.diagnostics("policies/acme.py") == []


def test_other_python_is_left_alone(editor: Editor) -> None:
    """A program beside the policies is none of the server's business, though it may import from Backstay."""
    (editor.root / "tool.py").write_text("from backstay import pipeline\nimport os\n", "utf-8")
    editor.open("tool.py", "from backstay import pipeline\nimport os\n")
    editor.open("policies/acme.py", POLICY)
    said = editor.hear(lambda said: said.get("method") == "textDocument/publishDiagnostics")
    assert "tool.py" not in said["params"]["uri"]
    assert editor.at("textDocument/hover", "tool.py", 0, 22) is None


def test_the_organization_file(editor: Editor) -> None:
    """A mistake typed into the organization file is told in it."""
    editor.open("org.yaml", ORG.replace("eu-west-1", "eu-nowhere-9"))
    (wrong,) = editor.diagnostics("org.yaml")
    assert wrong["range"]["start"] == {"line": 2, "character": ORG.splitlines()[2].index("eu-west-1")}


def test_without_pygls(tmp_path: Path) -> None:
    """Where pygls is not installed, one sentence says what to install, and the exit code is 2."""
    code = (
        "import importlib.util as util, sys; find = util.find_spec\n"
        "util.find_spec = lambda name, *rest: None if name == 'pygls' else find(name, *rest)\n"
        "from backstay.cli.main import main; sys.exit(main(['lsp']))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "pip install 'backstay[editor]'" in ran.stderr
