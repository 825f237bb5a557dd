"""What was found in files as a model: one account and Region for each that they name, and one for what names none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backstay import ir
from backstay.foreign import standins
from backstay.foreign.around import Around
from backstay.foreign.audits import framework, legal_hold, report, restore_test, tiering
from backstay.foreign.fill import READINGS, SWITCH, Filler
from backstay.foreign.home import Home, at_home, homes
from backstay.foreign.plans import Part, plan
from backstay.foreign.values import text
from backstay.foreign.vaults import air_gapped, vault
from backstay.importer.found import Found, Reading
from backstay.importer.together import NO_PLAN
from backstay.importer.write.things import PARTS, whole_of
from backstay.ir import members
from backstay_contract.findings import Span

Place = tuple[str, str]
"""Account and Region."""
_SETTINGS = frozenset({"region_settings", "management_preferences", "global_settings"})
_TEMPLATED = frozenset({"cloudformation", "terraform"})
_NAMES = {
    # kind of a whole → the member with its name
    "plan": "BackupPlanName",
    "vault": "BackupVaultName",
    "air_gapped_vault": "BackupVaultName",
    "restore_testing_plan": "RestoreTestingPlanName",
}
_MEMBERS = {
    "lock": frozenset(members.LOCK),
    "access": frozenset({"Policy"}),
    "notifications": frozenset(members.NOTIFICATIONS),
}
"""The members of a vault's parts, which templates may write into the vault."""
_OF_PARTS = frozenset().union(*_MEMBERS.values())
_WITH_PARTS = frozenset({"vault"})
_WRAPPERS = {"plan": "BackupPlan", "restore_testing_plan": "RestoreTestingPlan"}


@dataclass(frozen=True, slots=True)
class Foreign:
    """A model of files, with what was filled in. `names`: what stands in it for an expression → the expression.

    `absent`: places of what is not there in this reading, since the file leaves open whether it is. `alone`: those of
    what is there under the only condition of this reading; nothing is under another.
    """

    model: ir.Model
    names: Mapping[str, str]
    absent: frozenset[Span] = frozenset()
    alone: frozenset[Span] = frozenset()


def models(reading: Reading, *, portable: bool = False) -> Iterator[Foreign]:
    """The files' model in each reading, made when it is asked for; `portable` as in `homes`.

    What files only have under a condition that they leave open is there, and in one model more it is not.
    """
    made = _Readings(reading, portable)
    yield made.first
    yield from (made.model(number, reading.found) for number in range(1, READINGS))
    unsure = [one for one in reading.found if one.maybe is not None]
    if unsure:
        sure = [one for one in reading.found if one.maybe is None]
        yield replace(made.model(0, sure), absent=_places(unsure, sure))


def conditional(reading: Reading, *, portable: bool = False) -> Iterator[Foreign]:
    """The files' model with what is there under one condition, for each of several that they leave open."""
    conditions = dict.fromkeys(one.maybe.expression for one in reading.found if one.maybe is not None)
    if len(conditions) < 2:
        return
    made = _Readings(reading, portable)
    sure = [one for one in reading.found if one.maybe is None]
    for condition in conditions:
        here = [one for one in reading.found if one.maybe is None or one.maybe.expression == condition]
        maybe = [one for one in here if one.maybe is not None]
        yield replace(made.model(0, here), alone=_places(maybe, sure))


class _Readings:
    """The readings of files: they agree on what things are called. `first`: the first one, of all that there is."""

    def __init__(self, reading: Reading, portable: bool) -> None:
        self._reading = reading
        self._portable = portable
        self._homes = tuple(homes(reading.found, portable=portable))
        self._names: dict[str, str] = {}
        self._order: dict[str, int] = {}
        self.first = self.model(0, reading.found)  # names and order are those of all that there is

    def model(self, number: int, found: Sequence[Found]) -> Foreign:
        """The model of something that was found, in one reading."""
        home = self._homes[number]
        filler = Filler(number, home.region, home.partition, self._names, self._order)
        return _Making(self._reading.dialect, home, filler, self._portable).model(found)


def _places(found: Iterable[Found], sure: Iterable[Found]) -> frozenset[Span]:
    """The places of some things, but for those that are of others too: a vault and its lock stand in one resource."""
    others = frozenset(span for one in sure for span in _spans(one))
    return frozenset(span for one in found for span in _spans(one)) - others


def _spans(one: Found) -> Iterator[Span]:
    own = _MEMBERS.get(one.kind)
    yield one.place
    for pointer, place in one.places.items():
        member = pointer[1:].partition("/")[0]
        if member in own if own is not None else one.kind not in _WITH_PARTS or member not in _OF_PARTS:
            yield place


@dataclass
class _Making:
    """Makes the model of one reading."""

    dialect: str
    home: Home
    filler: Filler
    portable: bool

    def model(self, found: Sequence[Found]) -> Foreign:
        """The model of what was found."""
        groups: dict[Place, list[Part]] = defaultdict(list)
        for one in found:
            part = (one, self._body(one))
            for region in (one.where.region or self.home.region).split(","):
                groups[one.where.account or self.home.account, region].append(part)
        shapes = tuple(self._shape(*place, parts) for place, parts in sorted(groups.items()))
        accounts = sorted({account for account, _ in groups})
        model = ir.Model(
            organization=self.home.organization,
            management_account=self.home.account,
            backup_account=None,
            partition=self.home.partition,
            policies=(),
            accounts={one: _facts(one, shapes) for one in accounts},
            shapes=shapes,
            global_settings=_global(parts for parts in groups.values()),
            global_where=None,
            waivers=(),
        )
        return Foreign(model, {name: expression for expression, name in self.filler.names.items()})

    def _body(self, found: Found) -> Mapping[str, Any]:
        body: Mapping[str, Any] = self.filler.filled(found.body, SWITCH if found.kind in _SETTINGS else "")
        if self.dialect not in _TEMPLATED:
            return body
        homely: Mapping[str, Any] = at_home(body, self.home.partition, portable=self.portable)
        return homely

    def _shape(self, account: str, region: str, parts: list[Part]) -> ir.Shape:
        """All that was found for an account and Region."""
        of: dict[tuple[str, str], list[Part]] = defaultdict(list)
        wholes: dict[str, list[Part]] = defaultdict(list)
        for found, body in parts:
            if found.kind in PARTS:
                of[_whole(found, body)].append((found, body))
            else:
                wholes[found.kind].append((found, body))
        settings = _switches(wholes.get("region_settings", ()))
        management = _switches(wholes.get("management_preferences", ()))
        gapped = [(one, of.get(("vault", _whole(*one)[1]), [])) for one in wholes["air_gapped_vault"]]
        vaults = [(one, of.get(_whole(*one), [])) for one in wholes["vault"]]
        plans = [(one, of.get(_whole(*one), [])) for one in wholes["plan"]]
        tests = [(one, of.get(_whole(*one), [])) for one in wholes["restore_testing_plan"]]
        here = {_whole(*one) for one, _ in (*vaults, *plans, *tests)}
        here |= {("vault", _whole(*one)[1]) for one, _ in gapped}
        alone = list(_alone({key: its for key, its in of.items() if key not in here}))
        around = Around(account, region, self.filler.reading)
        return ir.Shape(
            region=region,
            accounts=(account,),
            units=("",),
            plans=(
                *(plan(*one, its, around) for one, its in plans),
                *(standins.plan_of(name, its, around) for kind, name, its in alone if kind == "plan"),
            ),
            vaults=(
                *(vault(*one, its, around) for one, its in vaults),
                *(standins.vault_of(name, its, around) for kind, name, its in alone if kind == "vault"),
            ),
            opt_in=settings,
            opt_in_where=_where(wholes["region_settings"], settings),
            air_gapped_vaults=tuple(air_gapped(*one, its, around) for one, its in gapped),
            frameworks=tuple(framework(*one) for one in wholes["framework"]),
            reports=tuple(report(*one, around) for one in wholes["report_plan"]),
            restore_tests=(
                *(restore_test(*one, its, around) for one, its in tests),
                *(
                    standins.restore_test_of(name, its, around)
                    for kind, name, its in alone
                    if kind == "restore_testing_plan"
                ),
            ),
            legal_holds=tuple(legal_hold(*one) for one in wholes["legal_hold"]),
            tiering=tuple(tiering(*one) for one in wholes["tiering"]),
            management=management,
            management_where=_where(wholes["management_preferences"], management),
        )


def _alone(of: Mapping[tuple[str, str], list[Part]]) -> Iterator[tuple[str, str, list[Part]]]:
    """Parts whose whole is not in the files: kind and name of the whole, and its parts.

    Selections that do not say what plan they are of may be of several.
    """
    for (kind, name), parts in of.items():
        if kind == "plan" and name == NO_PLAN:
            yield from ((kind, f"{name}-{number}", [part]) for number, part in enumerate(parts))
        else:
            yield kind, name, parts


def _whole(found: Found, body: Mapping[str, Any]) -> tuple[str, str]:
    """What a part belongs to, or what a whole is: its kind and its name, filled in."""
    if found.kind in PARTS:
        kind, member = PARTS[found.kind]
        return kind, text(body.get(member)) or found.name
    whole, name = whole_of(found)
    inner = body.get(_WRAPPERS[whole], body) if whole in _WRAPPERS else body
    said = inner.get(_NAMES.get(whole, "")) if isinstance(inner, Mapping) else None
    return whole, text(said) or name


def _facts(account: str, shapes: Iterable[ir.Shape]) -> ir.AccountFacts:
    regions = tuple(sorted({shape.region for shape in shapes if account in shape.accounts}))
    return ir.AccountFacts(account, account, "", (), regions)


def _where(parts: Iterable[Part], switches: Iterable[tuple[str, bool]]) -> dict[str, ir.Where]:
    """The places of switches: their own, or that of all."""
    return {
        name: ir.Where(found.places.get(f"/{name}", found.place))
        for found, body in parts
        for name, _ in switches
        if name in body
    }


def _switches(parts: Iterable[Part]) -> tuple[tuple[str, bool], ...]:
    return tuple(sorted(_flags(parts)))


def _flags(parts: Iterable[Part]) -> Iterator[tuple[str, bool]]:
    for _, body in parts:
        yield from ((str(name), text(value).lower() == "true") for name, value in body.items())


def _global(groups: Iterable[list[Part]]) -> tuple[tuple[str, str], ...]:
    bodies = [body for parts in groups for found, body in parts if found.kind == "global_settings"]
    return tuple(sorted((str(name), text(value).lower()) for body in bodies for name, value in body.items()))
