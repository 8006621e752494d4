"""The bulletin: one text for everyone, on every channel, and the monthly gazette."""
