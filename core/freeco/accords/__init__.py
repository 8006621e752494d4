"""Accords: two members, or two organisations, say that they agree, and each keeps the proof."""
