"""The letters in a community's own words."""
