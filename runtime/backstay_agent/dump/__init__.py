"""What AWS Backup has in live accounts, read into one artifact (`backstay_contract.dump`) that `import` understands."""

from backstay_agent.dump.gather import gather

__all__ = ["gather"]
