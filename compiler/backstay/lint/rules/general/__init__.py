"""Names, quotas, and the exceptions to what other rules say."""
