"""Exceptions: one comment and one waiver that hold, and those that are over, empty, unexplained or misspelt."""

from backstay import Plan, Policy, Rule, Select, Waiver, daily, days, ou, tag

from .vaults import main

held = Plan(
    "held",
    rules=[
        Rule("legal", at=daily("01:40"), into=main),  # backstay: allow kept-forever — the court's order of 2026-02-11
        Rule("waived", at=daily("10:40"), into=main),
        Rule("unexplained", at=daily("19:40"), into=main),  # backstay: allow kept-forever
    ],
    select=[Select("gold", where=tag("backup") == "gold")],
)
tidy = Plan(
    "tidy",
    rules=[
        Rule("repaired", at=daily("03:00"), into=main, keep=days(35)),  # backstay: allow kept-forever — no longer
        # backstay: allow keept-forever — misspelt
        Rule("misspelt", at=daily("12:00"), into=main, keep=days(35)),
    ],
    select=[Select("gold", where=tag("backup") == "gold")],
)

exceptions = Policy(
    "exceptions",
    attach=ou("Workloads"),
    plans=[held, tidy],
    waivers=[
        Waiver("kept-forever", on="exceptions/held/waived", owner="platform@broken.example",
               reason="until the archive is there", expires="2099-12-31"),
        Waiver("kept-forever", on="exceptions/held/unexplained", owner="platform@broken.example",
               reason="until the archive is there", expires="2025-12-31"),
        Waiver("no-such-rule", on="exceptions/held", owner="platform@broken.example",
               reason="nobody remembers", expires="2099-12-31"),
        Waiver("missing-schedule", on="exceptions/tidy", owner="platform@broken.example",
               reason="repaired since", expires="2099-12-31"),
    ],
)
