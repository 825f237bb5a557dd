"""Reads what an account has in one Region of the kinds that `parts` knows."""

from __future__ import annotations

from collections.abc import Collection

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.observed import Part, Unseen
from backstay_agent.parts import NOUNS
from backstay_agent.parts.noun import Look
from backstay_agent.take_steps import Known, look_about
from backstay_agent.wanted import Wanted

# What AWS says of a kind that it does not have in a Region: there is nothing of ours either.
_NOT_HERE = frozenset({"UnknownOperationException", "UnsupportedOperationException", "NotImplemented", "InvalidAction"})


def read_parts(
    aws: Aws, organization: str, wanted: Wanted, known: Known, kinds: Collection[str] | None
) -> tuple[tuple[Part, ...], tuple[Unseen, ...]]:
    """What is ours and what has a wanted name; raises AwsProblem where a wanted kind cannot be read.

    `known` are answers that were had before, here: they are not asked for again.
    `kinds` are the types of which anything there is ours, as the tagging API calls them (None: not known): a kind that
    is neither wanted nor among them is not asked for. It knows no roles: they are looked for where anything is ours.
    A kind that nobody wants there, and that AWS does not let the agent read, hides nothing but things left over.
    """
    parts: list[Part] = []
    unseen: list[Unseen] = []
    for noun in NOUNS:
        wishes = wanted.parts.get(noun.word, {})
        if not wishes and kinds is not None and not (noun.index in kinds if noun.index else kinds and wanted.first):
            continue
        look = Look(organization, wanted.account, wanted.region, wishes, wanted.first)
        try:
            parts += look_about(aws, wanted.account, wanted.region, noun.read(look), known)
        except AwsProblem as problem:
            if wishes or problem.operation == "AssumeRole":
                raise
            if problem.code not in _NOT_HERE:
                unseen.append(Unseen(noun.word, f"{problem.code} while {problem.operation}"))
    return tuple(sorted(parts, key=lambda part: (part.noun, part.name, part.key))), tuple(unseen)
