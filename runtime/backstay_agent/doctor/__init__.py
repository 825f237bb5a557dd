"""What would stop an apply: credentials, roles, opt-ins, keys, quotas. Reads only; a check is a file in `checks/`."""
