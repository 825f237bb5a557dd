"""`backstay audit --facts`: stored facts are judged without AWS; an inventory names what AWS did not show."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from backstay_agent.audit.packed import pack
from backstay_agent.controls.facts import Facts

Audit = Callable[..., Result]
LEDGER = "arn:aws:rds:eu-central-1:100000000010:db:ledger"
DISK = "arn:aws:ec2:eu-central-1:100000000010:volume/vol-1"


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Audit:
    """Runs `backstay audit …` in an empty working directory where no AWS can be reached."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    def invoke(*arguments: str | Path) -> Result:
        from backstay_agent.cli.audit import audit as command

        result = CliRunner().invoke(command, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture
def kept(facts: Facts, tmp_path: Path) -> Path:
    """Facts in a file."""
    path = tmp_path / "facts.json"
    path.write_bytes(pack(facts))
    return path


def row(arn: str, account: str = "100000000010", region: str = "eu-central-1") -> str:
    """A line of an inventory."""
    return json.dumps({"arn": arn, "type": "EBS", "account": account, "region": region}) + "\n"


def test_stored_facts_are_judged_as_of_their_time(audit: Audit, kept: Path) -> None:
    """The report is about the time at which the facts were read, the same twice, and leaves nothing behind."""
    once, again = audit("--facts", kept), audit("--facts", kept)
    assert once.exit_code == 1
    assert "read 2026-11-22 12:00–12:02 UTC" in once.stdout
    assert once.stdout == again.stdout
    assert list(kept.parent.iterdir()) == [kept]


def test_controls_parameters_and_accounts_are_chosen_anew(audit: Audit, kept: Path) -> None:
    """What an auditor asks later needs no second reading."""
    name = "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK"
    words = ("--facts", kept, "--control", name, "--account", "payments-prod", "--format", "json")
    assert audit(*words).exit_code == 0
    stricter = audit(*words, "--set", f"{name}.requiredRetentionDays=36")
    assert stricter.exit_code == 1
    assert {it["account"] for it in json.loads(stricter.stdout)["findings"]} == {"100000000010"}


def test_a_page_is_made_of_stored_facts(audit: Audit, kept: Path, tmp_path: Path) -> None:
    """The HTML report needs no AWS either."""
    done = audit("--facts", kept, "--format", "html", "-o", tmp_path / "report.html")
    assert done.exit_code == 1
    assert (tmp_path / "report.html").read_bytes().startswith(b"<!doctype html>")


def test_facts_that_were_kept_are_those_that_were_judged(
    cloud: Any, builds: Any, audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `--keep-facts` wrote, and what the evidence holds, give the report of the audit itself."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.url)
    build = builds.write(tmp_path / "build")
    read = audit(build, "--format", "json", "--keep-facts", "facts.json", "--evidence", "evidence.zip")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    for file in ("facts.json", "evidence.zip"):
        again = audit("--facts", file, "--format", "json")
        assert (again.exit_code, again.stdout) == (read.exit_code, read.stdout)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"", "holds no facts of an audit: the document: Invalid JSON"),
        (b'{"organization": 1}', "holds no facts of an audit: organization: Input should be a valid string"),
        (b"PK\x03\x04", "holds no facts of an audit: it is no zip file"),
        (b"\xff\xfe\x00", "holds no facts of an audit: the document: "),
    ],
)
def test_what_is_no_facts_is_refused(audit: Audit, tmp_path: Path, content: bytes | None, sentence: str) -> None:
    """One sentence and exit code 2."""
    if content is not None:
        (tmp_path / "facts.json").write_bytes(content)
    done = audit("--facts", "facts.json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("error: facts.json ")
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("build", "--facts", "f"), "--facts stands for BUILD and AWS"),
        (("--facts", "f", "--evidence", "e.zip"), "--facts stands for BUILD and AWS"),
        (("--facts", "facts.json", "--resume"), "--facts reads nothing from AWS"),
        (("--facts", "facts.json", "--account", "nobody"), "the facts know no account nobody"),
        ((), "Missing argument 'BUILD' (or --facts FILE)."),
    ],
)
def test_what_does_not_go_together_is_refused(audit: Audit, kept: Path, words: tuple[str, ...], sentence: str) -> None:
    """One sentence and exit code 2."""
    done = audit(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert sentence in done.stderr


def test_what_an_inventory_knows_and_aws_did_not_show_is_named(audit: Audit, kept: Path, tmp_path: Path) -> None:
    """It is neither judged nor passed over: the report names it, the exit code is 3."""
    inventory = tmp_path / "inventory.jsonl"
    inventory.write_text(row(LEDGER) + row(DISK) + row(DISK, "100000000099"), encoding="utf-8")
    done = audit("--facts", kept, "--inventory", inventory)
    assert done.exit_code == 3
    told = "1 resource of the inventory that AWS did not show, gone or never tagged"
    assert f"payments-prod, eu-central-1: not read: {told}: {DISK}" in done.stdout
    assert LEDGER not in done.stdout
    assert done.stderr == f"note: 1 resource of {inventory} is in accounts or Regions that this audit did not read\n"
    findings = json.loads(audit("--facts", kept, "--inventory", inventory, "--format", "json").stdout)["findings"]
    assert DISK not in {it["resource"] for it in findings}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"nothing\n", "inventory.jsonl:1: the line: Invalid JSON"),
        (row(DISK).encode() + b'\n{"arn": "arn:x"}\n', "inventory.jsonl:3: type: Field required"),
    ],
)
def test_what_is_no_inventory_is_refused_at_its_line(
    audit: Audit, kept: Path, tmp_path: Path, content: bytes, sentence: str
) -> None:
    """One sentence with the line and exit code 2."""
    (tmp_path / "inventory.jsonl").write_bytes(content)
    done = audit("--facts", kept, "--inventory", "inventory.jsonl")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {sentence}")
