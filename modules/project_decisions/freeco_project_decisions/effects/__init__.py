"""Votes that execute: what a decision changes, at its date, and who is told when it cannot."""
