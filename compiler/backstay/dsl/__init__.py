"""The vocabulary of policies (docs/language.md). Standard library only: it is loaded in the loader's child process."""

from backstay.dsl.air_gapped import AirGappedVault
from backstay.dsl.condition import Condition, resource, resource_type, tag
from backstay.dsl.duration import days, hours, minutes, weeks, years
from backstay.dsl.framework import Control, Framework
from backstay.dsl.hold import LegalHold
from backstay.dsl.managed import Key, Role
from backstay.dsl.node import Node, PolicyError
from backstay.dsl.param import param
from backstay.dsl.plan import Copy, Defaults, Plan, Rule, Scan, Select
from backstay.dsl.policy import Policy, Settings, Waiver
from backstay.dsl.report import Report
from backstay.dsl.requirement import Require
from backstay.dsl.restore import RestoreSelect, RestoreTest
from backstay.dsl.schedule import Schedule, cron, daily, hourly, monthly, weekly, yearly
from backstay.dsl.target import Target, account, account_tag, ou, root
from backstay.dsl.tiering import Tiering
from backstay.dsl.vault import Access, Lock, Notify, Vault

VOCABULARY = (
    "Access",
    "AirGappedVault",
    "Control",
    "Copy",
    "Defaults",
    "Framework",
    "Key",
    "LegalHold",
    "Lock",
    "Notify",
    "Plan",
    "Policy",
    "Report",
    "Require",
    "RestoreSelect",
    "RestoreTest",
    "Role",
    "Rule",
    "Scan",
    "Select",
    "Settings",
    "Tiering",
    "Vault",
    "Waiver",
    "account",
    "account_tag",
    "cron",
    "daily",
    "days",
    "hourly",
    "hours",
    "minutes",
    "monthly",
    "ou",
    "param",
    "resource",
    "resource_type",
    "root",
    "tag",
    "weekly",
    "weeks",
    "yearly",
    "years",
)

__all__ = [
    "VOCABULARY",
    "Access",
    "AirGappedVault",
    "Condition",
    "Control",
    "Copy",
    "Defaults",
    "Framework",
    "Key",
    "LegalHold",
    "Lock",
    "Node",
    "Notify",
    "Plan",
    "Policy",
    "PolicyError",
    "Report",
    "Require",
    "RestoreSelect",
    "RestoreTest",
    "Role",
    "Rule",
    "Scan",
    "Schedule",
    "Select",
    "Settings",
    "Target",
    "Tiering",
    "Vault",
    "Waiver",
    "account",
    "account_tag",
    "cron",
    "daily",
    "days",
    "hourly",
    "hours",
    "minutes",
    "monthly",
    "ou",
    "param",
    "resource",
    "resource_type",
    "root",
    "tag",
    "weekly",
    "weeks",
    "yearly",
    "years",
]
