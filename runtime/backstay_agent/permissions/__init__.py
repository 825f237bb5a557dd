"""Which permissions the agent needs: what each command calls, what IAM asks for each call, and the policies of both."""

from backstay_agent.permissions.document import KINDS, Kind, Partition, policy
from backstay_agent.permissions.operations import MANAGEMENT_ONLY, OPERATIONS

__all__ = ["KINDS", "MANAGEMENT_ONLY", "OPERATIONS", "Kind", "Partition", "policy"]
