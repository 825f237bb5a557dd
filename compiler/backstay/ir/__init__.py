"""The resolved model: what each shape of accounts gets in each Region, flat and explicit, with nothing left to infer.

An account's own id stands as `ACCOUNT` (the contract's placeholder) throughout, so that all accounts of a shape share
one model. Everything remembers where it was written: `Where.field("keep")` is the place of one keyword's value.
"""

from __future__ import annotations

from backstay.ir.audit import Control, ControlScope, Framework, Report, RestoreSelection, RestoreTest
from backstay.ir.managed import Key, Role
from backstay.ir.model import AccountFacts, Attachment, Model, Requirement, Shape, Unit, Waiver
from backstay.ir.place import ACCOUNT, Where
from backstay.ir.plans import Copy, Plan, PlanSelection, Rule, Scan, VaultRef
from backstay.ir.vaults import AirGappedVault, LegalHold, Lock, Notifications, Tiering, TieringResources, Vault

__all__ = [
    "ACCOUNT",
    "AccountFacts",
    "AirGappedVault",
    "Attachment",
    "Control",
    "ControlScope",
    "Copy",
    "Framework",
    "Key",
    "LegalHold",
    "Lock",
    "Model",
    "Notifications",
    "Plan",
    "PlanSelection",
    "Report",
    "Requirement",
    "RestoreSelection",
    "RestoreTest",
    "Role",
    "Rule",
    "Scan",
    "Shape",
    "Tiering",
    "TieringResources",
    "Unit",
    "Vault",
    "VaultRef",
    "Waiver",
    "Where",
]
