"""The books: one for each legal entity, in double entry, which the database itself keeps whole."""
