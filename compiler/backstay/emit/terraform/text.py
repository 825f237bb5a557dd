"""Text as Terraform's templates read it: what is literal stays literal, placeholders become lookups."""

from __future__ import annotations

from typing import Any

from backstay import ir

CALLER = "${data.aws_caller_identity.current.account_id}"
PARTITION = "${data.aws_partition.current.partition}"


def template(text: str, partition: str) -> str:
    """A text of the model as a string of Terraform's JSON syntax.

    `${` and `%{` of the text are escaped; `$account` becomes the caller's account, and the partition of an ARN of that
    account the caller's partition. Terraform evaluates the result to the text with the account's id in it.
    """
    *before, last = text.split(ir.ACCOUNT)
    if not before:
        return _literal(last)
    own = f"arn:{partition}:"
    head = ""
    if before[0].startswith(own):
        head = f"arn:{PARTITION}:"
        before[0] = before[0].removeprefix(own)
    return head + "".join(_followed(piece) + CALLER for piece in before) + _literal(last)


def document(value: Any, partition: str) -> Any:
    """A JSON value of the model as an expression of Terraform's JSON syntax: keys and texts are templates there too."""
    if isinstance(value, str):
        return template(value, partition)
    if isinstance(value, dict):
        return {template(key, partition): document(item, partition) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [document(item, partition) for item in value]
    return value


def _followed(piece: str) -> str:
    """A literal that a lookup follows: dollar signs at its end would make an escape of the lookup's own."""
    rest = piece.rstrip("$")
    dollars = piece[len(rest) :]
    return _literal(rest) + (f'${{"{dollars}"}}' if dollars else "")


def _literal(text: str) -> str:
    return text.replace("${", "$${").replace("%{", "%%{")
