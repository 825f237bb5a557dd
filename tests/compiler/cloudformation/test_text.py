"""Logical ids and texts: nothing that an author writes is taken for another resource, or for a function."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from backstay.emit.cloudformation import values
from backstay.emit.cloudformation.names import LONGEST, logical_id

names = st.text("aAbZz019-_. /é", min_size=1, max_size=12)
texts = st.lists(st.sampled_from(["$account", "${", "${!", "}", "$", "!", "a", "é", "arn:aws:", "${Dollar}"])).map(
    "".join
)


@given(st.lists(names, min_size=1, max_size=2), st.lists(names, min_size=1, max_size=2))
def test_ids_are_ids_and_each_its_own(one: list[str], other: list[str]) -> None:
    """Alphanumeric, of bearable length, the same every time, and different for different names."""
    found = logical_id("Vault", *one)
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,254}", found)
    assert found == logical_id("Vault", *one)
    assert (found == logical_id("Vault", *other)) == (one == other)


def test_ids_are_what_they_were() -> None:
    """Another id would be another resource to CloudFormation: these are for ever."""
    assert logical_id("Vault", "acme-primary") == "VaultAcmePrimary"
    assert logical_id("Vault", "Acme.Primary") == "VaultAcmePrimaryZ7354354f"
    assert logical_id("Selection", "gold", "tier") == "SelectionGoldTierZb9ed4819"
    assert len(logical_id("Vault", "x" * 400)) == len("Vault") + LONGEST + 9


KINDS = ("Key", "KeyArn", "Framework", "FrameworkArn", "RestoreTest", "Restored", "Plan", "Vault")


@given(names, names, st.sampled_from(["", "arn-", "arn", "Arn", "test-", "d-"]))
def test_no_kind_has_an_id_of_another(one: str, other: str, start: str) -> None:
    """A managed key `arn-x` is not the parameter for the key `x`: resources and parameters share one name space."""
    for kind in KINDS:
        for another in KINDS:
            assert kind == another or logical_id(kind, start + one) != logical_id(another, other)
    assert logical_id("Key", "arn-x") != logical_id("KeyArn", "x")


@given(texts, st.sampled_from(["100000000010", "123456789012"]))
def test_a_text_comes_out_as_it_was_written(text: str, account: str) -> None:
    """Whatever is in a text, CloudFormation makes of it what the agent would: the account's id, and nothing else."""
    made = json.loads(json.dumps(values.text(text, "aws")))
    assert _worked_out(made, account) == text.replace("$account", account)


@given(texts)
def test_a_text_without_variables_stays_one(text: str) -> None:
    """Functions stand only where they are needed: templates are for people, too."""
    made = values.text(text, "aws")
    assert isinstance(made, str) == ("$account" not in text and "${" not in text)


def _worked_out(made: object, account: str) -> str:
    known = {"AWS::AccountId": account, "AWS::Partition": "aws"}
    match made:
        case {"Fn::Join": [str() as between, list() as pieces]}:
            assert all("${" not in piece for piece in pieces)
            return between.join(pieces)
        case {"Fn::Sub": [str() as text, dict() as own]}:
            return re.sub(r"\$\{([^}]*)\}", lambda found: {**known, **own}[found[1]], text)
        case {"Fn::Sub": str() as text}:
            return re.sub(r"\$\{([^}]*)\}", lambda found: known[found[1]], text)
    assert isinstance(made, str)
    return made


@given(st.dictionaries(texts | st.sampled_from(["Ref", "Fn::Sub", "Fn::Nothing"]), texts, max_size=3))
def test_documents_keep_their_keys(inner: dict[str, str]) -> None:
    """A policy document comes out as it was, even where a key holds the account's id or is called like a function."""
    made = json.loads(json.dumps(values.document({"Statement": inner}, "aws")))
    if any("$account" in key or re.match("Ref$|Fn::", key) for key in inner):
        again = json.loads(_worked_out(made, "100000000010"))
    else:
        again = {"Statement": {key: _worked_out(item, "100000000010") for key, item in made["Statement"].items()}}
    wanted = json.dumps({"Statement": inner}, ensure_ascii=False).replace("$account", "100000000010")
    assert again == json.loads(wanted)
