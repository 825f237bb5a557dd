"""Policies that extend another and change nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from backstay.ir import Attachment, Model, Where
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import Site
from backstay.lint.source import plain

_BEYOND = ("params", "waivers", "regions", "settings", "final")
"""Keywords that do something without a trace in any construct."""

_ABOVE = (
    'base = Policy("base", attach=root(), vaults=[primary], plans=[Plan("gold",\n'
    '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
    '    select=[Select("gold", where=tag("backup") == "gold")])])\n'
)
_BELOW = (
    'policy = Policy("apps", attach=ou("Workloads"), extends="base",\n'
    '    plans=[Plan("gold", rules=[Rule("daily", keep=days({days}))])])'
)
_QUOTES = "'\""


class IdleExtension(Rule):
    """Who extends a policy changes something."""

    CODE = "CHG006"
    NAME = "idle-extension"
    SEVERITY = "warning"
    SUMMARY = "A policy with `extends=` that says nothing but what the extended policy says"
    WHY = (
        "Nothing comes of the policy. It was written to change something: a value is the same as above, or what it "
        "says cannot take away what the policy above has (nothing is ever removed by extending)."
    )
    SOURCES = (plain("an exception that excepts nothing"),)
    VALID = (_ABOVE + _BELOW.format(days=90),)
    INVALID = (
        _ABOVE + _BELOW.format(days=35),
        _ABOVE + 'policy = Policy("apps", attach=ou("Workloads"), extends="base")',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Extensions that have said no field and no construct of any account."""
        idle = [one for one in context.model.attachments if _bare(one)]
        speaking = _speakers(context.model) if idle else frozenset()
        for one in idle:
            if one.policy not in speaking:
                above = context.written(one.where.field("extends"))
                name = "another one" if above is None else f"`{above.strip(_QUOTES)}`"
                yield self.problem(
                    Site(one.where, (one.policy,), (), one.accounts),
                    "extends",
                    f"policy `{one.policy}` extends {name} and changes nothing of it",
                    label="nothing comes of it",
                    help="take the policy out, or say what it should change",
                    notes=["equal values change nothing, and extending never removes anything"],
                )


def _bare(one: Attachment) -> bool:
    """Whether a policy extends another, reaches somebody, and brings nothing that leaves no trace."""
    written = one.where.fields
    return "extends" in written and bool(one.accounts) and not any(name in written for name in _BEYOND)


def _speakers(model: Model) -> frozenset[str]:
    """The policies that said anything of what the accounts get."""
    found: set[str] = set()
    for shape in model.shapes:
        for where in _places(shape):
            found.add(where.policy)
            found.update(policy for policy, _ in where.brought.values())
    return frozenset(found)


def _places(value: Any) -> Iterator[Where]:
    """Every place in a construct and in what it holds."""
    if isinstance(value, Where):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _places(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _places(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _places(item)
