"""The whole file: what it was imported from, the words it uses, vaults, plans and the rest, policies at the end."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from backstay.dsl import VOCABULARY
from backstay.importer.found import Found, Kind, Reading
from backstay.importer.write import frameworks, holds, policies, reports, restores, vaults
from backstay.importer.write.code import Call, Code, layout, texts, wrapped
from backstay.importer.write.desk import Desk
from backstay.importer.write.groups import groups
from backstay.importer.write.plans import Plans
from backstay.importer.write.references import References, variables
from backstay.importer.write.settings import settings
from backstay.importer.write.things import Thing, strings, things
from backstay_aws import arns

ORDER: tuple[Kind, ...] = (
    "vault", "air_gapped_vault", "plan", "framework", "report_plan", "restore_testing_plan", "legal_hold", "tiering",
)  # fmt: skip
"""The kinds that have declarations of their own, in the order of the file."""


@dataclass(frozen=True, slots=True)
class Written:
    """A policy file. `stood_in` are the parameters behind which AWS's own defaults stand.

    `to_name` are the constants at its top that stand for texts which could not be decided.
    """

    source: str
    stood_in: tuple[str, ...] = ()
    to_name: tuple[str, ...] = ()
    counts: Mapping[Kind, int] = field(default_factory=dict)


def write(
    reading: Reading,
    sources: Sequence[str],
    *,
    policy: str = "imported",
    accounts: Mapping[str, str] | None = None,
    absent: Iterable[str] = (),
) -> Written:
    """What was found as the text of a policy file.

    `sources` are the files' names for the docstring, `policy` the name of a policy whose source gives it none,
    `accounts` the names of accounts by their ids, where a name means just one, `absent` the accounts, units and
    targets of the source that the organization file does not have.
    """
    desk = Desk(_partition(reading.found), absent=frozenset(absent))
    return _Writer(things(reading.found), desk, policy, accounts or {}, reading.remarks).written(sources)


def _partition(found: Iterable[Found]) -> str:
    """The partition that most ARNs and Regions are of."""
    seen: Counter[str] = Counter()
    for one in found:
        seen.update(arns.partition_of(region) for region in (one.where.region or "").split(",") if region)
        seen.update(arn.partition for text in strings(one.body) if (arn := arns.parse(text)) is not None)
    known = [(name, count) for name, count in seen.items() if name.startswith("aws")]
    return max(known, key=lambda one: (one[1], one[0]))[0] if known else "aws"


@dataclass
class _Writer:
    things: tuple[Thing, ...]
    desk: Desk
    fallback: str
    accounts: Mapping[str, str]
    remarks: Sequence[str]

    def written(self, sources: Sequence[str]) -> Written:
        order = sorted(
            (number for number, thing in enumerate(self.things) if thing.kind in ORDER),
            key=lambda number: (ORDER.index(self.things[number].kind), number),
        )
        names = {number: self._variable(self.things[number]) for number in order}
        references = References(self.desk, variables((self.things[number], names[number]) for number in order))
        declared = {number: self._code(self.things[number], references) for number in order}
        blocks = [self._block(code, names[number]) for number, code in declared.items()]
        elsewhere = [self._block(code, name) for name, code in references.elsewhere.values()]
        attached = [self._block(code, None) for code in self._policies(names)]
        constants = [line for name in self.desk.constants for line in self.desk.constant(name)]
        remarks = [line for remark in self.remarks for line in wrapped(remark)]
        body = [block for block in (remarks, constants, *elsewhere, *blocks, *attached) if block]
        text = "\n\n".join("\n".join(block) for block in body)
        counts = Counter(thing.kind for thing in self.things)
        return Written(
            f"{_head(sources)}\n{_imports(text)}{text}\n",
            tuple(self.desk.params),
            tuple(self.desk.constants),
            dict(counts),
        )

    def _variable(self, thing: Thing) -> str:
        return self.desk.names.give(thing.name, thing.kind.removesuffix("_plan"))

    def _code(self, thing: Thing, references: References) -> Code:
        desk = self.desk
        plans = Plans(desk, references.vault, references.unnamed, references.destination, references.air_gapped)
        makers: Mapping[Kind, Callable[[], Code]] = {
            "plan": lambda: plans.plan(thing),
            "vault": lambda: vaults.vault(thing, desk, region=self._pin(thing)),
            "air_gapped_vault": lambda: vaults.air_gapped(thing, desk),
            "framework": lambda: frameworks.framework(thing, desk),
            "report_plan": lambda: reports.report(thing, desk),
            "restore_testing_plan": lambda: restores.restore_test(thing, desk, references),
            "legal_hold": lambda: holds.legal_hold(thing, desk, references),
            "tiering": lambda: holds.tiering(thing, desk, references),
        }
        return makers[thing.kind]()

    def _pin(self, thing: Thing) -> str | None:
        """The Region of a vault whose account has another of the name in another Region."""
        regions = {scope.region for scope in thing.scopes}
        accounts = {scope.account for scope in thing.scopes}
        others = (one for one in self.things if (one.kind, one.name) == (thing.kind, thing.name) and one is not thing)
        shared = any(scope.account in accounts for one in others for scope in one.scopes)
        return regions.pop() if shared and len(regions) == 1 else None

    def _policies(self, names: Mapping[int, str]) -> Iterator[Code]:
        found = groups(self.things)
        taken: set[str] = set()
        first = sorted(found, key=lambda group: group.policy is None)  # those that `extends=` may name keep their names
        called = {id(group): policies.name(group, self.fallback, taken) for group in first}
        maker = policies.Policies(self.desk, self.things, names, self._account, settings)
        for group in found:
            yield maker.policy(group, called[id(group)])

    def _account(self, account: str) -> str:
        from backstay.importer.write.code import quoted

        return f"account({quoted(self.accounts.get(account, account))})"

    def _block(self, code: Code, name: str | None) -> list[str]:
        """A declaration's lines, its comments above it."""
        variable = name or self.desk.names.give(_said(code), "policy")
        told = [line for comment in code.comments for line in wrapped(comment)]
        return [*told, *layout(code, before=f"{variable} = ")]


def _said(code: Code) -> str:
    """The name that a declaration gives itself: its first argument."""
    return code.arguments[0][1].text.strip('"') if isinstance(code, Call) else "policy"  # type: ignore[union-attr]


def _head(sources: Sequence[str]) -> str:
    named = ", ".join(sources)
    line = f'"""Imported from {named}."""'.replace("\\", "/")
    if len(line) <= 120 and '"' not in named:
        return line + "\n"
    listed = "\n".join(f"- {name}" for name in sources).replace("\\", "/").replace('"', "'")
    return f'"""Imported from:\n\n{listed}\n"""\n'


def _imports(text: str) -> str:
    """The words that the text uses, in one import."""
    used = sorted({node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)} & set(VOCABULARY))
    if not used:
        return ""
    names = texts(used)
    line = f"from backstay import {', '.join(used)}"
    if len(line) <= 120:
        return f"{line}\n\n"
    inner = "\n".join(f"    {name}," for name in used)
    return f"from backstay import (\n{inner}\n)\n\n" if names else ""
