"""A selection that AWS refuses because it names nothing."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, seen


class EmptySelection(Rule):
    """A selection needs resources or tags."""

    CODE = "SEL001"
    NAME = "empty-selection"
    SEVERITY = "error"
    SUMMARY = "A selection with neither resources nor tags"
    WHY = (
        "AWS answers “Either 'ListOfTags' or 'Resources' section must be non-empty”, also where conditions are given, "
        "so the plan exists and protects nothing. Policies in Python cannot say it; imported configurations can."
    )
    SOURCES = (api("BackupSelection"), seen("hashicorp/terraform-provider-aws issue 24235, MoJ baselines pull 90"))
    VALID = ('Select("everything", where=tag("backup") == "gold")',)
    INVALID = ()

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections without either list."""
        for site in context.selections:
            chosen = site.selection.selection
            if not chosen.resources and not chosen.list_of_tags:
                yield self.problem(
                    site,
                    "where",
                    f"selection `{site.selection.name}` names neither resources nor tags; AWS refuses it",
                    label="neither of them",
                    help="name tags or types; `Select.everything()` takes everything",
                )
