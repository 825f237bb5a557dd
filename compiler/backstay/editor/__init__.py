"""The language server: findings as one types, what words and rules mean, and fixes, over LSP on standard input."""
