"""Selections that take everything of the inventory, and what none of them takes."""

from backstay import Plan, Policy, Rule, Select, account, daily, days, tag

from .vaults import main


def plan(name, at, where):
    rule = Rule("daily", at=daily(at), into=main, keep=days(35))
    return Plan(name, rules=[rule], select=[Select(name, where=where)])


loose = plan("loose", "08:20", tag("kind").like("*"))  # every resource has some kind
strict = plan("strict", "08:40", tag("kind") == "ledger")  # one of two resources has none

taken = Policy("taken", attach=account("taken"), vaults=[main], plans=[loose])
forgotten = Policy("forgotten", attach=account("forgotten"), vaults=[main], plans=[strict])
