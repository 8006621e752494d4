"""Without network: pages seen before stay readable, and what is typed is handed in later."""
