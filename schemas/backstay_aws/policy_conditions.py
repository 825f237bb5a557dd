"""The Condition block of an IAM policy statement, answered with yes, no, or "cannot be told" (None).

Source: IAM user guide "Condition operators" and "Multivalued context keys", read 2026-11. What is not judged here (an
unknown operator, a policy variable `${...}` in a value) is None, never a guess: an Allow then does not apply, and a
Deny does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from backstay_aws.globs import arn_glob, iam_glob
from backstay_aws.policy_document import values

Context = Mapping[str, Sequence[str]]
"""The request's condition keys in lower case, each with its values; an absent key is absent from the request."""

_Test = Callable[[str, str], bool]


def _same(wanted: str, given: str) -> bool:
    return wanted == given


def _same_folded(wanted: str, given: str) -> bool:
    return wanted.casefold() == given.casefold()


_POSITIVE: Mapping[str, _Test] = {
    "stringequals": _same,
    "stringequalsignorecase": _same_folded,
    "stringlike": iam_glob,
    "arnequals": arn_glob,  # IAM: ArnEquals and ArnLike behave alike
    "arnlike": arn_glob,
    "bool": _same_folded,
}
_NEGATED: Mapping[str, _Test] = {
    "stringnotequals": _same,
    "stringnotequalsignorecase": _same_folded,
    "stringnotlike": iam_glob,
    "arnnotequals": arn_glob,
    "arnnotlike": arn_glob,
}


def holds(block: Any, context: Context) -> bool | None:
    """Judge a whole Condition block: every operator and every key in it must hold."""
    if not block:
        return True
    if not isinstance(block, Mapping):
        return None
    return every(_operator(str(name).casefold(), keys, context) for name, keys in block.items())


def every(answers: Iterable[bool | None]) -> bool | None:
    """Join answers by "and": one no decides, one "cannot be told" leaves it open."""
    seen = tuple(answers)
    if False in seen:
        return False
    return None if None in seen else True


def _operator(name: str, keys: Any, context: Context) -> bool | None:
    """Judge one operator on all its keys."""
    if not isinstance(keys, Mapping):
        return None
    return every(_one(name, values(wanted), context.get(str(key).casefold())) for key, wanted in keys.items())


def _one(operator: str, wanted: Sequence[str], given: Sequence[str] | None) -> bool | None:
    """Judge one operator on one key."""
    if any("${" in value for value in wanted):
        return None
    if operator == "null":
        return ("true" if given is None else "false") in [value.casefold() for value in wanted]
    quantifier, colon, name = operator.rpartition(":")
    lenient = name.endswith("ifexists")
    name = name.removesuffix("ifexists")
    negated = name in _NEGATED
    test = _NEGATED.get(name) or _POSITIVE.get(name)
    if test is None or (colon and quantifier not in ("foranyvalue", "forallvalues")):
        return None
    if given is None:
        return lenient or quantifier == "forallvalues" or (negated and not quantifier)

    def passes(value: str) -> bool:
        return any(test(one, value) for one in wanted) != negated

    if quantifier == "foranyvalue":
        return any(map(passes, given))
    return all(map(passes, given))
