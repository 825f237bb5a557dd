"""The long-running agent: looks on a schedule, keeps what may be kept without asking, and tells whoever should know."""
