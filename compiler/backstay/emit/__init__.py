"""From the model to files: one module a target, pure functions; and the one place that writes a build."""
