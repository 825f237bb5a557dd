"""Controls of copies that no rule makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from backstay.ir import ACCOUNT, Copy, Shape
from backstay.ir import Rule as Written
from backstay.lint import demands
from backstay.lint.context import Context
from backstay.lint.examples import policy
from backstay.lint.rule import Problem, Rule
from backstay.lint.scopes import plans_about
from backstay.lint.site import ControlSite
from backstay.lint.source import guide, plain
from backstay.lint.words import listed

_COPIED = 'Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to={vault})])'
_ABROAD = {"rules": _COPIED.format(vault="remote"), "vaults": "primary, remote"}
_WHAT = {
    demands.OTHER_REGION: ("to another Region", "regions"),
    demands.OTHER_ACCOUNT: ("to another account", "accounts"),
    demands.AIR_GAP: ("into an air-gapped vault", None),
}
_PARAMETER = {demands.OTHER_REGION: "crossRegionList", demands.OTHER_ACCOUNT: "crossAccountList"}
_Places = frozenset[tuple[str, str]]


class ControlWithoutCopies(Rule):
    """A control asks for copies that somebody makes."""

    CODE = "AUD023"
    NAME = "control-without-copies"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A control that asks for copies to a Region, an account or an air-gapped vault, which no rule makes"
    WHY = (
        "Every resource fails the control from the first day. Either the copies were forgotten, and the audit is "
        "right; or the control names other Regions or accounts than the rules do."
    )
    SOURCES = (guide("controls-and-remediation"), plain("what nothing does, nothing passes"))
    VALID = (
        policy(
            **_ABROAD,
            attach='ou("Workloads")',
            regions='"eu-central-1"',
            frameworks='Framework("acme", controls=[Control.copied_to_other_region(regions=["eu-west-1"])])',
        ),
        policy(frameworks='Framework("acme", controls=[Control.air_gapped(within=days(7), types=["RDS"])])'),
    )
    INVALID = (
        policy(
            **_ABROAD,
            attach='ou("Workloads")',
            regions='"eu-central-1"',
            frameworks='Framework("acme", controls=[Control.copied_to_other_region(regions=["eu-north-1"])])',
        ),
        policy(frameworks='Framework("acme", controls=[Control.copied_to_other_account()])'),
        policy(frameworks='Framework("acme", controls=[Control.air_gapped(within=days(7))])'),
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Controls of copies against the rules of the plans that they are about."""
        gapped = frozenset(
            (shape.region, one.name) for shape in context.model.shapes for one in shape.air_gapped_vaults
        )
        for site in context.controls:
            plans = plans_about(site.control.scope, site.shape) if site.control.name in _WHAT else ()
            rules = [rule for plan in plans for rule in plan.rules]
            if rules and not _blind(site) and not any(_meets(site, rule, gapped) for rule in rules):
                yield self._told(site)

    def _told(self, site: ControlSite) -> Problem:
        what, field = _WHAT[site.control.name]
        wanted = demands.listed(site.control, _PARAMETER.get(site.control.name, ""))
        name = demands.word(site.control.name)
        where = f": {listed(wanted, 'or')}" if wanted else ""
        return self.problem(
            site,
            field,
            f"control `{name}` of framework `{site.framework.name}` asks for copies {what}{where}, and no rule "
            "beside it makes one",
            label="no such copy",
            help="add the copy to a rule" + (f", correct `{field}`," if wanted else ",") + " or take the control out",
            here=True,
        )


def _blind(site: ControlSite) -> bool:
    """Whether the control looks at none of its types, of which rule `unaudited-type` speaks."""
    types = site.control.scope.types if site.control.scope is not None else ()
    return bool(types) and all(demands.blind(site.control.name, one) for one in types)


def _meets(site: ControlSite, rule: Written, gapped: _Places) -> bool:
    """Whether a rule makes a copy as the control wants it."""
    wanted = demands.listed(site.control, _PARAMETER.get(site.control.name, ""))
    tests: dict[str, Callable[[Copy], bool]] = {
        demands.OTHER_REGION: lambda copy: _goes(copy.destination.region, site.shape.region, wanted),
        demands.OTHER_ACCOUNT: lambda copy: _leaves(copy, site.shape, wanted),
        demands.AIR_GAP: lambda copy: (copy.destination.region, copy.destination.name) in gapped,
    }
    primary = site.control.name == demands.AIR_GAP and rule.air_gapped is not None
    return primary or any(map(tests[site.control.name], rule.copies))


def _goes(region: str, here: str, wanted: tuple[str, ...]) -> bool:
    return region in wanted if wanted else region != here


def _leaves(copy: Copy, shape: Shape, wanted: tuple[str, ...]) -> bool:
    host = copy.destination.account
    away = host != ACCOUNT and shape.accounts != (host,)
    return away and (not wanted or host in wanted)
