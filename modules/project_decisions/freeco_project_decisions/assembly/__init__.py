"""Assemblies: called, held, voted in the room and elsewhere, told in minutes."""
