"""Ballots by blind-signed tokens: whole ballots are published, and nobody knows whose."""
