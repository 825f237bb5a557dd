"""What puts findings right: each fix before and after, and findings that no fix is certain for."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from backstay.lint.fix import Fix, applied, fitted, spot
from backstay.lint.harness import NOW, file_text, organization
from backstay.lint.run import run
from backstay.load import load
from backstay.resolve import resolve
from backstay.source import SourceFile

RULE = 'Rule("r", at={}, into=primary, keep=days(35), start_within=hours(1))'
COPIES = 'Rule("r", at=daily("03:00"), into=primary, keep=days(35), copies=[{}])'
CALLS = (
    'Plan("gold", rules=[Rule("r", at=daily("03:00"), into=primary, keep=days(35))],\n'
    '    select=[Select("gold", where=tag("backup") == "gold")])'
)
POLICY = f'policy = Policy("p", attach=root(), vaults=[primary], plans=[{CALLS}],\n    waivers=[{{}}])'
WAIVER = 'Waiver("kept-forever", on="p/gold/r", owner="ops", reason="legal", expires="2099-12-31")'
USED = 'Waiver("vault-on-aws-key", on="p", owner="ops", reason="legal", expires="2020-12-31")'


def rule(at: str) -> str:
    """A rule by a schedule."""
    return RULE.format(at)


TABLE: tuple[tuple[str, str, str], ...] = (
    (
        "prefixed-tag-key",
        'Select("a", where=(tag("aws:ResourceTag/k") == "v") & ~tag("aws:ResourceTag/k").like("aws:ResourceTag/k*"))',
        'Select("a", where=(tag("k") == "v") & ~tag("k").like("aws:ResourceTag/k*"))',
    ),
    ("numeric-weekday", rule('cron("0 7 ? * 6 *")'), rule('cron("0 7 ? * FRI *")')),
    ("numeric-weekday", rule('cron("cron(0 7 ? * 2-6 *)")'), rule('cron("cron(0 7 ? * MON-FRI *)")')),
    ("step-over-whole-field", rule('cron("0 3 1 */12 ? *")'), rule('cron("0 3 1 1 ? *")')),
    ("step-over-whole-field", rule("cron('*/60 */24 ? * * *')"), rule("cron('0 0 ? * * *')")),
    ("backward-range", rule('cron("0 3 ? * SAT-SUN *")'), rule('cron("0 3 ? * SAT,SUN *")')),
    ("backward-range", rule('cron("0 22-4 ? * * *")'), rule('cron("0 22-23,0-4 ? * * *")')),
    ("backward-range", rule('cron("0 3 1 NOV-FEB ? *")'), rule('cron("0 3 1 NOV-DEC,JAN-FEB ? *")')),
    ("refused-cron", rule('cron("0 3 * * MON")'), rule('cron("0 3 ? * MON *")')),
    ("refused-cron", rule('cron("0 3 * * TUE-SAT")'), rule('cron("0 3 ? * TUE-SAT *")')),
    ("refused-cron", rule('cron("0 3 * * * *")'), rule('cron("0 3 ? * * *")')),
    ("unknown-time-zone", rule('daily("04:00", tz="Europe/Berlim")'), rule('daily("04:00", tz="Europe/Berlin")')),
    ("unknown-time-zone", rule('daily("04:00", tz="europe/berlin")'), rule('daily("04:00", tz="Europe/Berlin")')),
    (
        "years-of-365-days",
        'Rule("r", at=monthly(1, "03:00"), into=primary, keep=days(2555))',
        'Rule("r", at=monthly(1, "03:00"), into=primary, keep=years(7))',
    ),
    (
        "archive-without-cold",
        'Rule("r", at=monthly(1, "03:00"), into=primary, archive=True, keep=years(7))',
        'Rule("r", at=monthly(1, "03:00"), into=primary, keep=years(7))',
    ),
    ("archive-without-cold", "Copy(to=central, keep=years(7),\n  archive=True)", "Copy(to=central, keep=years(7))"),
    (
        "duplicate-copy",
        COPIES.format("Copy(to=central, keep=days(90)), Copy(to=remote), Copy(to=central, keep=days(90))"),
        COPIES.format("Copy(to=central, keep=days(90)), Copy(to=remote)"),
    ),
    (
        "duplicate-copy",
        COPIES.format("\n    Copy(to=central),  # far\n    Copy(to=central),  # again\n    Copy(to=remote),\n"),
        COPIES.format("\n    Copy(to=central),  # far\n    Copy(to=remote),\n"),
    ),
    (
        "asterisk-in-equality",
        'Select("a", where=(tag("env") == "prod*") & (tag("a") == "b"))',
        'Select("a", where=(tag("env").like("prod*")) & (tag("a") == "b"))',
    ),
    (
        "role-without-its-path",
        'Select("a", where=tag("a") == "b", role="AWSBackupDefaultServiceRole")',
        'Select("a", where=tag("a") == "b", role="service-role/AWSBackupDefaultServiceRole")',
    ),
    (
        "role-without-its-path",
        'Select("a", where=tag("a") == "b", role="backup/AWSBackupDefaultServiceRole")',
        'Select("a", where=tag("a") == "b", role="service-role/AWSBackupDefaultServiceRole")',
    ),
    (
        "undelivered-event",
        'Vault("cage", notify=Notify("alarms", on=["BACKUP_JOB_FAILED", "RESTORE_JOB_COMPLETED"]))',
        'Vault("cage", notify=Notify("alarms", on=["BACKUP_JOB_COMPLETED", "RESTORE_JOB_COMPLETED"]))',
    ),
    (
        "undelivered-event",
        'Vault("cage", notify=Notify("alarms", on=["BACKUP_JOB_COMPLETED", "BACKUP_JOB_FAILED"]))',
        'Vault("cage", notify=Notify("alarms", on=["BACKUP_JOB_COMPLETED"]))',
    ),
    (
        "undelivered-event",
        'Vault("cage", notify=Notify("alarms", on=["BACKUP_JOB_FAILED", "BACKUP_JOB_EXPIRED"]))',
        'Vault("cage", notify=Notify("alarms", on=["BACKUP_JOB_COMPLETED"]))',
    ),
    (
        "unknown-event",
        'Vault("cage", notify=Notify("alarms", on=["COPY_JOB_FALED"]))',
        'Vault("cage", notify=Notify("alarms", on=["COPY_JOB_FAILED"]))',
    ),
    (
        "unknown-control",
        'Framework("acme", controls=[Control("BACKUP_RECOVERY_POINTS_ENCRYPTED")])',
        'Framework("acme", controls=[Control("BACKUP_RECOVERY_POINT_ENCRYPTED")])',
    ),
    (
        "unknown-report-template",
        'Report("jobs", template="BACKUP_JOBS_REPORT", bucket="acme-reports")',
        'Report("jobs", template="BACKUP_JOB_REPORT", bucket="acme-reports")',
    ),
    (
        "refused-audit-name",
        'RestoreTest("weekly-sample", at=weekly("sun", "06:00"), types=["RDS"])',
        'RestoreTest("weekly_sample", at=weekly("sun", "06:00"), types=["RDS"])',
    ),
    ("unused-allowance", f"{CALLS}  # backstay: allow kept-forever — a hold", CALLS),
    (
        "unused-allowance",
        f"{CALLS[:-1]}\n    # backstay: allow kept-forever — a hold\n)",
        f"{CALLS[:-1]}\n)",
    ),
    (
        "unused-allowance",
        'Rule("r", at=daily("03:00"), into=primary)  # backstay: allow kept-forever, more-than-hourly — a hold',
        'Rule("r", at=daily("03:00"), into=primary)  # backstay: allow kept-forever — a hold',
    ),
    (
        "unused-allowance",
        'Rule("r", at=daily("03:00"), into=primary)  # backstay: allow more-than-hourly, kept-forever — a hold',
        'Rule("r", at=daily("03:00"), into=primary)  # backstay: allow kept-forever — a hold',
    ),
    (
        "unknown-allowance",
        'Rule("r", at=daily("03:00"), into=primary)  # backstay: allow keept-forever — a hold',
        'Rule("r", at=daily("03:00"), into=primary)  # backstay: allow kept-forever — a hold',
    ),
    ("unused-waiver", POLICY.format(WAIVER), POLICY.format("")),
    ("unused-waiver", POLICY.format(f"{USED}, {WAIVER}"), POLICY.format(USED)),
    (
        "unused-waiver",
        POLICY.format(f"\n        {WAIVER},\n        {USED},\n"),
        POLICY.format(f"\n        {USED},\n"),
    ),
)  # fmt: skip

UNCERTAIN: tuple[tuple[str, str], ...] = (
    # found, and not mended: another hand has to decide
    ("numeric-weekday", rule('cron("0 7 ? * " + str(6) + " *")')),
    ("numeric-weekday", 'WHEN = "0 7 ? * 6 *"\n' + POLICY.format("").replace('daily("03:00")', "cron(WHEN)")),
    ("refused-cron", rule('cron("rate(1 day)")')),
    ("refused-cron", rule('cron("0 3 * * 1")')),
    ("refused-cron", rule('cron("0 3 1 * MON *")')),
    ("unknown-time-zone", rule('daily("04:00", tz="Middle/Earth")')),
    ("duplicate-copy", COPIES.format("Copy(to=central), Copy(to=central, keep=days(90))")),
    ("years-of-365-days", 'Rule("r", at=monthly(1, "03:00"), into=primary, keep=days(5 * 365))'),
    ("asterisk-in-equality", 'Select("a", where=(tag("a") == "b") & (tag("env") != "tmp*"))'),
    ("asterisk-in-equality", 'Select("a", where=tag("env").isin(["prod*", "test"]))'),
    ("unknown-event", 'Vault("cage", notify=Notify("alarms", on=["ALL_OF_THEM"]))'),
    (
        "unused-waiver",
        f"old = {WAIVER}\n" + POLICY.format("old"),
    ),
)


@dataclass(frozen=True)
class Seen:
    """A text, its findings by name, and the fixes of one rule."""

    file: SourceFile
    names: tuple[str, ...]
    fixes: tuple[tuple[str, Fix], ...]

    def mended(self, name: str) -> str:
        """The text with all fixes of one rule."""
        fixes = [fix for rule, fix in self.fixes if rule == name]
        return applied(self.file.text, fitted(self.file, fixes).edits)


@cache
def seen(texts: Sequence[str]) -> tuple[Seen, ...]:
    """Whole files, linted each by itself and loaded together."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"file_{number}.py") for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text, "utf-8", newline="")
        loaded = load(paths)
    found = []
    for path in map(str, paths):
        file = loaded.sources[path]
        policies = tuple(policy for policy in loaded.policies if policy.span and policy.span.path == path)
        findings = tuple(finding for finding in loaded.findings if finding.span and finding.span.path == path)
        alone = replace(loaded, policies=policies, sources=type(loaded.sources)([file]), findings=findings)
        resolved = resolve(alone, organization())
        assert not [one for one in (*findings, *resolved.findings) if one.severity == "error"], file.text
        assert resolved.model is not None
        linted = run(resolved.model, alone, now=NOW)
        names = tuple(finding.name for finding in linted.findings)
        fixes = tuple((one.name, linted.fixes[spot(one)]) for one in linted.findings if spot(one) in linted.fixes)
        found.append(Seen(file, names, fixes))
    return tuple(found)


BEFORE = tuple(file_text(text) for _, text, _ in TABLE)
AFTER = tuple(file_text(text) for _, _, text in TABLE)
IDS = [f"{name}-{number}" for number, (name, _, _) in enumerate(TABLE)]


@pytest.mark.parametrize(("number", "name"), [(n, name) for n, (name, _, _) in enumerate(TABLE)], ids=IDS)
def test_before_and_after(number: int, name: str) -> None:
    """A fix makes of the wrong text the right one: the finding is gone, no other has come, no fix is left."""
    before, after = seen(BEFORE)[number], seen(AFTER)[number]
    assert name in before.names
    assert before.mended(name) == after.file.text
    assert name not in after.names
    assert not set(after.names) - set(before.names)
    assert after.mended(name) == after.file.text


@pytest.mark.parametrize(("number", "name"), [(n, name) for n, (name, _) in enumerate(UNCERTAIN)])
def test_uncertain_ones_are_left(number: int, name: str) -> None:
    """What has two answers, or is not written there by its letters, is found and not mended."""
    one = seen(tuple(file_text(text) for _, text in UNCERTAIN))[number]
    assert name in one.names
    assert one.mended(name) == one.file.text


def test_twelve_rules_and_more() -> None:
    """At least twelve rules have a fix, and the table knows all that have one."""
    assert len({name for name, _, _ in TABLE}) >= 12
    assert {name for one in seen(BEFORE) for name, _ in one.fixes} == {name for name, _, _ in TABLE}


def test_all_fixes_at_once() -> None:
    """Fixes of several rules, in one literal too, are made together."""
    text = file_text('Rule("r", at=cron("0 3 ? */12 6 *"), into=primary, keep=days(365), archive=True)')
    (one,) = seen((text,))
    together = fitted(one.file, [fix for _, fix in one.fixes])
    assert not together.left
    wanted = 'Rule("r", at=cron("0 3 ? 1 FRI *"), into=primary, keep=years(1))'
    assert wanted in applied(text, together.edits)


def test_comments_of_rules_that_were_not_asked_stay() -> None:
    """Without an inventory nobody knows whether a rule that needs one would have found something."""
    allowed = 'Select("a", where=tag("a") == "b")  # backstay: allow selection-matching-nothing — made later'
    (one,) = seen((file_text(allowed),))
    assert "unused-allowance" not in one.names
