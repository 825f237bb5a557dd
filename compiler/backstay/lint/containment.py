"""Whether a selection takes nothing but what another takes, as far as their texts show it."""

from __future__ import annotations

from backstay_aws.selection import Pairs, Selection, glob


def within(narrow: Selection, wide: Selection) -> bool:
    """Whether all that `narrow` takes `wide` takes too, opt-ins aside. No: perhaps, their texts do not show it."""
    if not (narrow.resources or narrow.list_of_tags):
        return False
    if not (
        set(_conditions(wide)) <= set(_conditions(narrow)) and set(wide.not_resources) <= set(narrow.not_resources)
    ):
        return False
    return all(_takes_arn(wide, arn, narrow) for arn in narrow.resources) and all(
        _takes_tag(wide, pair) for pair in narrow.list_of_tags
    )


def _conditions(chosen: Selection) -> tuple[tuple[str, str, str], ...]:
    """Everything that must hold."""
    members: tuple[tuple[str, Pairs], ...] = (
        ("==", chosen.string_equals),
        ("!=", chosen.string_not_equals),
        ("like", chosen.string_like),
        ("not like", chosen.string_not_like),
    )
    return tuple((operator, key, value) for operator, pairs in members for key, value in pairs)


def _takes_arn(wide: Selection, arn: str, narrow: Selection) -> bool:
    """Whether `wide` takes what comes in by an ARN pattern, or by a tag that `narrow` asks of it as well."""
    return any(glob(pattern, arn) for pattern in wide.resources) or any(
        pair in wide.list_of_tags for pair in narrow.string_equals
    )


def _takes_tag(wide: Selection, pair: tuple[str, str]) -> bool:
    return "*" in wide.resources or pair in wide.list_of_tags
