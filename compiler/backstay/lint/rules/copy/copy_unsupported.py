"""Copies of types that AWS does not copy there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from backstay.lint.abilities import Ability, unable
from backstay.lint.context import Context
from backstay.lint.copying import travellers
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import CopySite
from backstay.lint.source import guide
from backstay.lint.words import listed, these
from backstay_contract.findings import Severity

_WAYS = {
    (False, False): ("same_region", "within the Region"),
    (True, False): ("cross_region", "to another Region"),
    (False, True): ("cross_account", "to another account"),
    (True, True): ("cross_region_and_account", "to another Region and account at once"),
}
_ANSWERS: Mapping[Ability, tuple[Severity, str]] = {
    "no": ("error", "AWS cannot copy {types}{way}"),
    "unknown": ("warning", "AWS does not say whether it can copy {types}{way}"),
    "mixed": ("advice", "AWS can copy {types}{way} in some of its kinds only"),
}
_LABELS: Mapping[Severity, str] = {"error": "not for", "warning": "perhaps not for", "advice": "not for all of"}


class CopyUnsupported(Rule):
    """Not every type can be copied everywhere."""

    CODE = "CPY009"
    NAME = "copy-unsupported"
    SEVERITY = "error"
    SUMMARY = "A copy of resource types that AWS does not copy that way"
    WHY = (
        "The copy jobs of these types fail while those of others succeed, so the plan looks healthy and the type has "
        "no second copy. A warning where AWS does not say, advice where only one kind can (a DynamoDB table whose "
        "advanced features are on)."
    )
    SOURCES = (guide("backup-feature-availability"), guide("create-cross-account-backup"))
    VALID = (
        'Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35),\n'
        '     copies=[Copy(to=central)])], select=[Select("files", where=resource_type("EFS"))])',
    )
    INVALID = (
        'Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35),\n'
        '     copies=[Copy(to=central)])], select=[Select("warehouse", where=resource_type("Redshift Serverless"))])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Copies of plans that name such types, one problem for each answer of the catalogue."""
        for site in context.copies:
            away = site.copy.destination.region != site.shape.region
            column, way = _WAYS[away, bool(travellers(site))]
            for answer, (severity, sentence) in _ANSWERS.items():
                types = _types(site, column, answer)
                if types:
                    nowhere = all(_types(site, one, answer) == types for one, _ in _WAYS.values())
                    said = sentence.format(types=listed(types), way="" if nowhere else f" {way}")
                    yield self._told(site, said, types, severity)

    def _told(self, site: CopySite, sentence: str, types: tuple[str, ...], severity: Severity) -> Problem:
        selections = [one for one in site.plan.selections if set(types) & set(one.types)]
        return self.problem(
            site,
            "to",
            f"{sentence}; rule `{site.rule.name}` copies to `{site.copy.destination.name}`",
            label=f"{_LABELS[severity]} {these(types)}",
            help=f"give {these(types)} a plan without this copy",
            others=[(one.where.span, "selected here") for one in selections],
            severity=severity,
        )


def _types(site: CopySite, column: str, answer: Ability) -> tuple[str, ...]:
    """The named types with this answer; where the settings say which kind it is, "mixed" is no question."""
    types = unable(site.plan, column, site.shape.region, answer)
    said = {name for name, _ in site.shape.management} if answer == "mixed" else set()
    return tuple(name for name in types if name not in said)
