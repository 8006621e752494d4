"""E-mail: how a letter is written in the transaction that causes it, carried, and comes back."""
