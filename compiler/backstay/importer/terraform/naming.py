"""What resources of the provider `aws` will be called, and the ARNs that follow from that.

Source: "Attribute Reference" on each resource's page in the documentation of the provider (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Named:
    """The argument with a resource's name; attributes that are the name; attributes that are its ARN.

    ARNs have `{account}`, `{region}` and `{name}`.
    """

    argument: str
    same: tuple[str, ...]
    arn: str
    arns: tuple[str, ...] = ("arn",)


_VAULT: Final = Named("name", ("name", "id"), "arn:aws:backup:{region}:{account}:backup-vault:{name}")

NAMED: Final[Mapping[str, Named]] = {
    "aws_backup_vault": _VAULT,
    "aws_backup_logically_air_gapped_vault": _VAULT,
    "aws_backup_restore_testing_plan": Named("name", ("name",), ""),
    "awscc_backup_backup_vault": Named(
        "backup_vault_name", ("backup_vault_name", "id"), _VAULT.arn, ("backup_vault_arn",)
    ),
    "awscc_backup_logically_air_gapped_backup_vault": Named(
        "backup_vault_name", ("backup_vault_name", "id"), _VAULT.arn, ("backup_vault_arn",)
    ),
    "awscc_backup_restore_testing_plan": Named("restore_testing_plan_name", ("restore_testing_plan_name", "id"), ""),
    "aws_sns_topic": Named("name", ("name",), "arn:aws:sns:{region}:{account}:{name}", ("arn", "id")),
    "aws_s3_bucket": Named("bucket", ("bucket", "id"), "arn:aws:s3:::{name}"),
    "aws_dynamodb_table": Named("name", ("name", "id"), "arn:aws:dynamodb:{region}:{account}:table/{name}"),
    "aws_db_instance": Named("identifier", ("identifier",), "arn:aws:rds:{region}:{account}:db:{name}"),
    "aws_rds_cluster": Named(
        "cluster_identifier", ("cluster_identifier", "id"), "arn:aws:rds:{region}:{account}:cluster:{name}"
    ),
    "aws_kms_alias": Named("name", ("name", "id"), "arn:aws:kms:{region}:{account}:{name}"),
}

# Resources whose id AWS gives, and what they are called by: type → the kind of thing, the argument with the name,
# the attributes that are the id or its ARN.
IDENTIFIED: Final[Mapping[str, tuple[Literal["plan", "framework"], str, tuple[str, ...]]]] = {
    "aws_backup_plan": ("plan", "name", ("id", "arn")),
    "aws_backup_framework": ("framework", "name", ("id", "arn")),
    "awscc_backup_framework": ("framework", "framework_name", ("id", "framework_arn")),
    "awscc_backup_backup_plan": ("plan", "backup_plan.backup_plan_name", ("id", "backup_plan_id", "backup_plan_arn")),
}

# Data sources that find by a name what has an ARN made of that name. A key found by its alias is named by the alias.
LOOKED_UP: Final[Mapping[str, Named]] = {
    "aws_backup_vault": _VAULT,
    "aws_kms_alias": Named("name", (), NAMED["aws_kms_alias"].arn, ("arn", "target_key_arn", "target_key_id")),
    "aws_sns_topic": NAMED["aws_sns_topic"],
    "aws_s3_bucket": NAMED["aws_s3_bucket"],
}
