"""The agent: observes an organization's backups, decides what to change, and changes it.

What decides is pure (`planner`, `order`, `explain`); `observe` only reads; `execute` is the only hand; `aws` is the
only importer of boto3.
"""
