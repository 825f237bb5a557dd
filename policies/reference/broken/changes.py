"""Changes: names that live on, locks that nobody decided, extensions that change nothing or the wrong thing."""

from backstay import Lock, Plan, Policy, Role, Rule, Select, Vault, account, daily, days, ou, tag, weekly, years

from .vaults import main

gold = [Select("gold", where=tag("backup") == "gold")]
for_good = Lock.compliance(min=days(7), max=years(8), grace=days(14), acknowledged="SEC-412")

branches = Policy(
    "branches",
    attach=ou("Branches"),
    vaults=[main],
    plans=[
        Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=main, keep=days(35))], select=gold),
        # `nightly` is still there.
        Plan("silver", rules=[
            Rule("daily", at=daily("05:00"), into=main, keep=days(14), moved="nightly"),
            Rule("nightly", at=daily("21:00"), into=main, keep=days(35)),
        ], select=[Select("silver", where=tag("backup") == "silver")]),
    ],
)
weaker = Policy(
    "weaker",
    attach=account("north"),
    extends="branches",
    plans=[Plan("gold", rules=[Rule("daily", keep=days(7))])],  # 35 above
)
same = Policy(
    "same",
    attach=account("south"),
    extends="branches",
    plans=[Plan("gold", rules=[Rule("daily", keep=days(35))])],  # 35 above too
)

# A role made in one account, and only named in the other.
kept = [Rule("weekly", at=weekly("sat", "12:00"), into=main, keep=days(35))]
bronze = [Select("bronze", where=tag("backup") == "bronze")]
made = Policy(
    "made",
    attach=account("north"),
    plans=[Plan("bronze", role=Role("backup/Keeper", manage=True), rules=kept, select=bronze)],
)
named = Policy(
    "named",
    attach=account("south"),
    plans=[Plan("bronze", role="backup/Keeper", rules=kept, select=bronze)],
)

# Whoever signs with TODO has decided nothing.
signed = Vault(
    "signed", key="alias/backup", lock=Lock.compliance(min=days(7), max=years(8), grace=days(14), acknowledged="TODO"),
)
# In all accounts but some there will be more accounts one day.
spreading = Vault("spreading", key="alias/backup", lock=for_good)
signing = Policy("signing", attach=account("south"), vaults=[signed])
open_ended = Policy(
    "open-ended", attach=~ou("Workloads") & ~ou("Infrastructure") & ~ou("Apart"), regions=["eu-central-1"],
    vaults=[spreading],
)
