"""The linter: what is wrong with resolved policies. One rule a file under `rules/<family>/`."""
