"""One control in two frameworks."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Control, Framework, Shape
from backstay.lint import demands
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, plain

_FIRST = 'Framework("acme", controls=[Control.recovery_points_encrypted(), Control.vault_lock(min=days(7))])'


class ControlAskedTwice(Rule):
    """A control stands in one framework of a place."""

    CODE = "CST006"
    NAME = "control-asked-twice"
    SEVERITY = "advice"
    SUMMARY = "The same control, with the same parameters and scope, in two frameworks of an account and Region"
    WHY = (
        "AWS evaluates it in each framework, by a Config rule for each, and bills every evaluation; of fifty controls "
        "that a Region may have, two are spent on one question."
    )
    SOURCES = (guide("working-with-audit-frameworks"), plain("the same question twice has one answer"))
    VALID = (f'{_FIRST},\nFramework("bank", controls=[Control.vault_lock(min=days(30))])',)
    INVALID = (f'{_FIRST},\nFramework("bank", controls=[Control.vault_lock(min=days(7))])',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Controls that an earlier framework of the place has too, though it has others beside."""
        for site in context.controls:
            first = _first(site.control, site.framework, site.shape)
            if first is not None:
                framework, control = first
                yield self.problem(
                    site,
                    None,
                    f"control `{demands.word(site.control.name)}` of framework `{site.framework.name}` asks the same "
                    f"as in framework `{framework.name}`",
                    label="asked twice",
                    help="let one of the two frameworks ask it",
                    others=[(control.where.span, f"in framework `{framework.name}`")],
                )


def _first(control: Control, mine: Framework, shape: Shape) -> tuple[Framework, Control] | None:
    for framework in shape.frameworks:
        for other in framework.controls if framework.name < mine.name and not _same(framework, mine) else ():
            if _asked(other) == _asked(control):
                return framework, other
    return None


def _same(one: Framework, other: Framework) -> bool:
    """Whether two frameworks ask all the same; rule `duplicate-framework` speaks of those."""
    return {_asked(control) for control in one.controls} == {_asked(control) for control in other.controls}


def _asked(control: Control) -> tuple[object, ...]:
    return control.name, control.parameters, control.scope
