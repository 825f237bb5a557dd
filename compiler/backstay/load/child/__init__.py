"""The inside of the process that runs policy files; each layer of its isolation is a file of its own."""
