"""The installable application: its shell, and the queue of what was typed without network."""
