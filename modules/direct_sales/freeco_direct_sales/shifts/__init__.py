"""The day of a distribution: who is on duty, what went wrong, what is left over."""
