"""The build: what the compiler writes and the agent reads.

A build is a folder: `index.json` (`BuildIndex`), `shapes/<digest>.json` (`Shape`, one for each distinct configuration
of an account in a Region), `provenance.json` (`Provenance`) and, unless packed, one file a noun in
`accounts/<account>/<region>/`.
Inside a shape members carry AWS's names, as in `CreateBackupPlan` and its peers; where AWS wants the account's own id
stands `$account` (the variable that Organizations policies use for the same thing), so that all accounts of a shape
share its bytes.

2026-11-22: a word instead of a reserved account number, since people read shapes and no account can have that name.
"""

from backstay_contract.build.audit import (
    ControlInputParameter,
    ControlScope,
    Framework,
    FrameworkControl,
    KeyValue,
    ProtectedResourceConditions,
    ReportDeliveryChannel,
    ReportPlan,
    ReportSetting,
    RestoreTesting,
    RestoreTestingPlan,
    RestoreTestingRecoveryPoints,
    RestoreTestingSelected,
    RestoreTestingSelection,
)
from backstay_contract.build.aws import ACCOUNT_PLACEHOLDER, FORMAT, Aws
from backstay_contract.build.index import BuildAccount, BuildIndex, BuildOrganization, Origin, Provenance
from backstay_contract.build.managed import Key, Role
from backstay_contract.build.moved import Moved
from backstay_contract.build.plans import (
    AdvancedBackupSetting,
    BackupPlan,
    BackupSelection,
    Condition,
    Conditions,
    CopyAction,
    IndexAction,
    Lifecycle,
    Plan,
    Rule,
    ScanAction,
    ScanSetting,
    Selection,
    TagCondition,
)
from backstay_contract.build.shape import NOUNS, RARE_NOUNS, Shape
from backstay_contract.build.vaults import (
    AirGappedVault,
    DateRange,
    HeldRecoveryPoints,
    LegalHold,
    Tiering,
    TieringConfiguration,
    TieringResources,
    Vault,
    VaultAccessPolicy,
    VaultLock,
    VaultNotifications,
)

__all__ = [
    "ACCOUNT_PLACEHOLDER",
    "FORMAT",
    "NOUNS",
    "RARE_NOUNS",
    "AdvancedBackupSetting",
    "AirGappedVault",
    "Aws",
    "BackupPlan",
    "BackupSelection",
    "BuildAccount",
    "BuildIndex",
    "BuildOrganization",
    "Condition",
    "Conditions",
    "ControlInputParameter",
    "ControlScope",
    "CopyAction",
    "DateRange",
    "Framework",
    "FrameworkControl",
    "HeldRecoveryPoints",
    "IndexAction",
    "Key",
    "KeyValue",
    "LegalHold",
    "Lifecycle",
    "Moved",
    "Origin",
    "Plan",
    "ProtectedResourceConditions",
    "Provenance",
    "ReportDeliveryChannel",
    "ReportPlan",
    "ReportSetting",
    "RestoreTesting",
    "RestoreTestingPlan",
    "RestoreTestingRecoveryPoints",
    "RestoreTestingSelected",
    "RestoreTestingSelection",
    "Role",
    "Rule",
    "ScanAction",
    "ScanSetting",
    "Selection",
    "Shape",
    "TagCondition",
    "Tiering",
    "TieringConfiguration",
    "TieringResources",
    "Vault",
    "VaultAccessPolicy",
    "VaultLock",
    "VaultNotifications",
]
