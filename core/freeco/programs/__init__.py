"""Programs that read or order for a member, each with a key of its own."""
