"""The table of clauses: complete and consistent, each clause spelt as its own text spells it."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import Any

import jsonschema

from backstay_agent.audit import clauses
from backstay_agent.controls import registry

TABLE: dict[str, Any] = tomllib.loads(
    resources.files("backstay_agent.audit.clauses").joinpath("clauses.toml").read_text("utf-8")
)
SHAPE = {
    "type": "object",
    "required": ["text", "control"],
    "additionalProperties": False,
    "properties": {
        "text": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "title", "version", "source", "date", "clauses"],
                "additionalProperties": False,
                "properties": {
                    **{name: {"type": "string", "minLength": 1} for name in ("name", "title", "version", "source")},
                    "date": {"type": "string", "pattern": "^20[0-9]{2}-[01][0-9]-[0-3][0-9]$"},
                    "clauses": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["id", "title"],
                            "additionalProperties": False,
                            "properties": {"id": {"type": "string"}, "title": {"type": "string", "minLength": 5}},
                        },
                    },
                },
            },
        },
        "control": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name"],
                "additionalProperties": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                "properties": {"name": {"type": "string"}},
            },
        },
    },
}
SPELT = {
    "HIPAA": r"164\.3\d\d(\([a-zA-Z0-9]+\))+",
    "PCI-DSS": r"\d{1,2}(\.\d{1,2}){1,4}",
    "DORA": r"Art\. \d{1,2}\(\d{1,2}\)(\([a-z]\))?",
    "NIST-800-53": r"[A-Z]{2}-\d{1,2}(\(\d{1,2}\))?",
    "SOC2": r"(CC|A|C|PI|P)\d\.\d{1,2}",
}


def test_the_table_has_its_shape() -> None:
    """A text has source and date, a clause its name and words; nothing stands there that nobody reads."""
    jsonschema.validate(TABLE, SHAPE)


def test_every_clause_is_known_and_spelt_as_its_text_spells_it() -> None:
    """A control names only clauses of the table; none is there twice, and none that no control bears on is named."""
    known = {text["name"]: [clause["id"] for clause in text["clauses"]] for text in TABLE["text"]}
    assert set(known) == set(SPELT)
    for name, ids in known.items():
        assert len(set(ids)) == len(ids)
        assert all(re.fullmatch(SPELT[name], one) for one in ids)
    used: dict[str, set[str]] = {text: set() for text in known}
    for row in TABLE["control"]:
        for text, cited in row.items():
            if text != "name":
                assert set(cited) <= set(known[text]), row["name"]
                used[text] |= set(cited)
    assert used == {text: set(ids) for text, ids in known.items()}


def test_every_control_bears_on_each_text() -> None:
    """No control is left without clauses in any of the five texts, and the names of controls are there once."""
    names = [row["name"] for row in TABLE["control"]]
    assert len(set(names)) == len(names)
    for control in registry.controls():
        assert {clause.text for clause in clauses.of(control.name)} == set(SPELT), control.name
