"""The checks, one a file: each says what it reads, and what is to be thought of it."""
