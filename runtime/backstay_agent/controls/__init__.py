"""What an audit asks of resources, plans, vaults and recovery points. Pure; one control a file, in `checks`."""
