"""Paying by card through Stripe. Nothing outside this package names it (promise: replaceable)."""
