"""Answers as text for a person, and as JSON for programs. Pure; text is not escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from backstay.prove.answer import STATUSES, VAULT, Answer, Nearest, Witness

if TYPE_CHECKING:
    from backstay.prove.selections import Remark
    from backstay_contract.findings import Span

_WIDTH = 16
NOTHING_NEAR = "no plan selects anything there"
"""Said of a witness that nothing comes near to protecting."""


def text(answers: Sequence[Answer]) -> str:
    """Every answer, then how many of which kind."""
    lines = [line for answer in answers for line in _lines(answer)]
    return "\n".join([*lines, *([""] if lines else []), _sum(answers)])


def document(answers: Sequence[Answer]) -> dict[str, Any]:
    """`{"results": […]}`: name, status, place, accounts, witness, nearest, notes."""
    return {"results": [_row(answer) for answer in answers]}


def remark_lines(remarks: Sequence[Remark]) -> Iterator[str]:
    """What is said of selections, two lines each, then how much of what."""
    for one in remarks:
        subject = f"selection {one.selection} of plan {one.plan} " if one.selection else ""
        place = f" ({one.where.span})" if one.where.span else ""
        yield f"{one.kind.upper():<{_WIDTH}}{subject}{one.what}{place}"
        if one.witness is not None:
            yield f"{'':<{_WIDTH}}such as {sentence(one.witness)}"
    if not remarks:
        yield "Every selection takes something that no other takes."


def remark_rows(remarks: Sequence[Remark]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "kind": one.kind,
            "plan": one.plan,
            "selection": one.selection,
            "text": one.what,
            "by": list(one.by),
            **place_of(one.where.span),
            "witness": None if one.witness is None else witness_row(one.witness),
        }
        for one in remarks
    ]


def sentence(witness: Witness) -> str:
    """A witness in one phrase: `an RDS resource in shop, eu-central-1, tags backup=gold`; `vault main in shop, …`."""
    if witness.type == VAULT:
        return f"vault {witness.arn.rpartition(':')[2]} in {witness.account_name}, {witness.region}"
    tags = " ".join(f"{key}={value}" for key, value in witness.tags.items())
    told = f"tags {tags}" if tags else "without any tag"
    return f"{_article(witness.type)} {witness.type} resource in {witness.account_name}, {witness.region}, {told}"


def because(nearest: Nearest) -> Iterator[tuple[str, Span | None]]:
    """What comes nearest and why it does not do, one sentence a reason, with its place."""
    if nearest.rule is not None:
        subject = f"plan {nearest.plan} takes it, and its rule {nearest.rule}"
    elif nearest.selection is not None:
        subject = f"selection {nearest.selection} of plan {nearest.plan}"
    elif nearest.plan is not None:
        subject = f"plan {nearest.plan}"
    else:
        subject = "the vault"
    for reason, place in nearest.reasons:
        yield f"{subject} {reason}", place


def _lines(answer: Answer) -> Iterator[str]:
    yield f"{answer.status:<{_WIDTH}}{answer.name}"
    told = [*_refuted(answer), *answer.notes]
    yield from (f"{'':<{_WIDTH}}{line}" for line in told)


def _refuted(answer: Answer) -> Iterator[str]:
    if answer.witness is None:
        return
    if answer.status == "COUNTEREXAMPLE":
        yield sentence(answer.witness)
    if answer.accounts > 1:
        yield f"and the like in {answer.accounts} accounts"
    if answer.nearest is None:
        yield NOTHING_NEAR
        return
    for said, place in because(answer.nearest):
        yield f"nearest: {said}{f' ({place})' if place else ''}"


def _sum(answers: Sequence[Answer]) -> str:
    if not answers:
        return "Nothing to prove: the policies have no Require."
    words = {"PROVED": "proved", "COUNTEREXAMPLE": "refuted", "UNKNOWN": "unknown"}
    counts = [(sum(one.status == status for one in answers), words[status]) for status in reversed(STATUSES)]
    return ", ".join(f"{count} {word}" for count, word in counts if count) + "."


def _article(word: str) -> str:
    return "an" if word[:1] in "AEIOURS" and word not in ("Redshift", "Redshift Serverless", "Storage Gateway") else "a"


def _row(answer: Answer) -> dict[str, Any]:
    witness, near = answer.witness, answer.nearest
    return {
        "name": answer.name,
        "status": answer.status,
        **place_of(answer.where.span),
        "accounts": answer.accounts,
        "witness": None if witness is None else witness_row(witness),
        "nearest": None
        if near is None
        else {
            "plan": near.plan,
            "selection": near.selection,
            "rule": near.rule,
            "reasons": [{"text": reason, **place_of(place)} for reason, place in near.reasons],
        },
        "notes": list(answer.notes),
        "types": {status: list(types) for status, types in answer.types.items() if types},
    }


def witness_row(witness: Witness) -> dict[str, Any]:
    """A witness for programs."""
    return {
        "account": witness.account,
        "account_name": witness.account_name,
        "unit": witness.unit,
        "region": witness.region,
        "type": witness.type,
        "arn": witness.arn,
        "tags": dict(witness.tags),
    }


def place_of(span: Span | None) -> dict[str, Any]:
    """A place for programs: path, line and column, or none of them."""
    if span is None:
        return {"path": None, "line": None, "column": None}
    return {"path": span.path, "line": span.line, "column": span.column}
