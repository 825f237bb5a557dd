"""Advice in the words of the file that it is about: rules speak the policy language, templates do not."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from backstay.foreign.instead import HELP, LABELS
from backstay_contract.findings import Finding, Label

Spelt = tuple[str, str, str]
"""Member of the API, argument of Terraform, key of a backup policy."""
_API, _TERRAFORM, _ORGANIZATIONS = 0, 1, 2
_COLUMN: Final[Mapping[str, int]] = {"terraform": _TERRAFORM, "organizations": _ORGANIZATIONS}

WORDS: Final[Mapping[str, Spelt]] = {
    # keyword of the policy language → what it is spelt like elsewhere
    "at": ("ScheduleExpression", "schedule", "schedule_expression"),
    "tz": ("ScheduleExpressionTimezone", "schedule_expression_timezone", "schedule_expression_timezone"),
    "keep": ("DeleteAfterDays", "delete_after", "delete_after_days"),
    "cold_after": ("MoveToColdStorageAfterDays", "cold_storage_after", "move_to_cold_storage_after_days"),
    "archive": ("OptInToArchiveForSupportedResources", "opt_in_to_archive_for_supported_resources",
                "opt_in_to_archive_for_supported_resources"),
    "into": ("TargetBackupVaultName", "target_vault_name", "target_backup_vault_name"),
    "into_air_gapped": ("TargetLogicallyAirGappedBackupVaultArn", "target_logically_air_gapped_backup_vault_arn",
                        "target_logically_air_gapped_backup_vault_arn"),
    "start_within": ("StartWindowMinutes", "start_window", "start_backup_window_minutes"),
    "complete_within": ("CompletionWindowMinutes", "completion_window", "complete_backup_window_minutes"),
    "continuous": ("EnableContinuousBackup", "enable_continuous_backup", "enable_continuous_backup"),
    "copies": ("CopyActions", "copy_action", "copy_actions"),
    "to": ("DestinationBackupVaultArn", "destination_vault_arn", "target_backup_vault_arn"),
    "index": ("IndexActions", "index_action", "index_actions"),
    "scan": ("ScanActions", "scan_action", "scan_actions"),
    "key": ("EncryptionKeyArn", "kms_key_arn", "encryption_key_arn"),
    "access": ("AccessPolicy", "aws_backup_vault_policy", "access_policy"),
    "min": ("MinRetentionDays", "min_retention_days", "min_retention_days"),
    "max": ("MaxRetentionDays", "max_retention_days", "max_retention_days"),
    "grace": ("ChangeableForDays", "changeable_for_days", "changeable_for_days"),
    "topic": ("SNSTopicArn", "sns_topic_arn", "sns_topic_arn"),
    "on": ("BackupVaultEvents", "backup_vault_events", "backup_vault_events"),
    "role": ("IamRoleArn", "iam_role_arn", "iam_role_arn"),
    "opt_in": ("ResourceTypeOptInPreference", "resource_type_opt_in_preference", "resource_type_opt_in_preference"),
    "full_management": ("ResourceTypeManagementPreference", "resource_type_management_preference",
                        "resource_type_management_preference"),
    "frameworks": ("FrameworkArns", "framework_arns", "framework_arns"),
    "accounts": ("Accounts", "accounts", "accounts"),
    "formats": ("Formats", "formats", "formats"),
    "look_back": ("SelectionWindowDays", "selection_window_days", "selection_window_days"),
    "validate_within": ("ValidationWindowHours", "validation_window_hours", "validation_window_hours"),
    "after": ("TieringDownSettingsInDays", "tiering_down_settings_in_days", "tiering_down_settings_in_days"),
}  # fmt: skip
_FAMILIES: Final[Mapping[str, Mapping[str, Spelt]]] = {
    # family of rules → words that mean something else there
    "AUD": {
        "at": ("ScheduleExpression", "schedule_expression", "schedule_expression"),
        "start_within": ("StartWindowHours", "start_window_hours", "start_window_hours"),
    },
    "GAP": {"key": ("EncryptionKeyArn", "encryption_key_arn", "encryption_key_arn")},
}
_ARNS: Final = frozenset({"key", "role", "topic", "to"})
"""Keywords that take a name where files want an ARN: only the word is said."""

_QUOTED = re.compile(r"`([^`]*)`")
_KEYWORD = re.compile(r"`([a-z_]+)=?`")
_PAIRS = re.compile(r"[a-z_]+=[^`,]+(, [a-z_]+=[^`,]+)*")
_PAIR = re.compile(r"([a-z_]+)=([^`,]+)")
_DURATION = re.compile(r"\b(minutes|hours|days|weeks|years)\((\d+)\)")
_MINUTES: Final[Mapping[str, float]] = {"minutes": 1, "hours": 60}
_DAYS: Final[Mapping[str, float]] = {"days": 1, "weeks": 7, "years": 365.25}
_HOURS: Final = frozenset({"AUD", "CST"})
"""Families of rules whose windows AWS takes in hours."""
_COMPARED = re.compile(r'(~?)tag\("([^"`]*)"\)(?: (==|!=) "([^"`]*)"|\.like\("([^"`]*)"\))')
_CRON = re.compile(r'cron\("([^"`]*)"\)')
_CALLED = re.compile(r'resource\("([^"`]*)"\)')
_CLAUSE = re.compile(r"(, or |, and |; )")
_ASIDE = re.compile(r" \([^()]*\)")
_OURS = re.compile(
    r"`\w+(?: =|:) \[\]`|`[^`]*[a-z_]=[^`]*`|`[|&~]`|\b[A-Z][A-Za-z]+(\.[a-z_]+)?\("
    r"|`(RestoreTest|Lock\.\w+|Settings|Select|moved)`"
    r"|\b(tag|resource|resource_type|ou|daily|weekly|monthly|yearly|hourly|isin|like)\(|\bisin\b|attach the policy"
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a dialect. `names`: what stands for an expression in the model → the expression.

    `own`: texts of the file that are no keywords, though they look like one (a rule called `continuous`). `controls`:
    what policies call a control → AWS's name.
    """

    dialect: str
    names: Mapping[str, str]
    own: frozenset[str] = frozenset()
    controls: Mapping[str, str] = field(default_factory=dict)

    def told(self, finding: Finding) -> Finding:
        """A finding in the file's words."""
        family = finding.code[:3]
        help_ = HELP[finding.name][self._column] if finding.name in HELP else self.advice(finding.help, family)
        return replace(
            finding,
            message=self.said(finding.message, family),
            label=self.said(LABELS.get(finding.label, finding.label), family),
            help=help_,
            others=tuple(Label(other.span, self.said(other.text, family)) for other in finding.others),
            notes=tuple(self.said(note, family) for note in finding.notes),
        )

    def said(self, text: str, family: str = "") -> str:
        """A sentence about the file in its own words, and with its own expressions."""
        text = _COMPARED.sub(_compared, text)
        text = _QUOTED.sub(lambda quoted: self._quoted(quoted, family), text)
        text = _DURATION.sub(lambda found: _number(found, in_hours=family in _HOURS), text)
        for name, expression in self.names.items():
            text = text.replace(name, expression)
        return text

    def advice(self, text: str | None, family: str = "") -> str | None:
        """Advice in the file's words: those of its clauses that can be said without ours; None if none can."""
        if text is None:
            return None
        said = _ASIDE.sub(lambda aside: "" if _OURS.search(aside[0]) else aside[0], self.said(text, family))
        said = _CALLED.sub(r"\1", _CRON.sub(r"cron(\1)", said))
        kept = [(joint, clause) for joint, clause in _clauses(said) if not _OURS.search(clause)]
        return "".join(("" if number == 0 else joint) + clause for number, (joint, clause) in enumerate(kept)) or None

    @property
    def _column(self) -> int:
        return _COLUMN.get(self.dialect, _API)

    def _quoted(self, quoted: re.Match[str], family: str) -> str:
        """What stands between backticks, in the file's words if it is a word of ours."""
        said = quoted[1]
        word = said.removesuffix("=")
        if said in self.controls:
            return f"`{self.controls[said]}`"
        if word in WORDS and (word not in self.own or said != word):
            return f"`{self._word(word, family)}`"
        if _PAIRS.fullmatch(said):
            return f"`{_PAIR.sub(lambda pair: self._pair(pair, family), said)}`"
        return quoted[0]

    def _pair(self, pair: re.Match[str], family: str) -> str:
        """`keep=days(5)` as `DeleteAfterDays: days(5)`."""
        word, value = pair[1], pair[2]
        if word not in WORDS:
            return pair[0]
        if word in _ARNS:
            return self._word(word, family)
        value = value.lower() if value in ("True", "False") else value
        return f"{self._word(word, family)}{' = ' if self._column == _TERRAFORM else ': '}{value}"

    def _word(self, keyword: str, family: str) -> str:
        return _FAMILIES.get(family, {}).get(keyword, WORDS[keyword])[self._column]


def _clauses(text: str) -> list[tuple[str, str]]:
    """The clauses of a sentence, each with what joins it to the one before."""
    first, *more = _CLAUSE.split(text)
    return [("", first), *zip(more[::2], more[1::2], strict=True)]


def _compared(found: re.Match[str]) -> str:
    """`~tag("env").like("tmp*")` as `env not like tmp*`."""
    barred, key, sign, value, pattern = found.groups()
    if sign is None:
        return f"{key} {'not like' if barred else 'like'} {pattern}"
    return f"{key} {'!=' if (sign == '!=') != bool(barred) else '='} {value}"


def _number(found: re.Match[str], *, in_hours: bool) -> str:
    """`days(120)` as AWS's members have it: days in days, windows in minutes, those of restore tests in hours."""
    unit, count = found[1], int(found[2])
    minutes = _MINUTES.get(unit)
    if minutes is None:
        return str(math.ceil(count * _DAYS[unit]))
    return str(math.ceil(count * minutes / (60 if in_hours else 1)))
