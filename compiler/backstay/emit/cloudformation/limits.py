"""What one template may hold. Source: CloudFormation user guide "Understand CloudFormation quotas", read 2026-11."""

from __future__ import annotations

RESOURCES = 500
PARAMETERS = 200
BYTES = 1_000_000
"""Of a template in a bucket, with some room below the megabyte; one that is sent along may have 51,200."""
