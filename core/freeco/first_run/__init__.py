"""The first five screens of an operator, and a rehearsal that can be wiped."""
