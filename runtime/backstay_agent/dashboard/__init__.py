"""The dashboard: what the last audits found, to be looked at in a browser. Only reads, and only what audits kept."""
