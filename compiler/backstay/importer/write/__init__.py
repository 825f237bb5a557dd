"""From what was found to policy source: one formatted, typed file that compiles back to the same thing."""
