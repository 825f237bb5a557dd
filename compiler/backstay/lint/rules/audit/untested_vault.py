"""Vaults that restore tests pass by."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Shape, Vault
from backstay.lint.context import Context
from backstay.lint.examples import policy
from backstay.lint.fillers import Fillers, targets
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, plain
from backstay.lint.tested import excluded, included, plainly_named
from backstay.lint.words import first_few

_BOTH = (
    'Rule("daily", at=daily("03:00"), into=primary, keep=days(35)),\n'
    '    Rule("weekly", at=weekly("sun", "12:00"), into=second, keep=days(90))'
)


class UntestedVault(Rule):
    """Where restores are tested, every vault is."""

    CODE = "AUD011"
    NAME = "untested-vault"
    SEVERITY = "advice"
    WHOLE = True
    SUMMARY = "A vault with backups into which none of the restore tests beside it looks"
    WHY = (
        "Whether the recovery points of this vault can be restored, with its key and its role, nobody knows until it "
        "is needed. Told only where restores are tested at all."
    )
    SOURCES = (guide("restore-testing"), plain("three copies, two media, one elsewhere, one offline, zero errors"))
    VALID = (
        policy(
            rules=_BOTH,
            vaults="primary, second",
            restore_tests='RestoreTest("weekly", at=weekly("sun", "06:00"), types=["RDS"])',
        ),
    )
    INVALID = (
        policy(
            rules=_BOTH,
            vaults="primary, second",
            restore_tests='RestoreTest("weekly", at=weekly("sun", "06:00"), types=["RDS"], vaults=[primary])',
        ),
        policy(
            rules=_BOTH,
            vaults="primary, second",
            restore_tests='*[RestoreTest(one, at=weekly("sun", "06:00"), types=["RDS"], vaults=[primary])\n'
            '    for one in ("a", "b", "c", "d", "e")]',
        ),
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Vaults that rules write to, in places that have restore tests, none of which names them in any way."""
        fillers = Fillers(context)
        for site in context.vaults:
            for shape in site.shapes:
                tested = shape.restore_tests and _written(shape, site.vault)
                if tested and not _named(shape, site.vault) and not _astray(fillers, shape):
                    tests = [test.name for test in shape.restore_tests]
                    yield self.problem(
                        site,
                        None,
                        f"rules back up into vault `{site.vault.name}`, and restore tests do not look into it",
                        label=f"not looked into by {first_few(tests)}",
                        help="add it to the `vaults` of a restore test, or leave `vaults` out: then all are",
                        others=[(shape.restore_tests[0].where.field("vaults"), "looks into these")],
                        accounts=shape.accounts,
                    )


def _written(shape: Shape, vault: Vault) -> bool:
    return any(vault.name in targets(rule) for plan in shape.plans for rule in plan.rules)


def _astray(fillers: Fillers, shape: Shape) -> bool:
    """Whether a test looks into a vault in which nothing is; rule `restore-test-of-idle-vault` speaks of that."""
    return any(not fillers.of(shape, name) for test in shape.restore_tests for name in plainly_named(test))


def _named(shape: Shape, vault: Vault) -> bool:
    """Whether a test includes the vault, or leaves it out on purpose."""
    tests = shape.restore_tests
    return any(included(shape, test, vault.name) or excluded(shape, test, vault.name) for test in tests)
