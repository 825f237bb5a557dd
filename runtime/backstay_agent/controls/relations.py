"""What several controls rest on, worked out once an audit as temporary tables, each after those that it is made of.

`combos` are the sets of plans that resources of a place share: whatever follows from a resource's plans is worked out
once for each set, of which there are thousands where there are millions of resources.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from backstay_agent.controls import requirement_sql

RELATIONS: Mapping[str, str] = MappingProxyType(
    {
        "combos": """
            SELECT row_number() OVER () AS combo, *
            FROM (SELECT DISTINCT account, region, plans, perhaps FROM resources)
        """,
        # The resources, each with its combo; `listed`: whether it is sure that some plan takes it.
        "things": """
            SELECT r.account, r.region, r.arn AS name, r.type, r.tags, c.combo, len(r.plans) > 0 AS listed
            FROM resources r JOIN combos c USING (account, region, plans, perhaps)
        """,
        # Each plan of a combo, in order; `sure`: not only under one reading of AWS.
        "combo_plans": """
            SELECT c.combo, c.account, c.region, c.number, c.sure, p.id AS plan_id, p.name
            FROM (
                SELECT combo, account, region, TRUE AS sure, unnest(plans) AS id,
                    generate_subscripts(plans, 1) AS number
                FROM combos
                UNION ALL
                SELECT combo, account, region, FALSE, unnest(perhaps), generate_subscripts(perhaps, 1) FROM combos
            ) c JOIN plans p USING (account, region, id)
        """,
        # Recovery points by resource and vault: the one pass over all of them. `made`: the newest that was made there.
        "points_by_vault": """
            SELECT account, region, resource, vault, air_gapped,
                max(created) FILTER (WHERE status IN ('COMPLETED', 'AVAILABLE') AND original) AS made,
                bool_or(status = 'AVAILABLE' AND original) AS live,
                max(created) FILTER (WHERE status IN ('COMPLETED', 'AVAILABLE') AND NOT original) AS copied,
                max(created) FILTER (WHERE status IN ('COMPLETED', 'AVAILABLE')) AS newest
            FROM recovery_points GROUP BY ALL
        """,
        "points_by_resource": """
            SELECT account, region, resource AS name, max(made) AS made, bool_or(live) AS live, max(newest) AS newest,
                max(newest) FILTER (WHERE air_gapped) AS air_gapped
            FROM points_by_vault GROUP BY ALL
        """,
        # Copies by resource and vault, wherever the vault is; `no_sight`: why nobody can say.
        "copied": """
            SELECT p.resource, v.arn AS vault_arn, max(p.copied) AS newest
            FROM points_by_vault p JOIN vaults v ON (v.account, v.region, v.name) = (p.account, p.region, p.vault)
            WHERE p.copied IS NOT NULL GROUP BY ALL
        """,
        "destinations": """
            SELECT DISTINCT c.vault_arn, c.to_account, c.to_region,
                CASE WHEN p.account IS NULL THEN 'its account or Region was not read'
                     ELSE coalesce(u1.reason, u2.reason) END AS no_sight
            FROM copies c
            LEFT JOIN places p ON (p.account, p.region) = (c.to_account, c.to_region)
            LEFT JOIN unread u1 ON (u1.account, u1.region, u1.noun) = (c.to_account, c.to_region, 'vaults')
            LEFT JOIN unread u2 ON (u2.account, u2.region, u2.noun) = (c.to_account, c.to_region, 'points')
        """,
        "restored": """
            SELECT account, region, resource AS name, max_by(created, k) AS created, max(completed) AS completed
            FROM (SELECT *, (completed, id) AS k FROM restores WHERE status = 'COMPLETED' AND completed IS NOT NULL)
            GROUP BY ALL
        """,
        **requirement_sql.RELATIONS,
    }
)

_NAMED = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")


def wanted(sql: str) -> list[str]:
    """The relations that a query names, those that they are made of before them."""
    found: list[str] = []

    def look(text: str) -> None:
        for name in _NAMED.findall(text):
            if name in RELATIONS and name not in found:
                look(RELATIONS[name])
                found.append(name)

    look(sql)
    return found
