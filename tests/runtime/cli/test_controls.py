"""`backstay controls`: what an audit asks, and which clauses that bears on."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from backstay_agent.cli.controls import controls
from backstay_agent.controls import registry

LAST = "BACKUP_LAST_RECOVERY_POINT_CREATED"


def ran(*words: str) -> Result:
    """Run it; an exception of ours is raised."""
    result = CliRunner().invoke(controls, list(words))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_every_control_has_a_line() -> None:
    """All of them, in the order of an audit, with what holds when they are met."""
    lines = ran().stdout.splitlines()
    names = [control.name for control in registry.controls()]
    assert [line.split()[0] for line in lines[: len(names)]] == names
    assert all(len(line.split()) > 2 for line in lines[: len(names)])


def test_one_control_tells_parameters_and_clauses() -> None:
    """In any case of letters: its range in AWS's units, its default, and each clause with what it is about."""
    told = ran(LAST.lower()).stdout
    assert "recoveryPointAgeValue: a number (1–744 hours, 1–31 days); default 1" in told
    assert "NIST-800-53 CP-9: system backup" in told
    assert "no legal advice" in told


@pytest.mark.parametrize("text", ["HIPAA", "PCI-DSS", "DORA", "NIST-800-53", "SOC2"])
def test_a_text_tells_which_controls_bear_on_its_clauses(text: str) -> None:
    """The other way round, with the source; the three forms agree on who bears on what."""
    told, page, rows = (ran(text, "--format", form).stdout for form in ("text", "markdown", "json"))
    found = json.loads(rows)
    (source,) = found["texts"]
    assert source["source"] in told
    assert source["source"] in page
    for row in found["controls"]:
        assert f"    {row['name']}\n" in told
        assert f"`{row['name']}`" in page
        assert any(clause["text"] == text for clause in row["clauses"])


def test_the_json_has_everything() -> None:
    """Each control with parameters and clauses, each clause of a text that is there with its source and date."""
    found = json.loads(ran("--format", "json").stdout)
    assert [row["name"] for row in found["controls"]] == [control.name for control in registry.controls()]
    texts = {text["name"] for text in found["texts"]}
    assert {clause["text"] for row in found["controls"] for clause in row["clauses"]} == texts
    assert all(text["source"] and text["date"] for text in found["texts"])


def test_the_table_has_a_row_for_each_control() -> None:
    """As Markdown: eight columns, whatever a title holds."""
    rows = ran("--format", "markdown").stdout.splitlines()
    assert len(rows) == 2 + len(registry.controls())
    assert {row.count("|") for row in rows} == {9}
    assert len(ran(LAST, "--format", "markdown").stdout.splitlines()) == 3


def test_what_does_not_exist_is_2_and_one_sentence() -> None:
    """With what was probably meant."""
    result = ran("vault-lock")
    assert result.exit_code == 2
    assert "the nearest is vault-lock-as-promised" in result.stderr
