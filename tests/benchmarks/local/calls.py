"""Processor time of a boto3 call in the same process: ListBackupVaults of ours, and through moto's `mock_aws`."""

from __future__ import annotations

import json
import subprocess
import sys

CALLS = 1500
TIMED = f"""
import time
for number in range(1):
    client.create_backup_vault(BackupVaultName=f"vault-{{number:02d}}")
client.list_backup_vaults()
begun = time.process_time()
for _ in range({CALLS}):
    client.list_backup_vaults()
print((time.process_time() - begun) / {CALLS} * 1e3)
"""
OURS = (
    """
from backstay_local.app import LocalAws
aws = LocalAws()
client = aws.client("backup")
"""
    + TIMED
)
STOCK = (
    """
import boto3
from moto import mock_aws
mock_aws().start()
client = boto3.client("backup", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
"""
    + TIMED
)


def main() -> None:
    """Both, interleaved three times, the best of each."""
    ours = min(_milliseconds(OURS) for _ in range(3))
    stock = min(_milliseconds(STOCK) for _ in range(3))
    print(json.dumps({"name": "calls", "value": ours / stock, "detail": f"{ours:.3f} ms, mock_aws {stock:.3f} ms"}))


def _milliseconds(program: str) -> float:
    return float(subprocess.run([sys.executable, "-c", program], text=True, stdout=subprocess.PIPE, check=True).stdout)


if __name__ == "__main__":
    main()
