"""Solidarity between households: one price for the producer, what each can for the others."""
