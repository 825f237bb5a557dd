"""What the agent knows of each kind of thing beside vaults, plans and selections: one file a kind, listed here.

A kind says how it is wanted, read, made, changed and removed; planning, reading and applying know no kind by name.
"""

from __future__ import annotations

from collections.abc import Mapping

from backstay_agent.parts import (
    air_gapped_vault,
    backup_policy,
    backup_policy_attachment,
    framework,
    key,
    legal_hold,
    report_plan,
    restore_testing_plan,
    restore_testing_selection,
    role,
    tiering_configuration,
)
from backstay_agent.parts.noun import Noun
from backstay_contract.plan import PartNoun

NOUNS: tuple[Noun, ...] = (
    key.NOUN,
    role.NOUN,
    air_gapped_vault.NOUN,
    tiering_configuration.NOUN,
    legal_hold.NOUN,
    framework.NOUN,
    report_plan.NOUN,
    restore_testing_plan.NOUN,
    restore_testing_selection.NOUN,
    backup_policy.NOUN,
    backup_policy_attachment.NOUN,
)
"""Every kind, in the order in which they are made: what others rest on comes first. Removals go the other way."""

BY_WORD: Mapping[PartNoun, Noun] = {noun.word: noun for noun in NOUNS}
