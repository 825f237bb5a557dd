"""The vocabulary of policies (docs/language.md). Standard library only: it is loaded in the loader's child process."""

from backstay.dsl.condition import Condition, resource, resource_type, tag
from backstay.dsl.duration import days, hours, minutes, weeks, years
from backstay.dsl.node import Node, PolicyError
from backstay.dsl.plan import Copy, Plan, Rule, Select
from backstay.dsl.policy import Policy, Settings, Waiver
from backstay.dsl.schedule import Schedule, cron, daily, hourly, monthly, weekly, yearly
from backstay.dsl.target import Target, account, account_tag, ou, root
from backstay.dsl.vault import Access, Lock, Notify, Vault

VOCABULARY = (
    "Access",
    "Copy",
    "Lock",
    "Notify",
    "Plan",
    "Policy",
    "Rule",
    "Select",
    "Settings",
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
    "Condition",
    "Copy",
    "Lock",
    "Node",
    "Notify",
    "Plan",
    "Policy",
    "PolicyError",
    "Rule",
    "Schedule",
    "Select",
    "Settings",
    "Target",
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
    "resource",
    "resource_type",
    "root",
    "tag",
    "weekly",
    "weeks",
    "yearly",
    "years",
]
