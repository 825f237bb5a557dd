"""Names and tags that hold markup and terminal escapes: they are told, and nowhere do they act."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

APP, WEB = "200000000010", "200000000011"
RED, TITLE, BIDI = "\x1b[31m", "\x1b]0;pwned\x07", "\u202egnp\u009b31m"
SCRIPT, IMAGE = "<script>alert(1)</script>", "<img src=x onerror=alert(2)>"
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
Rent = Callable[[], tuple[Any, Any]]

UNIT, NAME = f"Work {IMAGE}{BIDI}🚀", f"app {SCRIPT}{RED}{TITLE}"
ORGANIZATION = {
    "id": "o-startup001",
    "management_account": "200000000001",
    "regions": ["eu-west-1"],
    "root": {
        "accounts": [{"id": "200000000001", "name": "management"}],
        "units": [
            {
                "name": UNIT,
                "accounts": [
                    {"id": APP, "name": NAME, "tags": {"<b>team": f"{SCRIPT}{RED}", "env": BIDI}},
                    {"id": WEB, "name": "web", "tags": {"env": "prod"}},
                ],
            }
        ],
    },
}

FORMATS = ["text", "json", "sarif", "junit", "github", "gitlab", "markdown"]

# Each line is wrong in its own stage, and says a hostile text while it is.
WRONG = f"""
from backstay import Plan, Policy, Rule, Select, Vault, account, daily, days, ou, root, tag

vault = Vault("v", key="alias/startup-backup")
rule = Rule("{SCRIPT}", at=daily("04:00"), into=vault, keep=days(40000))
plan = Plan("plan {IMAGE}", rules=[rule], select=[Select("{SCRIPT}", where=tag("{IMAGE}") == "{SCRIPT}")])
policy = Policy("{SCRIPT}", attach=root(), plans=[plan], vaults=[vault])  # backstay: allow {IMAGE} — {SCRIPT}
"""
UNKNOWN = f"""
from backstay import Policy, account, ou
a = Policy("{SCRIPT}", attach=ou("{IMAGE}") | account("{SCRIPT}"))
"""


class Page(HTMLParser):
    """Notes what a browser would take for an element of somebody else's."""

    def __init__(self) -> None:
        super().__init__()
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """An image, or anything with a handler of an event."""
        if tag == "img" or any(name.startswith("on") for name, _ in attributes):
            self.foreign.append(tag)

    def handle_data(self, data: str) -> None:
        """A script that is not ours."""
        if self.lasttag == "script" and "alert(" in data and "JSON" not in data:
            self.foreign.append(data[:40])


@pytest.fixture
def hostile(startup: Any) -> Any:
    """The start-up under the hostile organization, with its one policy on every account."""
    folder: Path = startup.folder / "policies"
    (folder / "org.yaml").write_text(
        json.dumps(ORGANIZATION, ensure_ascii=True).replace(r"\ud83d\ude80", r"\U0001f680")
    )
    policy = (folder / "policy.py").read_text()
    policy = policy.replace('attach=ou("Workloads")', "attach=root()").replace("    ou,\n", "    root,\n")
    (folder / "policy.py").write_text(policy.replace('Policy("startup"', f'Policy("startup {SCRIPT}"'))
    return startup


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("text", [WRONG, UNKNOWN], ids=["wrong", "unknown"])
def test_lint_tells_it_harmlessly(form: str, text: str, hostile: Any) -> None:
    """No format lets a control character through; Markdown and XML hold no markup of the author's."""
    (hostile.folder / "policies" / "policy.py").write_text(text)
    done = hostile("lint", "--format", form, "-q")
    assert done.returncode == 1, done.stderr
    assert not HIDDEN.search(done.stdout + done.stderr)
    assert "alert" in done.stdout
    if form == "markdown":
        assert "<script" not in done.stdout
        assert "<img" not in done.stdout
    elif form == "junit":
        assert {element.tag for element in ElementTree.fromstring(done.stdout).iter()} <= {
            "testsuites", "testsuite", "testcase", "failure", "system-out"
        }  # fmt: skip
    elif form in ("json", "sarif", "gitlab"):
        json.loads(done.stdout)


def test_escapes_in_a_policy_are_shown_as_they_are_spelt(startup: Any) -> None:
    """A control character in a source line is drawn in letters; names with one are refused where they stand."""
    text = f'from backstay import Policy, account\n# {RED}{BIDI}\na = Policy("p", attach=account("x{TITLE}"))\n'
    (startup.folder / "policies" / "policy.py").write_text(text)
    done = startup("lint")
    assert done.returncode == 2
    assert "`account` must be 1 to 256 printable characters" in done.stdout
    assert '"x\\x1b]0;pwned\\x07"' in done.stdout
    assert not HIDDEN.search(done.stdout)


def test_file_names_are_told_harmlessly(startup: Any) -> None:
    """A file's name is outside text too."""
    (startup.folder / "policies" / f"{RED}\n{IMAGE}.py").write_text("import os\n")
    for form in FORMATS:
        done = startup("lint", "--format", form)
        assert done.returncode == 2
        assert not HIDDEN.search(done.stdout + done.stderr)


def test_an_inventory_is_told_harmlessly(hostile: Any) -> None:
    """Resources whose tags hold anything change nothing about the verdict of clean policies."""
    arn = f"arn:aws:s3:::bucket-{SCRIPT}"
    row = {"arn": arn, "type": "S3", "account": APP, "region": "eu-west-1", "tags": {"backup-tier": f"{RED}{SCRIPT}"}}
    daily = {**row, "arn": "arn:aws:s3:::b", "tags": {"backup-tier": "daily", IMAGE: BIDI}}
    (hostile.folder / "inventory.jsonl").write_text(f"{json.dumps(row)}\n{json.dumps(daily)}\n")
    done = hostile("lint", "--inventory", "inventory.jsonl")
    assert done.returncode == 0, done.stdout
    assert not HIDDEN.search(done.stdout)


def test_the_whole_way_harmlessly(hostile: Any, rent: Rent) -> None:
    """Compile, plan, apply, audit in every format, and the organization pulled back into the file that it came from."""
    assert hostile("compile", "-o", "build").returncode == 0
    shell, cloud = rent()
    cloud.client("iam", WEB).delete_role(RoleName="backstay-agent")
    said = []
    for words, code in [
        (("plan", "build", "--detail"), 0),
        (("plan", "build", "--account", NAME), 0),
        (("plan", "build", "--format", "json"), 0),
        (("plan", "build", "--account", f"{RED}{SCRIPT}"), 2),
        (("apply", "build", "--yes"), 3),
        (("backup", "build"), 3),
        *((("audit", "build", "--format", form), 3) for form in ("text", "json", "csv", "junit", "html")),
        (("org", "pull", "-o", "pulled.yaml", "--regions", "eu-west-1"), 0),
    ]:
        done = shell(*words)
        assert done.returncode == code, (words, done.stderr)
        assert not HIDDEN.search(done.stdout + done.stderr), words
        said.append(done.stdout)
    assert any(r"app <script>alert(1)</script>\x1b[31m\x1b]0;pwned\x07" in text for text in said)
    pages = [*shell.folder.rglob("*.html")]
    assert pages
    for page in pages:
        text = page.read_text()
        parser = Page()
        parser.feed(text)
        assert parser.foreign == []
        assert not HIDDEN.search(text)
        assert "&lt;script&gt;" in text
    again = shell("compile", "policies", "--org", "pulled.yaml", "-o", "again")
    assert again.returncode == 0, again.stderr
    assert shell.files("again") == shell.files("build")
