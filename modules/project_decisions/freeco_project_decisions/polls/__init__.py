"""Polls: who may vote, on what, how it is counted, and what was decided."""
