"""The constructs of the model, each once however many accounts share it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeVar

from backstay.ir import Model, Shape, Where
from backstay.lint.site import (
    AirGappedSite,
    ControlSite,
    CopySite,
    FrameworkSite,
    KeySite,
    LegalHoldSite,
    PlanSite,
    ReportSite,
    RestoreSelectionSite,
    RestoreTestSite,
    RoleSite,
    RuleSite,
    SelectionSite,
    Site,
    TieringSite,
    VaultSite,
)

Thing = TypeVar("Thing")


class Sites:
    """The sites of a model, found when they are first asked for."""

    def __init__(self, model: Model) -> None:
        self.model = model

    @cached_property
    def plans(self) -> tuple[PlanSite, ...]:
        """Every plan, once for each set of vaults, Region and opt-ins that it meets."""
        groups: dict[tuple[Any, ...], list[Shape]] = {}
        found = {}
        for shape in self.model.shapes:
            around = (shape.region, shape.opt_in, *map(id, shape.vaults))
            for plan in shape.plans:
                found[id(plan)] = plan
                groups.setdefault((id(plan), *around), []).append(shape)
        return tuple(
            PlanSite(plan.where, (plan.where.policy, plan.name), tuple(shapes), _accounts(shapes), plan)
            for (key, *_), shapes in groups.items()
            for plan in (found[key],)
        )

    @cached_property
    def rules(self) -> tuple[RuleSite, ...]:
        """Every rule of every plan."""
        return tuple(
            RuleSite(rule.where, (*site.path, rule.name), site.shapes, site.accounts, site.plan, rule)
            for site in self.plans
            for rule in site.plan.rules
        )

    @cached_property
    def copies(self) -> tuple[CopySite, ...]:
        """Every copy action of every rule."""
        return tuple(
            CopySite(copy.where, site.path, site.shapes, site.accounts, site.plan, site.rule, copy)
            for site in self.rules
            for copy in site.rule.copies
        )

    @cached_property
    def selections(self) -> tuple[SelectionSite, ...]:
        """Every selection of every plan."""
        return tuple(
            SelectionSite(
                selection.where, (*site.path, selection.name), site.shapes, site.accounts, site.plan, selection
            )
            for site in self.plans
            for selection in site.plan.selections
        )

    @cached_property
    def vaults(self) -> tuple[VaultSite, ...]:
        """Every declared vault."""
        found = self._each(lambda shape: shape.vaults)
        return tuple(VaultSite(*_site(one.where, one.name, shapes), one) for one, shapes in found)

    @cached_property
    def air_gapped_vaults(self) -> tuple[AirGappedSite, ...]:
        """Every declared air-gapped vault."""
        found = self._each(lambda shape: shape.air_gapped_vaults)
        return tuple(AirGappedSite(*_site(one.where, one.name, shapes), one) for one, shapes in found)

    @cached_property
    def frameworks(self) -> tuple[FrameworkSite, ...]:
        """Every framework."""
        found = self._each(lambda shape: shape.frameworks)
        return tuple(FrameworkSite(*_site(one.where, one.name, shapes), one) for one, shapes in found)

    @cached_property
    def controls(self) -> tuple[ControlSite, ...]:
        """Every control of every framework."""
        return tuple(
            ControlSite(control.where, (*site.path, control.name), site.shapes, site.accounts, site.framework, control)
            for site in self.frameworks
            for control in site.framework.controls
        )

    @cached_property
    def reports(self) -> tuple[ReportSite, ...]:
        """Every report plan."""
        found = self._each(lambda shape: shape.reports)
        return tuple(ReportSite(*_site(one.where, one.name, shapes), one) for one, shapes in found)

    @cached_property
    def restore_tests(self) -> tuple[RestoreTestSite, ...]:
        """Every restore-testing plan."""
        found = self._each(lambda shape: shape.restore_tests)
        return tuple(RestoreTestSite(*_site(one.where, one.name, shapes), one) for one, shapes in found)

    @cached_property
    def restore_selections(self) -> tuple[RestoreSelectionSite, ...]:
        """Every selection of every restore-testing plan."""
        return tuple(
            RestoreSelectionSite(one.where, (*site.path, one.name), site.shapes, site.accounts, site.test, one)
            for site in self.restore_tests
            for one in site.test.selections
        )

    @cached_property
    def legal_holds(self) -> tuple[LegalHoldSite, ...]:
        """Every legal hold."""
        found = self._each(lambda shape: shape.legal_holds)
        return tuple(LegalHoldSite(*_site(one.where, one.title, shapes), one) for one, shapes in found)

    @cached_property
    def tiering(self) -> tuple[TieringSite, ...]:
        """Every tiering configuration."""
        found = self._each(lambda shape: shape.tiering)
        return tuple(TieringSite(*_site(one.where, one.name, shapes), one) for one, shapes in found)

    @cached_property
    def keys(self) -> tuple[KeySite, ...]:
        """Every managed key."""
        found = self._each(lambda shape: shape.keys)
        return tuple(KeySite(*_site(one.where, one.alias, shapes), one) for one, shapes in found)

    @cached_property
    def roles(self) -> tuple[RoleSite, ...]:
        """Every managed role."""
        found = self._each(lambda shape: shape.roles)
        return tuple(RoleSite(*_site(one.where, one.name, shapes), one) for one, shapes in found)

    @cached_property
    def settings(self) -> tuple[Site, ...]:
        """The settings of every Region: one site for each set of opt-ins and management preferences."""
        groups: dict[tuple[Any, ...], list[Shape]] = {}
        for shape in self.model.shapes:
            if shape.opt_in or shape.management:
                groups.setdefault((shape.region, shape.opt_in, shape.management), []).append(shape)
        first = {key: _first(shapes[0]) for key, shapes in groups.items()}
        return tuple(Site(*_site(first[key], "settings", shapes)) for key, shapes in groups.items())

    def _each(self, of: Callable[[Shape], Iterable[Thing]]) -> Iterator[tuple[Thing, list[Shape]]]:
        """Every thing of the shapes, once in each Region, with the shapes that have it."""
        groups: dict[tuple[int, str], tuple[Thing, list[Shape]]] = {}
        for shape in self.model.shapes:
            for one in of(shape):
                groups.setdefault((id(one), shape.region), (one, []))[1].append(shape)
        yield from groups.values()


def _site(
    where: Where, name: str, shapes: Sequence[Shape]
) -> tuple[Where, tuple[str, ...], tuple[Shape, ...], tuple[str, ...]]:
    """What every site begins with."""
    return where, (where.policy, name), tuple(shapes), _accounts(shapes)


def _accounts(shapes: Sequence[Shape]) -> tuple[str, ...]:
    """The accounts of shapes, each once."""
    if len(shapes) == 1:
        return shapes[0].accounts
    return tuple(dict.fromkeys(account for shape in shapes for account in shape.accounts))


def _first(shape: Shape) -> Where:
    """The place of the first switch that the policies set."""
    return next(iter([*shape.opt_in_where.values(), *shape.management_where.values()]), Where(None))
