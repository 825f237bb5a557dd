"""Copies: where they go, whether they may, and how long they live there."""
