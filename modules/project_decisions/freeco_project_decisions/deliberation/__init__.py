"""Deliberation: a discussion, its proposal, amendments and objections, before the vote."""
