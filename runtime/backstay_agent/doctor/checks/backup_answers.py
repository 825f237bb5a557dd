"""Whether AWS Backup answers in every account and Region: an opt-in Region may be off in one account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.lines import Line, count, ok, problem, skipped, unknown
from backstay_agent.doctor.look import Answer, Look, Refused

# What services answer in a Region that the account has not enabled. Source: Account Management guide and the common
# errors of AWS APIs, read 2026-11.
_NOT_ENABLED = {"OptInRequired", "UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What AWS Backup answered in each place."""

    answers: tuple[tuple[tuple[str, str], Answer], ...]


def read(look: Look) -> Facts:
    """Lists one vault in each place of the accounts that open."""
    answers = look.each(look.opened(), lambda place: look.ask(*place, "backup", "ListBackupVaults", MaxResults=1))
    return Facts(tuple(answers))


def judge(facts: Facts) -> Iterator[Line]:
    """Each place answers."""
    if not facts.answers:
        yield skipped("no account opens, so AWS Backup was asked nowhere")
        return
    refused = [(place, answer) for place, answer in facts.answers if isinstance(answer, Refused)]
    yield from (_line(*place, answer) for place, answer in refused)
    fine = len(facts.answers) - len(refused)
    if fine:
        yield ok(f"AWS Backup answers in {count(fine, 'account and Region', 'accounts and Regions')}")


def _line(account: str, region: str, said: Refused) -> Line:
    if said.code in _NOT_ENABLED:
        remedy = f"aws account enable-region --account-id {account} --region-name {region}"
        return problem(f"{region} is not enabled ({said.code})", remedy, account, region)
    remedy = f"let the role call backup:{said.operation} (backstay org bootstrap --account {account})"
    return unknown(f"AWS Backup does not answer: {said}", account, region, remedy)


CHECK = Check("backup-answers", "accounts", 20, read, judge)
