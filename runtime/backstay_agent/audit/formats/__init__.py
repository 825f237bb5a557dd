"""How an audit is written down for machines, one file a format."""
