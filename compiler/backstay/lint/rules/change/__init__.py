"""Changes that cannot be taken back, and those that do not do what they say."""
