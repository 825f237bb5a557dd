"""The comment of a review: verdict first, losses with witnesses, one comment, nothing from outside as markup."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backstay import ir
from backstay.diff.change import Change
from backstay.diff.difference import Difference
from backstay.prove.answer import Answer, Nearest, Witness
from backstay.review.comment import MARK, is_link, render
from backstay.review.review import Cost, Review
from backstay_contract.findings import Span

PLACE = Span("policies/gold.py", 18, 5, 18, 20)
WITNESS = Witness(
    "100000000010",
    "shop",
    "Prod",
    "eu-central-1",
    "RDS",
    "arn:aws:rds:eu-central-1:100000000010:db:x",
    {"backup": "gold"},
)
LOSS = Change(
    "copy", "lost", "No copy to dr any more", "backup = gold", ("100000000010",), ("eu-central-1",), WITNESS,
    "plan gold, rule daily", PLACE, types=("RDS",),
)  # fmt: skip
LOCK = Change(
    "lock", "gained", "no lock → compliance, for ever from 2026-12-06 on", "vault dr", ("100000000010",), forever=True
)
OTHER = Change("rule", "changed", "Backups start at another time", "backup = gold", ("100000000010",), types=("RDS",))
REFUTED = Answer(
    "gold survives",
    "COUNTEREXAMPLE",
    ir.Where(PLACE),
    1,
    WITNESS,
    Nearest("gold", "tier", "daily", (("has no copy", PLACE),)),
)
HELD = Answer("all is kept", "PROVED", ir.Where(PLACE), 1)


def _review(*changes: Change, answers: tuple[Answer, ...] = (), cost: Cost | None = None) -> Review:
    return Review(Difference(changes, 3, (), ()), answers, cost)


def test_the_verdict_is_the_first_line_that_is_seen() -> None:
    """Then the numbers; the mark by which the comment is found again is not seen."""
    cost = Cost(330, 412, 495, "prices of 2026-02")
    lines = render(_review(LOSS, LOCK, OTHER, answers=(REFUTED, HELD), cost=cost)).splitlines()
    assert lines[0] == MARK
    assert lines[1] == "**Backups: 1 kind of protection is lost, 1 thing can never be undone, 1 promise does not hold**"
    assert lines[3].startswith(
        "3 changes · 1 of 3 accounts · protection lost for 1 shape · 🔒 1 · 1 of 2 promises proved"
    )
    assert "/month" in lines[3]


def test_losses_locks_and_refuted_promises_stand_open_and_the_rest_is_folded() -> None:
    """A reviewer unfolds only what hurts nobody."""
    text = render(_review(LOSS, LOCK, OTHER, answers=(REFUTED, HELD)))
    open_part, _, folded = text.partition("<details>")
    assert "No copy to dr any more" in open_part
    assert "such as an RDS resource in shop, eu-central-1, tags backup=gold" in open_part
    assert "policies/gold.py:18" in open_part
    assert "for ever from 2026-12-06" in open_part
    assert "gold survives" in open_part
    assert "another time" in folded
    assert "all is kept" in folded
    assert text.count("<details>") == text.count("</details>") == 2


def test_nothing_is_said_of_nothing() -> None:
    """A change that means nothing is one line."""
    assert render(_review()).splitlines()[1] == "**Backups: nothing changes for anybody**"


def test_a_thousand_changes_are_one_comment() -> None:
    """Rows are left out whole, and counted."""
    many = tuple(replace(LOSS, who=f"backup = gold-{number} {'x' * 200}") for number in range(1_000))
    text = render(_review(*many))
    assert len(text) < 65_536
    shown = sum(line.startswith("| No copy") for line in text.splitlines())
    assert f"… and {1_000 - shown:,} more rows" in text


def test_what_is_left_out_can_be_followed() -> None:
    """The link stands under the numbers, and where rows are missing; a comment with it is no longer than one may be."""
    link = f"https://ci.example/{'x' * 1_900}"
    many = tuple(replace(LOSS, who=f"backup = gold-{number} {'x' * 200}") for number in range(1_000))
    text = render(_review(*many), link)
    assert len(text) < 65_536
    assert text.splitlines()[5] == f"[The whole review]({link})"
    assert text.splitlines()[-1].endswith(f"[the whole review]({link}) has them.")
    assert "whole review" not in render(_review(*many))


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("https://github.com/o/r/actions/runs/1/artifacts/2", True),
        ("http://lab.example:8080/a%20b?x=1&y=2#z", True),
        ("https://x/a) [b](http://evil", False),
        ("javascript:alert(1)", False),
        ("https://x/a\nb", False),
        ("https://x/<b>", False),
        ("//x/y", False),
    ],
)
def test_only_an_address_is_a_link(text: str, good: bool) -> None:
    """Nothing that would end the link, or run."""
    assert is_link(text) is good


def test_a_refuted_promise_has_the_line_that_breaks_it() -> None:
    """Beside the line that makes it."""
    row = next(line for line in render(_review(answers=(REFUTED,))).splitlines() if line.startswith("| refuted"))
    assert row.count("policies/gold.py:18") == 2


def test_names_from_outside_are_no_markup() -> None:
    """A tag's value may be called like a mention, a link or a cell."""
    evil = replace(WITNESS, account_name="@all | <img src=x>", tags={"a": "[go](http://evil)"})
    text = render(_review(replace(LOSS, witness=evil)))
    assert "@all" not in text
    assert "<img" not in text
    assert "](http" not in text
