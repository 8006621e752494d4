"""The triggers that keep the ledger whole, one file for each engine; migrations set them.

Statements are parted by a blank line, and have none within. What they refuse is, on both
engines, an IntegrityError that begins with ``ledger:``. A later migration that rebuilds one
of these tables on SQLite drops them first and sets them again.
"""

from importlib.resources import files

from sqlalchemy import Connection


def statements(revision: str, dialect: str, folder: str = __name__) -> list[str]:
    """Return the statements that a revision runs on an engine (``sqlite``, ``postgresql``).

    ``folder`` is the package that holds its files: the ledger's, or another's.
    """
    whole = (files(folder) / f"{revision}_{dialect}.sql").read_text("utf-8")
    return [each.strip() for each in whole.split("\n\n")]


def set_guards(connection: Connection, revision: str, folder: str = __name__) -> None:
    """Set the guards of a revision; its tables stand already."""
    for each in statements(revision, connection.dialect.name, folder):
        connection.exec_driver_sql(each)


def lift_functions(connection: Connection, revision: str, folder: str = __name__) -> None:
    """Drop the functions of a revision on PostgreSQL; the triggers went with their tables."""
    if connection.dialect.name != "postgresql":
        return
    for each in reversed(statements(revision, "postgresql", folder)):
        words = each.replace("(", " (").split()
        if words[1] == "FUNCTION":
            connection.exec_driver_sql(f"DROP FUNCTION {words[2]}")
