"""Accounts, Regions, settings and requirements: who is reached, what is switched on, what is promised."""
