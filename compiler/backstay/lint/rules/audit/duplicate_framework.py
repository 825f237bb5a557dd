"""Two frameworks that ask the same."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Control, Framework
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import FrameworkSite
from backstay.lint.source import guide


class DuplicateFramework(Rule):
    """Each framework of a place asks something else."""

    CODE = "AUD002"
    NAME = "duplicate-framework"
    SEVERITY = "error"
    SUMMARY = "Two frameworks of one account and Region with the same controls"
    WHY = "AWS takes a set of controls and parameters once in an account and Region, and refuses the second framework."
    SOURCES = (guide("working-with-audit-frameworks"),)
    VALID = (
        'Framework("locked", controls=[Control.vault_lock(min=days(7))]),\n'
        'Framework("locked_for_long", controls=[Control.vault_lock(min=days(30))])',
    )
    INVALID = (
        'Framework("locked", controls=[Control.vault_lock(min=days(7))]),\n'
        'Framework("safe", controls=[Control.vault_lock(min=days(7))])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Frameworks whose controls an earlier one of the same place has."""
        for site in context.frameworks:
            twin = _twin(site)
            if twin is not None:
                yield self.problem(
                    site,
                    "controls",
                    f"framework `{site.framework.name}` has the same controls as `{twin.name}`; AWS takes them once",
                    label="the same controls",
                    help=f"drop one of the two, or ask something else than `{twin.name}` does",
                    others=[(twin.where.field("controls"), f"those of `{twin.name}`")],
                )


def _twin(site: FrameworkSite) -> Framework | None:
    """A framework before this one, by name, with the same controls."""
    mine, own = site.framework, _asked(site.framework)
    around = (one for shape in site.shapes for one in shape.frameworks if one.name < mine.name)
    return next((one for one in around if _asked(one) == own), None)


def _asked(framework: Framework) -> list[tuple[object, ...]]:
    return sorted(map(_content, framework.controls), key=repr)


def _content(control: Control) -> tuple[object, ...]:
    return control.name, control.parameters, control.scope
