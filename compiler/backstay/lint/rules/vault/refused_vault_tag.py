"""Tags that AWS does not take."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import Source
from backstay.lint.vaults import called, every_vault

_MOST, _KEY, _VALUE = 50, 128, 256  # tagging user guide, "Tag naming limits and requirements", read 2026-11
_RESERVED = "aws:"


class RefusedVaultTag(Rule):
    """Tags have limits that are the same for all of AWS."""

    CODE = "VLT054"
    NAME = "refused-vault-tag"
    SEVERITY = "error"
    SUMMARY = "Tags of a vault that AWS refuses: more than 50, too long, or under `aws:`"
    WHY = (
        "AWS refuses the call that makes the vault, or the one that tags it; then the vault is there without its tags."
    )
    SOURCES = (
        Source(
            "Tagging AWS resources, tag naming limits and requirements",
            "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",
        ),
    )
    VALID = ('Vault("cage", tags={"owner": "backup"})',)
    INVALID = (
        'Vault("cage", tags={"aws:owner": "backup"})',
        'Vault("cage", tags={"owner": "x" * 257})',
        'Vault("cage", tags={f"tag-{number}": "x" for number in range(51)})',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Every vault's tags."""
        for site in every_vault(context):
            for what, help_ in _refused(site.vault.tags):
                yield self.problem(site, "tags", f"{called(site)} has {what}", label="refused", help=help_)


def _refused(tags: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    """What is wrong with some tags, and what to do."""
    if len(tags) > _MOST:
        yield f"{len(tags)} tags; AWS takes {_MOST}", f"keep {_MOST} of them"
    for key, value in tags:
        if key.casefold().startswith(_RESERVED):
            yield f"a tag `{key}`; keys under `{_RESERVED}` are AWS's own", "give the key another prefix"
        elif not 1 <= len(key) <= _KEY:
            yield f"a tag key of {len(key)} characters; AWS takes 1 to {_KEY}", "give the tag another key"
        elif len(value) > _VALUE:
            yield f"a tag `{key}` of {len(value)} characters; AWS takes {_VALUE}", "shorten the value"
