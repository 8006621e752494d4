"""The books that the members of a community lend each other."""
