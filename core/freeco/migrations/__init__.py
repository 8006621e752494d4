"""Core's own migrations, and the runner that migrates core and each module by itself."""
