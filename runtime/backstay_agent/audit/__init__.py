"""Audits: collect by account and Region, evaluate the controls, tell, store. Only reads."""
