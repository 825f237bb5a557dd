"""What holds where at Acme: production in four tiers with copies, everything else in the two lower ones."""

from backstay import Policy, Settings, Waiver, account, account_tag, ou

from .plans import bronze, gold, platinum, silver
from .vaults import central, dr, primary

production = Policy(
    "acme-production",
    attach=ou("Workloads/Prod") | account("shared-services"),
    plans=[platinum, gold, silver, bronze],
    vaults=[primary, dr, central],
    settings=Settings(cross_account_copies=True),
    waivers=[
        Waiver(
            "unprotected-resources",
            on="acme-production",
            owner="platform@acme.example",
            reason="five resources without a tier, which their teams are asked about",
            expires="2027-06-30",
        ),
    ],
)

other = Policy(
    "acme-other",
    attach=ou("Workloads/NonProd") | (ou("Security") & (account_tag("env") == "shared")),
    plans=[silver, bronze],
    vaults=[primary, central],
)
