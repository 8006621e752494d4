"""Payments: what is owed, what was paid and how; the platform holds nobody's money."""
