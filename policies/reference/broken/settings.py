"""Settings, and requirements that settings or AWS stand in the way of."""

from backstay import (
    Copy, Plan, Policy, Require, Rule, Select, Settings, Vault, account, account_tag, daily, days, resource_type, tag,
)

from .vaults import main

second = Vault("second", key="alias/backup")

teams = Plan(
    "teams",
    rules=[Rule("nightly", at=daily("01:00"), into=main, keep=days(35))],
    # AWS makes a selection of each, and takes ten.
    select=[Select("teams", where=tag("team").isin([f"team-{n}" for n in range(11)]) & (tag("stage") == "live"))],
)
tables = Plan(
    "tables",
    # Copies need what the settings switch off.
    rules=[Rule("daily", at=daily("11:00"), into=main, keep=days(35), copies=[Copy(to=second)])],
    select=[Select("tables", where=resource_type("DynamoDB"))],
)
graphs = Plan(
    "graphs",
    rules=[Rule("daily", at=daily("21:00"), into=main, keep=days(35))],
    select=[Select("graphs", where=resource_type("Neptune") & (tag("graph") == "yes"))],  # on or off?
)

settings = Policy(
    "settings",
    attach=account("settled"),
    settings=Settings(
        opt_in={"EBS": False},  # and team 1 has a volume
        full_management={"DynamoDB": False, "RDS": True},  # RDS has no such thing
    ),
    vaults=[main, second],
    plans=[teams, tables, graphs],
)

nobody = Require(
    "what is nowhere is kept", every=tag("backup") == "gold", under=account_tag("env") == "prdo", keep=days(35),
)
impossible = Require(
    "warehouses leave the account", every=tag("backup") == "gold", under=account("settled"),
    types=["Redshift Serverless"], copy_to_other_account=True,
)
off = Require(
    "volumes are kept", every=tag("team") == "team-1", under=account("settled"), types=["EBS"], keep=days(35),
)
