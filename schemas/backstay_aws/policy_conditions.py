"""The Condition block of an IAM policy statement, answered with yes, no, or "cannot be told" (None).

Source: IAM user guide "Condition operators" and "Multivalued context keys", read 2026-11. What cannot be judged (an
operator that IAM does not have, a key that the asker does not know) is None, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backstay_aws.policy_context import Context, Missing, every, hits, negated, some
from backstay_aws.policy_document import values
from backstay_aws.policy_operators import OPERATORS, Operator

_QUANTIFIERS = ("", "foranyvalue", "forallvalues")


def holds(block: Any, context: Context) -> bool | None:
    """Judge a whole Condition block: every operator and every key in it must hold."""
    if not block:
        return True
    if not isinstance(block, Mapping):
        return None
    return every(_operator(str(name).casefold(), keys, context) for name, keys in block.items())


def _operator(name: str, keys: Any, context: Context) -> bool | None:
    """Judge one operator on all its keys."""
    if not isinstance(keys, Mapping):
        return None
    return every(_one(name, values(wanted), context, str(key)) for key, wanted in keys.items())


def _one(name: str, wanted: Sequence[str], context: Context, key: str) -> bool | None:
    """Judge one operator on one key."""
    given = context.get(key)
    if given is Missing.UNKNOWN:
        return None
    if name == "null":
        return ("true" if given is Missing.ABSENT else "false") in [value.casefold() for value in wanted]
    quantifier, _, rest = name.rpartition(":")
    operator = OPERATORS.get(rest.removesuffix("ifexists"))
    if operator is None or quantifier not in _QUANTIFIERS:
        return None
    if isinstance(given, Missing):
        absent = quantifier == "forallvalues" or (operator.negated and not quantifier)
        return absent or rest.endswith("ifexists")
    answers = (_passes(operator, wanted, value, context) for value in given)
    return some(answers) if quantifier == "foranyvalue" else every(answers)


def _passes(operator: Operator, wanted: Sequence[str], given: str, context: Context) -> bool | None:
    """Whether one value of the request is as one of the policy's, or, where the operator is negated, as none."""

    def test(meant: str) -> bool | None:
        return operator.test(meant, given)

    found = some(hits(one, context, pattern=operator.pattern, test=test) for one in wanted)
    return negated(found) if operator.negated else found
