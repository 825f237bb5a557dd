"""Restore testing: plans that restore recovery points on a schedule, wait for a verdict, and clean up."""
